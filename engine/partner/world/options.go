package world

import (
	"time"

	"invd/engine/inventory"
)

// Options describe a market. Reference has the ones to start from; the zero value
// is a market where nothing happens.
type Options struct {
	Seed     uint64
	Products []inventory.ProductID
	Location *time.Location // whose days the dates are

	Bookings    float64 // mean of an open date, over all products
	Skew        float64 // Zipf's exponent of the products' popularity
	PartTime    float64 // share of products that are closed on some weekday
	PriceEvents float64 // a day and product
	Edits       float64 // of places by hand, a day and open date

	Reads       float64 // of slots, a day
	Independent bool    // readers want other products than customers do
}

// Reference returns the reference world: some 14,500 changes that show and
// 100,000 reads a day for 450 products, 82 % of whose dates are open.
func Reference(seed uint64, products []inventory.ProductID, zone *time.Location) Options {
	return Options{
		Seed: seed, Products: products, Location: zone,
		Bookings: 40, Skew: 1, PartTime: 0.45, PriceEvents: 0.12, Edits: 0.08,
		Reads: 100_000,
	}
}

// horizon is for how many days ahead, today included, dates are sold and read.
const horizon = 60
