package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"invd/engine/inventory"
	"invd/engine/limit"
	"invd/engine/refresh"
	"invd/engine/report"
)

// BudgetKey is the name under which reports and metrics show the one API key.
const BudgetKey = "partner"

// Status returns one screen of state. Version, Started and Ready are the
// caller's to fill in.
func (e *Engine) Status(ctx context.Context) (report.Status, error) {
	now := time.Now()
	st := report.Status{Now: now, Infeasible: e.infeasible(), Stretch: e.Catalogue.Rules.Stretch()}
	if err := e.scheduler.Status(ctx, &st); err != nil {
		return st, err
	}
	counts := e.Store.JobCounts()
	st.Jobs = report.Jobs{
		Pending: counts[refresh.Pending], Running: counts[refresh.Running],
		Retrying: counts[refresh.Retrying], Dead: counts[refresh.Dead],
	}
	st.Workers = report.Workers{Busy: e.pool.Busy(), Limit: e.pool.Limit(), Ceiling: e.Concurrency}
	st.Budget, st.Source = e.budgetReport(now), e.sourceReport(now)
	stats := e.Store.Stats()
	st.Store = report.Store{FileBytes: stats.FileBytes, Days: stats.Days, FinishedLog: stats.History, Corrupt: stats.Corrupt}
	if err := e.Store.Err(); err != nil {
		st.Store.Broken = err.Error()
	}
	return st, nil
}

func (e *Engine) budgetReport(now time.Time) report.Budget {
	b := report.Budget{Key: BudgetKey, DemandPerDay: e.Catalogue.Demand(), LimitPerDay: e.budget.PerDay()}
	b.Available, b.NextPermit = e.budget.Available(now)
	for _, u := range e.budget.Usage(now) {
		b.Limits = append(b.Limits, report.Limit{Requests: u.Requests, PerSeconds: u.Per.Seconds(), Allowed: u.Allowed, Used: u.Used})
	}
	return b
}

func (e *Engine) sourceReport(now time.Time) report.Source {
	v := e.gate.View(now)
	s := report.Source{State: v.State.String(), Reason: v.Reason, BlockedUntil: v.Until, Failures: v.Failures, LastError: v.LastError, LastSuccess: v.LastOK}
	if v.State == limit.GatePaused && s.Reason == "" {
		s.Reason = "paused by an operator"
	}
	return s
}

// Grid returns how old every key is.
func (e *Engine) Grid(ctx context.Context) (report.Grid, error) { return e.scheduler.Grid(ctx) }

// Budget returns the state of the partner's limits. It does not ask the scheduler.
func (e *Engine) Budget() report.Budget { return e.budgetReport(time.Now()) }

// Source returns whether the partner is being asked, and why not. It does not ask
// the scheduler.
func (e *Engine) Source() report.Source { return e.sourceReport(time.Now()) }

// Products lists the catalogue.
func (e *Engine) Products(ctx context.Context) ([]report.Product, error) {
	return e.scheduler.Products(ctx)
}

// Product returns one product with its dates, or inventory.ErrNotFound.
func (e *Engine) Product(ctx context.Context, id inventory.ProductID) (report.Product, error) {
	return e.scheduler.Product(ctx, id)
}

// Explain answers why one date is as old as it is.
func (e *Engine) Explain(ctx context.Context, k inventory.Key) (report.Explanation, error) {
	x, id, err := e.scheduler.Explain(ctx, k)
	if err != nil {
		return x, err
	}
	now := time.Now()
	x.Budget, x.Source = e.budgetReport(now), e.sourceReport(now)
	if r, err := e.Store.Availability(k); err == nil {
		x.Changed = r.ChangedAt
	} else if !errors.Is(err, inventory.ErrNotFound) {
		return x, err
	}
	if id != 0 {
		if j, err := e.Store.Job(id); err == nil {
			row := report.NewJob(j)
			x.Job, x.LastError = &row, j.Error
		}
	}
	if x.LastError == "" { // what its last job ended with
		last, err := e.Store.Jobs(report.JobFilter{Product: k.Product, Date: k.Date, States: []refresh.State{refresh.Dead, refresh.Done}, Limit: 1})
		if err != nil {
			return x, err
		}
		if len(last) == 1 && last[0].State == refresh.Dead {
			x.LastError = last[0].Error
		}
	}
	if x.Place == "queue" && x.Paused == nil {
		x.Verdict += turn(&x, now)
	}
	return x, nil
}

// turn says what a key in the queue waits for, and how long that is.
func turn(x *report.Explanation, now time.Time) (text string) {
	if x.Source.State != limit.GateOpen.String() {
		return "; the source is " + x.Source.State + ": " + x.Source.Reason
	}
	if x.Budget.Available == 0 && x.Budget.NextPermit.After(now) {
		text = fmt.Sprintf("; the limit has no request free for %s", x.Budget.NextPermit.Sub(now).Round(time.Second))
	}
	if x.Budget.LimitPerDay > 0 {
		pace := time.Duration(float64(x.Ahead+1) / x.Budget.LimitPerDay * float64(24*time.Hour))
		text += fmt.Sprintf("; its turn comes within about %s at the limit's pace", max(pace, time.Second).Round(time.Second))
	}
	return text
}

// Refresh queues every date of a product from from to to, or of the horizon, in
// the most urgent band.
func (e *Engine) Refresh(ctx context.Context, id inventory.ProductID, from, to inventory.Date, _ string) (report.Refreshed, error) {
	return e.scheduler.Refresh(ctx, id, from, to)
}

// Population returns what an adaptive policy has learned of readers and of changes;
// ok is false when that is not enough to go by.
func (e *Engine) Population(ctx context.Context) (p report.Population, ok bool, err error) {
	return e.scheduler.Population(ctx)
}

// Pause stops every fetch in scope until Resume or the pause's end. When it returns nil,
// each job of the scope is running, and listed as such, or does not begin until then.
func (e *Engine) Pause(ctx context.Context, scope refresh.Scope, p refresh.Pause) error {
	if err := e.scheduler.Pause(ctx, scope, p); err != nil {
		return err
	}
	return e.pool.Settle(ctx)
}

// Resume ends a pause and reports whether there was one.
func (e *Engine) Resume(ctx context.Context, scope refresh.Scope, by string) (bool, error) {
	return e.scheduler.Resume(ctx, scope, by)
}

// Trigger makes every key that a schedule covers due now.
func (e *Engine) Trigger(ctx context.Context, schedule, _ string) (report.Triggered, error) {
	return e.scheduler.Trigger(ctx, schedule)
}
