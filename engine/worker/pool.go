package worker

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"invd/engine/backoff"
	"invd/engine/inventory"
	"invd/engine/limit"
	"invd/engine/partner"
	"invd/engine/plan"
	"invd/engine/refresh"
	"invd/storage"
)

// A Queue holds the keys that wait; *queue.Queue provides it.
type Queue interface {
	Wait(ctx context.Context) error
	TryPop() (id refresh.ID, band int, ok bool)
	Depth(band int) int
}

// A Fetcher asks the partner; *partner.Client provides it.
type Fetcher interface {
	Fetch(ctx context.Context, k inventory.Key) (partner.Answer, error)
}

// An Observer is told what the workers do; a nil-safe *metrics.Engine provides it.
type Observer interface {
	Requested(n int)                             // requests charged to the budget
	Waited(d time.Duration)                      // from wanting a permit to having it
	Rows(added, changed, removed, unchanged int) // slots compared by a sync
	Synced(took time.Duration)                   // from the answer to its place in the store
	Finished(schedule string, o refresh.Outcome) // a job's life is over
	Retried(reason string)                       // an attempt failed and another follows
	Blocked(reason string)                       // sending stopped
	Tolerated(oddities int)                      // of a payload that was used all the same
}

// Options are what a Pool needs.
type Options struct {
	Queue       Queue
	Task        func(refresh.ID) refresh.Task // of a popped key
	Report      func(refresh.Result)          // may block; called once for each popped key
	Budget      *limit.Budget
	Gate        *limit.Gate
	Fetcher     Fetcher
	Store       *storage.Store
	Concurrency int                      // fetches at once, at most
	Expecting   func(now time.Time) bool // whether a reader may come who waits; nil: none does
	Urgent      <-chan struct{}          // receives when somebody has come to wait for a job; may be nil
	MaxAttempts int
	Retry       backoff.Policy
	Drain       time.Duration // how long Run lets fetches go on after its context ended
	Random      func(int64) int64
	Observer    Observer
	Log         *slog.Logger
}

// A Pool is a dispatcher and its workers. Make one with New.
type Pool struct {
	Options
	guard    guard
	throttle *limit.Concurrency
	busy     atomic.Int32  // fetches under way; the dispatcher alone raises it
	ended    chan struct{} // receives when a fetch has ended
	sending  chan struct{} // holds one while the dispatcher is between its look at the gate and its last request
	paced    time.Time     // the dispatcher's: when it last took permits while a reader was expected
	unknown  notice        // products that the partner does not know
}

// New makes a pool.
func New(o Options) *Pool {
	if o.Expecting == nil {
		o.Expecting = func(time.Time) bool { return false }
	}
	return &Pool{Options: o, throttle: limit.NewConcurrency(o.Concurrency), ended: make(chan struct{}, 1), sending: make(chan struct{}, 1)}
}

// Limit returns how many fetches may be in flight now, at most Concurrency.
func (p *Pool) Limit() int { return p.throttle.Limit() }

// room returns how many more fetches may be in flight.
func (p *Pool) room() int { return p.throttle.Limit() - int(p.busy.Load()) }

// end makes room.
func (p *Pool) end() {
	p.busy.Add(-1)
	select {
	case p.ended <- struct{}{}:
	default:
	}
}

// Busy returns how many fetches are in flight.
func (p *Pool) Busy() int { return int(p.busy.Load()) }

