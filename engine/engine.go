// Package engine keeps the mirror fresh: it decides what to fetch, fetches it
// within the partner's limits, and hands it to the store.
//
//	            due                     most urgent, when a worker is free
//	scheduler ───────▶ queue ──────────────────────────────────────▶ worker ──▶ partner
//	 (wheel)   ◀───────  ▲                  and a permit is due         │
//	    ▲                │ refresh                                     ▼
//	    └────────────────┴──────────── Result ◀──────────────────── storage ──▶ HTTP reads
//
// A key, a product on a date, goes round this loop while its date is within the
// horizon. It is in exactly one place at a time: in the wheel, in the queue or
// with a worker, or parked behind a pause.
package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"invd/engine/backoff"
	"invd/engine/demand"
	"invd/engine/inventory"
	"invd/engine/limit"
	"invd/engine/plan"
	"invd/engine/queue"
	"invd/engine/refresh"
	"invd/engine/report"
	"invd/engine/scheduler"
	"invd/engine/worker"
	"invd/storage"
)

// maintainEvery is how often past dates and old jobs are deleted.
const maintainEvery = 10 * time.Minute

// Observer is what the engine tells its metrics.
type Observer interface {
	demand.Observer
	scheduler.Observer
	scheduler.PlannerObserver
	worker.Observer
}

// Options are what an Engine needs.
type Options struct {
	Catalogue   *plan.Catalogue
	Store       *storage.Store
	Fetcher     worker.Fetcher
	Limits      []limit.Limit
	Policy      func(scheduler.PolicyOptions) scheduler.Policy // nil: scheduler.NewCadence
	Concurrency int
	MaxAttempts int
	Retry       backoff.Policy
	ReadThrough bool          // a plain read waits when a call is worth its price
	Drain       time.Duration // how long fetches may go on once Run's context ended
	Observer    Observer
	Tell        func(report.Event) // those who watch; must not block. nil: nobody does
	Log         *slog.Logger
}

// An Engine is the scheduler, the queue, the workers and the budget. Make one
// with New and Run it once; its other methods may be called by any goroutine
// while it runs.
type Engine struct {
	Options
	budget    *limit.Budget
	gate      *limit.Gate
	queue     *queue.Queue[refresh.ID]
	desk      *demand.Desk
	scheduler *scheduler.Scheduler
	pool      *worker.Pool
}

// New makes an engine that knows what an earlier process has spent of the budget.
func New(o Options) (*Engine, error) {
	now := time.Now()
	permits, err := o.Store.Permits()
	if err != nil {
		return nil, fmt.Errorf("load the budget: %w", err)
	}
	spent := make([]limit.Permit, len(permits))
	var lost []refresh.End // permits of requests that a killed process had out: they age from now on, restarts or not
	for i, p := range permits {
		spent[i] = limit.Permit{Seq: p.Seq, Done: p.Done}
		if p.Done.IsZero() {
			lost = append(lost, refresh.End{Permit: p.Seq, At: now})
		}
	}
	if err := o.Store.Finish(lost...); err != nil && !errors.Is(err, storage.ErrFull) {
		return nil, fmt.Errorf("settle the budget: %w", err)
	}
	restored, err := o.Store.Restored(now)
	if err != nil {
		return nil, fmt.Errorf("load the budget: %w", err)
	}
	if !restored.IsZero() {
		spent = append(spent, limit.AllSpent(o.Limits, restored)...)
	}
	until, why, err := o.Store.Hold()
	if err != nil {
		return nil, fmt.Errorf("load the hold: %w", err)
	}
	if o.Policy == nil {
		o.Policy = scheduler.NewCadence
	}
	reads := demand.New(enabled(o.Catalogue), o.Catalogue.Rules.Horizon())
	policy := o.Policy(scheduler.PolicyOptions{
		Catalogue: o.Catalogue, PerDay: limit.PerDay(o.Limits), Now: now, Reads: reads, Observer: o.Observer, Log: o.Log,
	})
	e := &Engine{
		Options: o,
		budget:  limit.NewBudget(o.Limits, spent, now),
		gate:    limit.NewGate(rand.Int64N),
		queue:   queue.New[refresh.ID](queue.Options{Bands: len(scheduler.Bands(policy)), AgeEvery: policy.AgeEvery()}),
	}
	if until.After(now) && until.Before(now.Add(time.Hour)) { // longer ones are the clock's doing
		e.gate.Hold(until, why)
	}
	if o.Tell == nil {
		o.Tell = func(report.Event) {}
	}
	e.desk = demand.NewDesk(demand.DeskOptions{
		Table: reads, Budget: e.budget, Gate: e.gate,
		Flush: o.Store.Flush, Through: o.ReadThrough, Observer: o.Observer,
	})
	urgent := make(chan struct{}, 1)
	e.scheduler = scheduler.New(scheduler.Options{
		Catalogue: o.Catalogue, Policy: policy, Store: o.Store, Queue: e.queue, Gate: e.gate, Desk: e.desk, Urgent: urgent,
		Observer: o.Observer, Tell: o.Tell, Log: o.Log,
	})
	e.pool = worker.New(worker.Options{
		Queue: e.queue, Task: e.scheduler.Task, Report: e.scheduler.Report,
		Budget: e.budget, Gate: e.gate, Fetcher: o.Fetcher, Store: o.Store,
		Expecting: e.desk.Expecting, Urgent: urgent,
		Concurrency: o.Concurrency, MaxAttempts: o.MaxAttempts, Retry: o.Retry, Drain: o.Drain,
		Random: rand.Int64N, Observer: o.Observer, Log: o.Log,
	})
	return e, nil
}

