package simulation

import (
	"slices"
	"time"

	"invd/engine/inventory"
	"invd/engine/limit"
	"invd/engine/partner/world"
	"invd/engine/plan"
)

// Options are one run: a market, a configuration and a policy.
type Options struct {
	World       world.Options // its products and zone are the catalogue's
	Catalogue   *plan.Catalogue
	Limits      []limit.Limit // the partner enforces the first
	Concurrency int
	Latency     time.Duration // of the partner, half to one and a half times that
	Policy      string        // one of Policies
	OnRead      string        // Nothing, Background or Wait
	Days        int           // that count, after the one of the empty start
}

// What a read may set off besides being counted.
const (
	Nothing    = "nothing"
	Background = "background" // a fetch for the next reader, as the daemon does
	Wait       = "wait"       // a fetch that its reader waits for, as with refresh.read_through
)

// Monday is the day on which every run starts, with nothing stored.
var Monday = inventory.DateOf(time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))

// Catalogue returns n enabled products of one zone.
func Catalogue(n int, zone *time.Location, rules *plan.Rules) *plan.Catalogue {
	products := make([]plan.Product, n)
	for i := range products {
		products[i] = plan.Product{ID: inventory.ProductID(14 + i), Zone: zone, Weight: 1, Enabled: true}
	}
	return plan.NewCatalogue(rules, products)
}

// InOneZone returns a catalogue whose products are all of one zone, as a market's
// are.
func InOneZone(c *plan.Catalogue, zone *time.Location) *plan.Catalogue {
	products := slices.Clone(c.Products())
	for i := range products {
		products[i].Zone = zone
	}
	return plan.NewCatalogue(c.Rules, products)
}

// Products lists the ids of a catalogue's enabled products.
func Products(c *plan.Catalogue) (ids []inventory.ProductID) {
	for _, p := range c.Products() {
		if p.Enabled {
			ids = append(ids, p.ID)
		}
	}
	return ids
}
