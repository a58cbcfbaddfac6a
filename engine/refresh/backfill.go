package refresh

import (
	"time"

	"invd/engine/inventory"
)

// A Backfill has every date of a range fetched once, of one product or of all, when
// nothing more urgent waits. It is stored with each step, so a restart goes on with it.
type Backfill struct {
	ID       uint64              `json:"id"`                // 1, 2, …
	Product  inventory.ProductID `json:"product,omitempty"` // 0: every enabled product
	From     inventory.Date      `json:"from"`
	To       inventory.Date      `json:"to"` // included
	State    BackfillState       `json:"state"`
	By       string              `json:"by"`
	Created  time.Time           `json:"created"`
	Finished time.Time           `json:"finished,omitzero"`

	Total   int `json:"total"`   // keys, as the catalogue was when it was made
	Fed     int `json:"fed"`     // keys that it has come to
	Failed  int `json:"failed"`  // of these, those whose job died
	Skipped int `json:"skipped"` // of these, those that were paused, unknown to the partner or past

	// The key that it came to last; dates ascend, and products within a date.
	AtDate    inventory.Date      `json:"at_date,omitzero"`
	AtProduct inventory.ProductID `json:"at_product,omitempty"`
}

// A BackfillState is a backfill's place in its life.
type BackfillState string

// The states. One backfill runs at a time, in the order of their ids.
const (
	BackfillWaiting  BackfillState = "waiting"
	BackfillRunning  BackfillState = "running"
	BackfillDone     BackfillState = "done"
	BackfillCanceled BackfillState = "canceled"
)

// Over reports whether the backfill's life is over.
func (b *Backfill) Over() bool { return b.State == BackfillDone || b.State == BackfillCanceled }

// Covers reports whether a key is in the backfill's range.
func (b *Backfill) Covers(k inventory.Key) bool {
	return (b.Product == 0 || b.Product == k.Product) && k.Date >= b.From && k.Date <= b.To
}
