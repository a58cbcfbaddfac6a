package httpapi

import (
	"context"
	"time"

	"invd/engine/inventory"
)

// A Demand learns what readers ask for, and fetches it for them if it can. Its
// methods are called on the way of every read, from any goroutine.
type Demand interface {
	// Count tells of a read of one date that some schedule covers. It is quick.
	Count(k inventory.Key)

	// CountDates tells of a read of a product's calendar. It is quick.
	CountDates(p inventory.ProductID)

	// Read tells that k is about to be shown to a reader who did not say how old it
	// may be. It may have k fetched and wait for that; then it reports true, and
	// what is stored of k is newer than before.
	Read(ctx context.Context, k inventory.Key, now time.Time) bool

	// Await has k fetched and waits for it, for as long as wait at most. It reports
	// whether what is stored of k is newer than before.
	Await(ctx context.Context, k inventory.Key, wait time.Duration) bool
}

// unheard is the Demand of those who pass none.
type unheard struct{}

func (unheard) Count(inventory.Key)                                      {}
func (unheard) CountDates(inventory.ProductID)                           {}
func (unheard) Read(context.Context, inventory.Key, time.Time) bool      { return false }
func (unheard) Await(context.Context, inventory.Key, time.Duration) bool { return false }
