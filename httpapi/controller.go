package httpapi

import (
	"context"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

// A Controller is what the admin listener shows and changes. Any goroutine may
// call it. Its errors: inventory.ErrNotFound for what does not exist,
// *report.RefusedError for what cannot be done now.
type Controller interface {
	Operator

	Status(ctx context.Context) (report.Status, error)
	Products(ctx context.Context) ([]report.Product, error)
	Product(ctx context.Context, id inventory.ProductID) (report.Product, error)

	// Grid returns how old every key is. It is made for 300,000 of them.
	Grid(ctx context.Context) (report.Grid, error)

	// Plan returns what the budget is predicted to carry, by rates that were learned
	// or, if there are none or it is asked for, assumed.
	Plan(ctx context.Context, assumed bool) (report.Plan, error)

	// Rates returns what was learned of readers and of changes; without classes when
	// that is too little.
	Rates(ctx context.Context) (report.Population, error)

	Explain(ctx context.Context, k inventory.Key) (report.Explanation, error)

	// Refresh queues the dates of a product from from to to, both included, for
	// somebody who waits for them. 0 stands for the first or the last date that
	// any schedule covers.
	Refresh(ctx context.Context, id inventory.ProductID, from, to inventory.Date, by string) (report.Refreshed, error)

	// Pause stops fetches in scope; one that is paused already gets the new pause.
	Pause(ctx context.Context, scope refresh.Scope, p refresh.Pause) error

	// Resume ends a pause and reports whether there was one.
	Resume(ctx context.Context, scope refresh.Scope, by string) (bool, error)

	// Jobs lists jobs, the newest first.
	Jobs(ctx context.Context, f report.JobFilter) ([]report.Job, error)
	Job(ctx context.Context, id uint64) (report.Job, error)
}
