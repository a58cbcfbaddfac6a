package scheduler

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"invd/engine/demand"
	"invd/engine/inventory"
	"invd/engine/limit"
	"invd/engine/plan"
	"invd/engine/queue"
	"invd/engine/refresh"
	"invd/engine/report"
	"invd/engine/wheel"
	"invd/storage"
)

// An Observer is told what the scheduler does; a nil-safe *metrics.Engine
// provides it.
type Observer interface {
	Ticks(schedule, outcome string, n int)       // nominal ticks, by what became of them
	Created(schedule string, t refresh.Trigger)  // a job
	Finished(schedule string, o refresh.Outcome) // a job that no worker finished
	Recovered(n int)                             // jobs that an earlier process left unfinished
}

// Options are what a Scheduler needs.
type Options struct {
	Catalogue *plan.Catalogue
	Policy    Policy
	Store     *storage.Store
	Queue     *queue.Queue[refresh.ID]
	Gate      *limit.Gate
	Desk      *demand.Desk    // what readers ask for
	Urgent    chan<- struct{} // told, if it has room, when somebody waits for what was queued; may be nil
	Observer  Observer
	Tell      func(report.Event) // of attempts that ended and of pauses; must not block
	Log       *slog.Logger
}

// The scheduler's constants.
const (
	batch        = 256              // keys that one turn takes from the wheel, jobs that one commit makes
	watch        = 30 * time.Second // how soon a step of the wall clock is noticed
	confirmAfter = 15 * time.Second // from an open date's closing to asking again
	fullRetry    = 15 * time.Second // from a full disk to trying again
	probeGone    = 24 * time.Hour   // between requests for a product the partner does not know
	deadRetry    = time.Hour        // from a dead job or a held answer to the key's next job, at most
)

// A Scheduler turns the wheel. Make one with New; Run it once.
type Scheduler struct {
	Options
	results  chan refresh.Result
	commands chan func()
	booted   chan struct{}
	swept    chan struct{}
	stopped  chan struct{}
	tasks    tasks // written here before a push, read by workers after the pop

	// All below is owned by Run's goroutine.
	epoch    time.Time     // zero of the wheel's axis, which is the monotonic clock and the time asleep
	awake    time.Duration // the machine's time asleep at epoch
	slept    time.Duration // the same when the clocks were last read
	asleep   func() time.Duration
	wheel    *wheel.Wheel[refresh.ID]
	keys     []key // by id
	free     []refresh.ID
	products []*product
	byID     map[inventory.ProductID]*product
	pauses   map[refresh.Scope]refresh.Pause
	midnight time.Time // the next start of a date in any product's zone
	saved    int       // products whose learned state was saved in this round
	saveAt   time.Time // when more of it is saved
	unswept  int       // products whose today at the start was never answered
	wall     time.Time // the wall clock when it was last looked at
	due      []refresh.ID
	fill     filling
	fatal    error
}

// New makes a scheduler.
func New(o Options) *Scheduler {
	return &Scheduler{
		Options:  o,
		results:  make(chan refresh.Result, batch),
		commands: make(chan func()),
		booted:   make(chan struct{}),
		swept:    make(chan struct{}),
		stopped:  make(chan struct{}),
		byID:     map[inventory.ProductID]*product{},
		fill:     filling{out: map[refresh.ID]int64{}, guests: map[inventory.Key]refresh.ID{}},
		wheel:    wheel.New[refresh.ID](wheel.DefaultTick),
		asleep:   asleep,
	}
}

// Report takes a worker's result. It waits while the scheduler is behind, and
// drops the result once the scheduler has stopped: the store has it.
func (s *Scheduler) Report(r refresh.Result) {
	select {
	case s.results <- r:
	case <-s.stopped:
	}
}

// Ready is closed once every key is scheduled.
func (s *Scheduler) Ready() <-chan struct{} { return s.booted }

// Swept is closed once every product's today has been answered.
func (s *Scheduler) Swept() <-chan struct{} { return s.swept }

// Task returns what a worker needs to know of a key it has popped.
func (s *Scheduler) Task(id refresh.ID) refresh.Task { return s.tasks.get(id) }

// Run takes up what an earlier process left and schedules until ctx is done. It
// returns an error only when the store failed.
func (s *Scheduler) Run(ctx context.Context) error {
	defer close(s.stopped)
	s.epoch = s.clocks()
	s.awake = s.slept
	if err := s.boot(ctx, s.epoch); errors.Is(err, context.Canceled) {
		s.Log.LogAttrs(ctx, slog.LevelInfo, "stopped before every key was scheduled", slog.Int("keys", len(s.keys)))
		return nil // the ledger and what was learned stay as they were before
	} else if err != nil {
		return err
	}
	close(s.booted)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			s.closeLedger(s.clocks())
			s.saveLearned(len(s.products))
			return nil
		case r := <-s.results:
			s.settle(r, s.clocks())
			for range len(s.results) {
				s.settle(<-s.results, time.Now())
			}
		case f := <-s.commands:
			s.clocks()
			f()
		case k := <-s.Desk.Asks():
			s.ask(k, s.clocks())
		case <-timer.C:
		}
		timer.Reset(s.turn(s.clocks()))
		if s.fatal != nil {
			return s.fatal
		}
	}
}