// enabled lists the products that are fetched.
func enabled(c *plan.Catalogue) (ids []inventory.ProductID) {
	for _, p := range c.Products() {
		if p.Enabled {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// Desk is where readers ask.
func (e *Engine) Desk() *demand.Desk { return e.desk }

// Run schedules and fetches until ctx is done and the fetches in flight have
// ended or used up the drain time. It returns an error only when the store
// failed.
func (e *Engine) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	scheduling, stop := context.WithCancel(context.WithoutCancel(ctx)) // it takes results until the workers have ended
	var wg sync.WaitGroup
	var scheduled, fetched error
	wg.Go(func() {
		scheduled = e.scheduler.Run(scheduling)
		cancel()
	})
	wg.Go(func() { e.maintain(ctx) })
	wg.Go(func() {
		<-ctx.Done()
		e.desk.Close() // nobody waits for what is being stopped
	})
	fetched = e.pool.Run(ctx)
	cancel()
	stop()
	wg.Wait()
	return errors.Join(scheduled, fetched)
}

// Ready is closed once every key is scheduled.
func (e *Engine) Ready() <-chan struct{} { return e.scheduler.Ready() }

// Swept is closed once every product's today has been answered.
func (e *Engine) Swept() <-chan struct{} { return e.scheduler.Swept() }

// Alive returns nil if the scheduler's loop turns before ctx is done.
func (e *Engine) Alive(ctx context.Context) error { return e.scheduler.Alive(ctx) }

// infeasible says by how much the schedules exceed the budget and what follows,
// "" if they fit with a reserve.
func (e *Engine) infeasible() string {
	stretch := e.Catalogue.Rules.Stretch()
	if stretch == 1 {
		return ""
	}
	demand, budget := e.Catalogue.Demand(), limit.PerDay(e.Limits)
	return fmt.Sprintf("the schedules of %s ask for %.0f requests a day, the limits allow %.0f: with %.0f %% in reserve, the interval of every schedule is stretched %.2f times",
		report.Counted(e.Catalogue.Enabled(), "product"), demand, budget, 100*plan.Reserve, stretch)
}

// maintain deletes what nobody asks for any more: dates two days past in every
// zone, and finished jobs beyond their retention.
func (e *Engine) maintain(ctx context.Context) {
	ticker := time.NewTicker(maintainEvery)
	defer ticker.Stop()
	for {
		now := time.Now()
		before := inventory.DateOf(now.UTC().Add(-12 * time.Hour)).AddDays(-2)
		days, err := e.Store.Purge(before)
		jobs, err2 := e.Store.PruneJobs(now)
		if err := errors.Join(err, err2); err != nil {
			e.Log.LogAttrs(ctx, slog.LevelError, "maintenance failed", slog.Any("err", err))
		} else if days+jobs > 0 {
			e.Log.LogAttrs(ctx, slog.LevelDebug, "maintenance", slog.Int("days_purged", days), slog.Int("jobs_pruned", jobs))
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}
