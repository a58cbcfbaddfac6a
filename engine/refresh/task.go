package refresh

import (
	"time"

	"invd/engine/inventory"
)

// An ID numbers a key densely while it lives, so that wheel, queue and tables are
// flat arrays. It is given to another key once its own has left the horizon.
type ID uint32

// A Task is what a worker needs to know of a queued key. It does not change while
// the key is queued or running.
type Task struct {
	Key      inventory.Key
	Job      uint64
	Schedule string
	Attempts int  // charged to the job so far
	Urgent   bool // somebody waits for the answer
}

// A Result is a worker's report: how an attempt ended and what was learned. The
// store holds it already, unless Lost.
type Result struct {
	ID       ID
	End      End
	Checked  time.Time       // when the partner last confirmed the key, zero if it did not now
	Day      inventory.State // what is stored of the key now; Unknown: unchanged by this attempt
	Slots    Slots           // how the answer compares with what was stored
	NotFound bool            // the partner does not know the product
	Answered bool            // the partner gave a usable answer
	Lost     bool            // the store could not take it; the job is to be done again
}

// Slots says how an answer compares with what was stored before it. All are 0 when
// the partner's body was the same and nobody looked into it.
type Slots struct {
	Total          int // in the answer
	Added, Removed int
	Recounted      int // changed in anything but prices
	Repriced       int // changed in prices; a slot may be both
	Last           int // minute of the day at which the last one starts, 0 for not known
}
