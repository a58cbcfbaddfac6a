package planner

import (
	"math"
	"testing"
	"time"

	"invd/engine/freshness"
	"invd/engine/inventory"
)

// A read pays from the moment on at which making it true, and what the call is
// worth besides, reach the price; Worth is held to that moment for prices from
// next to nothing to far above what any read is worth.
func TestAReadPaysWhenItsCallReachesThePrice(t *testing.T) {
	start := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	rates := func(inventory.Key, time.Time) (changes, reads float64) { return 6, 30 }
	bounds := make([]time.Duration, 10)
	for i := range bounds {
		bounds[i] = 96 * time.Hour
	}
	date := inventory.DateOf(start).AddDays(5)
	for _, price := range []float64{1e-6, .1, 1, 4, 50} {
		p := New(Options{Products: []Product{{ID: 14, Zone: time.UTC}}, Bounds: bounds, PerDay: 1000, Rates: rates}, start)
		p.Enter(0, 0, date, 5, time.Time{}, inventory.Unknown, start)
		if from, ok := p.Worth(0, start); !ok || !from.IsZero() {
			t.Errorf("a key never fetched pays from %s, %v; want always", from, ok)
		}
		p.Fetched(0, Fetch{At: start, State: inventory.Open, Slots: 3}, start)
		p.price = price
		from, ok := p.Worth(0, start)
		if !ok {
			if most := 1 + 30./6; readsPrice*price <= most {
				t.Errorf("price %g: never pays, want it from %g reads on", price, readsPrice*price)
			}
			continue
		}
		at := func(when time.Time) (doubt, worth float64) {
			x := 6 * when.Sub(start).Hours() / 24
			doubt = -math.Expm1(-x)
			return doubt, doubt + freshness.Index(30, 6, x)
		}
		if doubt, worth := at(from); doubt < readsDoubt || worth < readsPrice*price {
			t.Errorf("price %g: pays from %s on, when it is false with %.3f and worth %.3f", price, from, doubt, worth)
		}
		if doubt, worth := at(from.Add(-90 * time.Second)); doubt >= readsDoubt && worth >= readsPrice*price {
			t.Errorf("price %g: pays only from %s on, when it was worth %.3f before", price, from, worth)
		}
	}
}
