package report

import (
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// Refreshed says what a refresh queued.
type Refreshed struct {
	Product inventory.ProductID `json:"product"`
	From    inventory.Date      `json:"from"`
	To      inventory.Date      `json:"to"`
	Queued  int                 `json:"queued"`  // jobs made or raised
	Running int                 `json:"running"` // being fetched now; fetched once more after that
	Refused []Refusal           `json:"refused,omitempty"`
}

// A Refusal says why some of what was asked for is not done.
type Refusal struct {
	Count  int            `json:"count"` // of dates, or of jobs
	From   inventory.Date `json:"from,omitzero"`
	To     inventory.Date `json:"to,omitzero"`
	Reason string         `json:"reason"`
}

// Triggered says what came of a schedule that was triggered.
type Triggered struct {
	Schedule string    `json:"schedule"`
	Queued   int       `json:"queued"`  // jobs made
	Waiting  int       `json:"waiting"` // keys that were queued, running or to be retried already
	Refused  []Refusal `json:"refused,omitempty"`
}

// Retried says what came of a retry.
type Retried struct {
	Queued  int       `json:"queued"`  // jobs that wait for a worker now
	Running int       `json:"running"` // whose date is being fetched now
	Refused []Refusal `json:"refused,omitempty"`
}

// Purged says how many finished jobs were deleted.
type Purged struct {
	Purged int `json:"purged"`
}

// A JobPurge chooses finished jobs to delete.
type JobPurge struct {
	States  []refresh.State     // none: every finished state
	Product inventory.ProductID // 0: every product
	Age     time.Duration       // only those that finished at least so long ago
}

// A RefusedError says why a command was not carried out, such as a pause.
type RefusedError struct{ Reason string }

// Error returns the reason.
func (e *RefusedError) Error() string { return e.Reason }
