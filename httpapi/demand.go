package httpapi

import "invd/engine/inventory"

// A Demand learns what readers ask for. Its methods are called on the way of every
// read, from any goroutine, and must be quick.
type Demand interface {
	// Count tells of a read of one date that some schedule covers.
	Count(k inventory.Key)

	// CountDates tells of a read of a product's calendar.
	CountDates(p inventory.ProductID)
}

// unheard is the Demand of those who pass none.
type unheard struct{}

func (unheard) Count(inventory.Key)            {}
func (unheard) CountDates(inventory.ProductID) {}