// turn does what is due at now and returns how long nothing will be.
func (s *Scheduler) turn(now time.Time) time.Duration {
	s.endPauses(now)
	s.newDays(now)
	at := s.axis(now)
	var expired [batch]refresh.ID
	for more := true; more && s.fatal == nil; {
		var n int
		n, more = s.wheel.Advance(at, expired[:])
		s.expire(expired[:n], now)
	}
	next := min(s.follow(now), s.saveSome(now))
	s.promote(now)
	s.feed(now)
	if at, ok := s.wheel.Next(); ok {
		next = min(next, at-s.axis(now))
	}
	next = min(next, s.midnight.Sub(now))
	for _, p := range s.pauses {
		if !p.Until.IsZero() {
			next = min(next, p.Until.Sub(now))
		}
	}
	return max(next, 0)
}

// expire sends keys on that have left the wheel: those whose job waits for a
// retry to the queue, the others to a job of their own.
func (s *Scheduler) expire(ids []refresh.ID, now time.Time) {
	s.due = s.due[:0]
	for _, id := range ids {
		k := &s.keys[id]
		switch {
		case s.parks(k):
			s.park(k)
		case k.job != 0:
			s.push(id, s.band(id, now), now)
		case s.policyTimes(k):
			if due := s.Policy.Due(s.view(id), now); due.After(now) {
				s.arm(id, due, now)
				continue
			}
			s.due = append(s.due, id)
		default:
			s.due = append(s.due, id)
		}
	}
	s.start(s.due, now)
}

// start makes jobs of keys that are in no place, and queues them. A full disk
// puts them back on the wheel for a while. Only what somebody waits for is on disk
// when it returns: a key that is due is due after a restart too.
func (s *Scheduler) start(ids []refresh.ID, now time.Time) {
	for len(ids) > 0 && s.fatal == nil {
		part := ids[:min(batch, len(ids))]
		ids = ids[len(part):]
		jobs := make([]refresh.Job, len(part))
		for i, id := range part {
			k := &s.keys[id]
			jobs[i] = refresh.Job{Key: k.key, Schedule: s.scheduleName(k), Trigger: k.trigger, State: refresh.Pending, Created: now}
		}
		create := s.Store.CreateJobsSoon
		if jobs[0].Trigger == refresh.Manual {
			create = s.Store.CreateJobs
		}
		if err := create(jobs); err != nil {
			s.storeFailed(err)
			for _, id := range part {
				s.arm(id, now.Add(fullRetry), now)
			}
			continue
		}
		for i, id := range part {
			k := &s.keys[id]
			s.serve(k, now)
			k.job, k.attempts = jobs[i].ID, 0
			s.Observer.Created(jobs[i].Schedule, k.trigger)
			s.push(id, s.band(id, now), now)
		}
	}
}

// push queues a key that has a job.
func (s *Scheduler) push(id refresh.ID, band int, now time.Time) {
	k := &s.keys[id]
	k.place, k.since = inQueue, now.UnixNano()
	s.tasks.set(id, refresh.Task{Key: k.key, Job: k.job, Schedule: s.scheduleName(k), Attempts: int(k.attempts), Urgent: band == plan.OnDemand})
	s.Queue.TryPush(id, band)
	if band == plan.OnDemand {
		select {
		case s.Urgent <- struct{}{}:
		default:
		}
	}
}

// arm puts a key on the wheel, due at the given wall time.
func (s *Scheduler) arm(id refresh.ID, due, now time.Time) {
	k := &s.keys[id]
	k.place, k.due = inWheel, due.UnixNano()
	s.wheel.Schedule(id, s.axis(now)+due.Round(0).Sub(now.Round(0)))
}

// clocks reads both clocks and returns now.
func (s *Scheduler) clocks() time.Time {
	s.slept = s.asleep()
	return time.Now()
}

// axis returns where now is on the wheel's axis. A step of the wall clock does not
// move it; after a suspend it has moved on, so what fell due meanwhile is due at
// once, and the queue and the budget absorb it.
func (s *Scheduler) axis(now time.Time) time.Duration { return now.Sub(s.epoch) + s.slept - s.awake }

// band returns how urgent a key's job is.
func (s *Scheduler) band(id refresh.ID, now time.Time) int {
	k := &s.keys[id]
	switch {
	case k.trigger == refresh.Manual, k.trigger == refresh.Confirm:
		return plan.OnDemand
	case k.trigger == refresh.Backfilled:
		return s.backfillBand()
	case k.attempts > 0:
		return s.Policy.Retry()
	case k.trigger == refresh.Read:
		return plan.OnDemand
	}
	return s.Policy.Band(s.view(id), now)
}

func (s *Scheduler) scheduleName(k *key) string {
	return s.Catalogue.Rules.Schedules()[k.schedule].Name
}

// cancel ends jobs whose keys are not to be fetched any more.
func (s *Scheduler) cancel(ends []refresh.End) {
	if len(ends) == 0 {
		return
	}
	if err := s.Store.Drop(ends...); err != nil {
		s.storeFailed(err)
	}
}

// storeFailed logs a full disk, which passes, and a job that is not there, which
// matters to nobody; it makes every other error end Run.
func (s *Scheduler) storeFailed(err error) {
	switch {
	case errors.Is(err, storage.ErrFull):
		s.Log.LogAttrs(context.Background(), slog.LevelError, "disk full", slog.Any("err", err))
	case errors.Is(err, inventory.ErrNotFound):
		s.Log.LogAttrs(context.Background(), slog.LevelWarn, "job unknown", slog.Any("err", err))
	default:
		s.fatal = err
	}
}
