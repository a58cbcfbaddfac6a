package httpapi

import (
	"context"

	"invd/engine/inventory"
	"invd/engine/report"
)

// An Operator carries out what is asked for rarely, and often in bulk. by is who asks. Its
// errors are those of a Controller.
type Operator interface {
	// Trigger makes every key that a schedule covers due now.
	Trigger(ctx context.Context, schedule, by string) (report.Triggered, error)

	// RetryJob has a dead or waiting job done before everything else.
	RetryJob(ctx context.Context, id uint64, by string) (report.Retried, error)

	// RetryJobs has the dead or retrying jobs that a filter chooses done now, each in
	// the band of its schedule.
	RetryJobs(ctx context.Context, f report.JobFilter, by string) (report.Retried, error)

	// Backfills lists the backfills, the oldest first.
	Backfills(ctx context.Context) ([]report.Backfill, error)

	// PlanBackfill says what a backfill of a product, 0 for all, would cost; bounds are as
	// those of Refresh.
	PlanBackfill(ctx context.Context, product inventory.ProductID, from, to inventory.Date) (report.Backfill, error)

	// StartBackfill has every date of a range fetched once, when nothing more urgent waits.
	StartBackfill(ctx context.Context, product inventory.ProductID, from, to inventory.Date, by string) (report.Backfill, error)

	// CancelBackfill ends a backfill and reports whether it was not over already.
	CancelBackfill(ctx context.Context, id uint64, by string) (bool, error)

	// PurgeJobs deletes finished jobs from the history.
	PurgeJobs(ctx context.Context, p report.JobPurge, by string) (report.Purged, error)
}
