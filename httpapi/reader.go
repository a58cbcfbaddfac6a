package httpapi

import "invd/engine/inventory"

// A Reader reads what is stored. All methods may be called from any goroutine;
// what they return is shared and must not be changed.
type Reader interface {
	// Generation returns a number that differs whenever Availability(k) might
	// return something else, CheckedAt included. It changes after the commit and
	// before the commit is acknowledged, so what is read after Generation is never
	// older than it.
	Generation(k inventory.Key) uint64

	// CalendarGeneration is the Generation of a product's Calendar.
	CalendarGeneration(p inventory.ProductID) uint64

	// Availability returns the last good answer for k, or inventory.ErrNotFound
	// when there never was one.
	Availability(k inventory.Key) (*inventory.Record, error)

	// Calendar returns the stored dates of a product among days dates from from
	// on. A product without any has an empty calendar.
	Calendar(p inventory.ProductID, from inventory.Date, days int) (*inventory.Calendar, error)
}
