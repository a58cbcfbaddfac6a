package report

import (
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// A Backfill is one backfill as the commands list it.
type Backfill struct {
	ID       uint64              `json:"id,omitempty"` // 0 of one that was only asked about
	Product  inventory.ProductID `json:"product,omitempty"`
	From     inventory.Date      `json:"from"`
	To       inventory.Date      `json:"to"`
	State    string              `json:"state"`
	By       string              `json:"by,omitempty"`
	Created  time.Time           `json:"created,omitzero"`
	Finished time.Time           `json:"finished,omitzero"`
	Total    int                 `json:"total"`   // requests
	Done     int                 `json:"done"`    // dates that have an answer
	Waiting  int                 `json:"waiting"` // queued, running or to be retried
	Failed   int                 `json:"failed"`
	Skipped  int                 `json:"skipped"` // paused, unknown to the partner or past
	Cost     Cost                `json:"cost"`
}

// NewBackfill returns b as the commands list it, with so many of its keys on their way.
func NewBackfill(b refresh.Backfill, waiting int) Backfill {
	return Backfill{
		ID: b.ID, Product: b.Product, From: b.From, To: b.To, State: string(b.State), By: b.By, Created: b.Created, Finished: b.Finished,
		Total: b.Total, Done: b.Fed - b.Failed - b.Skipped - waiting, Waiting: waiting, Failed: b.Failed, Skipped: b.Skipped,
	}
}

// Left is how many requests a backfill has yet to make, retries apart.
func (b *Backfill) Left() int { return max(0, b.Total-b.Done-b.Failed-b.Skipped) }

// A Cost is what the rest of a backfill asks of the partner's limits.
type Cost struct {
	Requests    int     `json:"requests"`
	Minutes     float64 `json:"minutes"`      // at the rate that the schedules leave
	LeastMins   float64 `json:"minutes_best"` // if nothing else were fetched
	LeftPerHour float64 `json:"left_per_hour"`
}