// Settle waits until every job popped before the call runs or is given back: what
// was taken off the queue or stopped at the gate by then does not begin. The
// goroutine that takes reports must not call it.
func (p *Pool) Settle(ctx context.Context) error {
	select {
	case p.sending <- struct{}{}:
		<-p.sending
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Run dispatches until ctx is done, then waits for the fetches in flight, which
// are cut off after the drain time. It returns an error only when the store
// failed.
func (p *Pool) Run(ctx context.Context) error {
	var attempts sync.WaitGroup
	fetching, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer func() {
		drain := time.AfterFunc(p.Drain, cut)
		attempts.Wait()
		drain.Stop()
		cut()
	}()
	for {
		if err := p.Queue.Wait(ctx); err != nil {
			return nil
		}
		if err := p.round(ctx, fetching, &attempts); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
	}
}

// round waits until at least one request may go, then sends as many of the most
// urgent as may go at that moment.
func (p *Pool) round(ctx, fetching context.Context, attempts *sync.WaitGroup) error {
	for p.room() < 1 {
		select {
		case <-p.ended:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	wanted := time.Now()
	first, permits, err := p.permits(ctx)
	if err != nil {
		return err
	}
	defer func() { <-p.sending }()
	workers := max(1, min(permits, p.room()))
	ids := make([]refresh.ID, 0, workers)
	for range workers {
		id, _, ok := p.Queue.TryPop()
		if !ok {
			break
		}
		ids = append(ids, id)
	}
	if unused := permits - len(ids); unused > 0 {
		p.Budget.Return(first+uint64(len(ids)), unused)
	}
	if len(ids) == 0 {
		return nil
	}
	return p.send(ctx, fetching, ids, first, wanted, attempts)
}

// send writes down that the requests go out, paid for with the permits from first
// on, then sends them. Not the other way round: after a kill -9 the budget must
// know of every request that was sent.
func (p *Pool) send(ctx, fetching context.Context, ids []refresh.ID, first uint64, wanted time.Time, attempts *sync.WaitGroup) error {
	now := time.Now()
	p.Gate.Probe()
	starts := make([]refresh.Start, len(ids))
	tasks := make([]refresh.Task, len(ids))
	for i, id := range ids {
		tasks[i] = p.Task(id)
		starts[i] = refresh.Start{Job: tasks[i].Job, Permit: first + uint64(i), At: now}
	}
	err := p.Store.Begin(starts, p.forgettable(first))
	if errors.Is(err, inventory.ErrNotFound) { // a damaged job: its key is fetched all the same
		p.Log.LogAttrs(ctx, slog.LevelWarn, "job unknown", slog.Any("err", err))
		err = nil
	}
	if err != nil {
		for i, id := range ids {
			p.Budget.Done(starts[i].Permit, time.Now())
			p.Report(refresh.Result{ID: id, Lost: true, End: refresh.End{Job: tasks[i].Job, State: refresh.Pending, At: now}})
		}
		p.Gate.Released()
		return p.storeFailed(ctx, err)
	}
	p.Observer.Requested(len(ids))
	for i, id := range ids {
		p.Observer.Waited(now.Sub(wanted))
		p.busy.Add(1)
		attempts.Add(1)
		go func() {
			defer attempts.Done()
			a := attempt{Pool: p, id: id, task: tasks[i], permits: []uint64{starts[i].Permit}}
			a.run(fetching)
			p.end()
		}()
	}
	return nil
}

// remembered is how many permits are kept when they have left all windows, for a reload
// may bring a longer one: those of a day at 30 a minute, and some.
const remembered = 50_000

// forgettable returns a seq below which no permit has to be remembered when next is
// about to be spent.
func (p *Pool) forgettable(next uint64) uint64 {
	return min(p.Budget.Low(), max(next, remembered)-remembered)
}

// permits waits until the gate and the budget let at least one request go, and
// takes permits for as many as may go at once: n, from first on. From its look at the
// gate on it is sending; the caller says when that is over.
func (p *Pool) permits(ctx context.Context) (first uint64, n int, err error) {
	for {
		select {
		case p.sending <- struct{}{}:
		case <-ctx.Done():
			return 0, 0, ctx.Err()
		}
		now := time.Now()
		most, at := p.Gate.Allow(now)
		if most > 0 {
			if first, n, at = p.take(min(most, max(1, p.room())), now); n > 0 {
				return first, n, nil
			}
		}
		<-p.sending
		wait := time.Hour // a change wakes us sooner
		if !at.IsZero() {
			wait = at.Sub(now)
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-p.Gate.Changed():
		case <-p.Budget.Changed():
		case <-p.Urgent:
		case <-ctx.Done():
			timer.Stop()
			return 0, 0, ctx.Err()
		}
		timer.Stop()
	}
}

// hold is how many permits are kept free for readers who may come to wait: enough
// for two who come at once, and as the budget gives permits back evenly then, the
// next one has not long to wait.
const hold = 2

// take takes at most so many permits, and of them only what is not kept for readers
// while one may come: then it spends no more at once than the time since the last
// has brought. A budget that is spent in one go has nothing for a reader until the
// window has passed.
func (p *Pool) take(most int, now time.Time) (first uint64, n int, at time.Time) {
	if !p.Expecting(now) {
		return p.Budget.TryTake(most, 0, now)
	}
	if at = p.paced.Add(p.Budget.Spacing()); !at.After(now) {
		if first, n, at = p.Budget.TryTake(1, hold, now); n > 0 {
			p.paced = now
			return first, n, at
		}
	}
	if urgent := p.Queue.Depth(plan.OnDemand); urgent > 0 {
		var soonest time.Time
		if first, n, soonest = p.Budget.TryTake(min(most, urgent), 0, now); n > 0 {
			return first, n, soonest
		}
		if at.IsZero() || !soonest.IsZero() && soonest.Before(at) {
			at = soonest
		}
	}
	return 0, 0, at
}

// fullRetry is how long nothing is fetched after the disk was found full.
const fullRetry = 15 * time.Second

// storeFailed holds the source while the disk is full and passes every other
// error on.
func (p *Pool) storeFailed(ctx context.Context, err error) error {
	if !errors.Is(err, storage.ErrFull) {
		return err
	}
	p.Log.LogAttrs(ctx, slog.LevelError, "disk full, fetching stopped", slog.Any("err", err))
	p.Gate.Hold(time.Now().Add(fullRetry), "disk full")
	p.Observer.Blocked("disk_full")
	return nil
}
