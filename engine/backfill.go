package engine

import (
	"context"
	"errors"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
	"invd/storage"
)

// PlanBackfill says what a backfill would cost, and starts none.
func (e *Engine) PlanBackfill(ctx context.Context, product inventory.ProductID, from, to inventory.Date) (report.Backfill, error) {
	b, err := e.scheduler.PlanBackfill(ctx, product, from, to)
	row := report.NewBackfill(b, 0)
	row.Cost = e.cost(row.Left())
	return row, err
}

// StartBackfill has every date of a range fetched once, when nothing more urgent
// waits.
func (e *Engine) StartBackfill(ctx context.Context, product inventory.ProductID, from, to inventory.Date, by string) (report.Backfill, error) {
	b, err := e.scheduler.StartBackfill(ctx, product, from, to, by)
	row := report.NewBackfill(b, 0)
	row.Cost = e.cost(row.Left())
	return row, err
}

// Backfills lists the backfills, the oldest first. What it lists as done is on disk, so
// that nobody sees it undone after a crash, unless the disk is full.
func (e *Engine) Backfills(ctx context.Context) ([]report.Backfill, error) {
	rows, err := e.scheduler.Backfills(ctx)
	runs := false
	for i := range rows {
		if rows[i].Finished.IsZero() {
			rows[i].Cost = e.cost(rows[i].Left())
		}
		runs = runs || rows[i].State == string(refresh.BackfillRunning)
	}
	if err == nil && runs { // answers that change nothing wait up to two seconds for their commit
		if err = e.Store.Flush(); errors.Is(err, storage.ErrFull) || errors.Is(err, storage.ErrBroken) {
			err = nil // which are told elsewhere
		}
	}
	return rows, err
}

// CancelBackfill ends a backfill and reports whether it was not over already.
func (e *Engine) CancelBackfill(ctx context.Context, id uint64, _ string) (bool, error) {
	return e.scheduler.CancelBackfill(ctx, id)
}

// leastShare is what the least urgent band gets of a budget that the others use up: about
// its turn in the pops that serve the less urgent bands.
const leastShare = 1.0 / 25

// cost estimates how long requests take in the least urgent band, which has what the
// schedules leave of the budget.
func (e *Engine) cost(requests int) report.Cost {
	perDay := e.budget.PerDay()
	left := max(perDay-e.Catalogue.Demand(), perDay*leastShare)
	c := report.Cost{Requests: requests, LeftPerHour: left / 24}
	if perDay > 0 {
		c.Minutes, c.LeastMins = float64(requests)/left*24*60, float64(requests)/perDay*24*60
	}
	return c
}
