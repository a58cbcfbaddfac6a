package scheduler

import (
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"invd/engine/demand"
	"invd/engine/inventory"
	"invd/engine/limit"
	"invd/engine/plan"
	"invd/engine/queue"
	"invd/engine/refresh"
	"invd/engine/report"
	"invd/storage"
)

// A bench is a scheduler without its goroutine, on a real store and queue: the
// test turns it, and is its workers.
type bench struct {
	*Scheduler
	t       *testing.T
	random  *rand.Rand
	now     time.Time
	running []refresh.ID
	permit  uint64
}

type nobody struct{}

func (nobody) Ticks(string, string, int)        {}
func (nobody) Created(string, refresh.Trigger)  {}
func (nobody) Finished(string, refresh.Outcome) {}
func (nobody) Recovered(int)                    {}

func (nobody) Asked(string)                  {}
func (nobody) Awaited(string, time.Duration) {}

// newDesk makes a desk whose share no test uses up.
func newDesk(products []plan.Product, now time.Time) *demand.Desk {
	var ids []inventory.ProductID
	for _, p := range products {
		ids = append(ids, p.ID)
	}
	budget := limit.NewBudget([]limit.Limit{{Requests: 1e6, Per: time.Minute}}, nil, now)
	return demand.NewDesk(demand.DeskOptions{
		Table: demand.New(ids, 60), Budget: budget, Gate: limit.NewGate(rand.Int64N), Observer: nobody{},
	})
}

func newBench(t *testing.T, dir string, now time.Time, seed uint64) *bench {
	t.Helper()
	return newBenchOf(t, dir, now, seed, 4*time.Hour, nobody{}, NewCadence)
}

// newBenchOf makes a bench whose schedule week has that interval.
func newBenchOf(t *testing.T, dir string, now time.Time, seed uint64, week time.Duration, observer Observer, newPolicy func(PolicyOptions) Policy) *bench {
	t.Helper()
	store, err := storage.Open(dir, storage.Options{NoSync: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() }) // a second Close does nothing
	rules := plan.NewRules([]plan.Schedule{
		{Name: "today", Days: 1, Every: 15 * time.Minute, Objective: 20 * time.Minute, MaxAge: time.Hour},
		{Name: "week", Days: 5, Every: week, Objective: 5 * time.Hour, MaxAge: 16 * time.Hour},
	})
	var products []plan.Product
	for i, zone := range []string{"Asia/Singapore", "Europe/London", "America/New_York"} {
		z, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		products = append(products, plan.Product{ID: inventory.ProductID(14 + i), Zone: z, Enabled: true})
	}
	catalogue := plan.NewCatalogue(rules, products)
	policy := newPolicy(PolicyOptions{Catalogue: catalogue, PerDay: 2000, Now: now})
	b := &bench{t: t, now: now, random: rand.New(rand.NewPCG(seed, 1)), Scheduler: New(Options{
		Catalogue: catalogue, Store: store, Gate: limit.NewGate(rand.Int64N), Desk: newDesk(products, now),
		Policy: policy, Queue: queue.New[refresh.ID](queue.Options{Bands: len(Bands(policy))}),
		Observer: observer, Tell: func(report.Event) {}, Log: slog.New(slog.DiscardHandler),
	})}
	b.epoch = now
	if err := b.boot(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	return b
}

// work takes up to n keys from the queue, as the dispatcher does.
func (b *bench) work(n int) {
	for range n {
		id, _, ok := b.Queue.TryPop()
		if !ok {
			return
		}
		b.permit++
		if err := b.Store.Begin([]refresh.Start{{Job: b.Task(id).Job, Permit: b.permit, At: b.now}}, b.permit); err != nil {
			b.t.Fatalf("begin %v: %v", b.Task(id), err)
		}
		b.running = append(b.running, id)
	}
}

// report ends one running key in a random way.
func (b *bench) report() {
	if len(b.running) == 0 {
		return
	}
	i := b.random.IntN(len(b.running))
	id := b.running[i]
	b.running = append(b.running[:i], b.running[i+1:]...)
	r := refresh.Result{ID: id, End: refresh.End{Job: b.Task(id).Job, At: b.now}}
	switch b.random.IntN(8) {
	case 0:
		r.End.State, r.End.RetryAt = refresh.Retrying, b.now.Add(time.Duration(b.random.IntN(600))*time.Second)
	case 1:
		r.End.State = refresh.Pending
	case 2:
		r.End.State, r.End.Outcome, r.NotFound = refresh.Dead, refresh.Failed, b.random.IntN(2) == 0
	default:
		r.End.State, r.End.Outcome, r.Checked, r.Answered, r.Day = refresh.Done, refresh.Unchanged, b.now, true, inventory.Open
		if b.random.IntN(4) == 0 {
			r.End.Outcome, r.Day = refresh.Closed, inventory.Closed
		}
	}
	b.store(&r, b.Task(id).Key)
	b.settle(r, b.now)
}

// store writes down how an attempt ended, as a worker does. The partner says of
// every date that it is closed.
func (b *bench) store(r *refresh.Result, k inventory.Key) {
	b.t.Helper()
	if r.End.State != refresh.Done {
		if err := b.Store.Finish(r.End); err != nil {
			b.t.Fatalf("finish %+v: %v", r.End, err)
		}
		return
	}
	answer := inventory.Availability{Key: k, RequestedAt: b.now, CheckedAt: b.now}
	synced, err := b.Store.Sync(&answer, 0, r.End)
	if err != nil {
		b.t.Fatalf("sync %s: %v", k, err)
	}
	if err := b.Store.Flush(); err != nil { // check looks for the job
		b.t.Fatal(err)
	}
	if synced.Outcome == refresh.Stale { // the clock was set back
		r.End.Outcome, r.Checked, r.Day = refresh.Stale, time.Time{}, inventory.Unknown
	}
}

// read has a reader ask for a key, one in ten for one that is not there.
func (b *bench) read() {
	p := b.products[b.random.IntN(len(b.products))]
	k := inventory.Key{Product: p.ID, Date: p.today.AddDays(b.random.IntN(len(p.ids) * 12 / 10))}
	b.Desk.Read(b.t.Context(), k, b.now)
	for range len(b.Desk.Asks()) {
		b.ask(<-b.Desk.Asks(), b.now)
	}
}

// check fails the test unless every key is in exactly one place and the store
// knows the same unfinished jobs.
func (b *bench) check() {
	b.t.Helper()
	counts := map[place]int{}
	jobs := map[uint64]bool{}
	live := map[refresh.ID]bool{}
	for _, p := range b.products {
		if p.today != p.Today(b.now) || len(p.ids) != b.Catalogue.Rules.Horizon() {
			b.t.Fatalf("product %d: today %s with %d keys, want %s with %d", p.ID, p.today, len(p.ids), p.Today(b.now), b.Catalogue.Rules.Horizon())
		}
		for i, id := range p.ids {
			k := &b.keys[id]
			if live[id] || k.key != (inventory.Key{Product: p.ID, Date: p.today.AddDays(i)}) {
				b.t.Fatalf("id %d of %d/%s is %+v", id, p.ID, p.today.AddDays(i), *k)
			}
			live[id] = true
			if _, pending := b.wheel.At(id); pending != (k.place == inWheel) {
				b.t.Fatalf("%s is in place %d, in the wheel: %v", k.key, k.place, pending)
			}
			if k.place == nowhere || k.place == leaving || k.place == inQueue && k.job == 0 {
				b.t.Fatalf("%s is in place %d with job %d", k.key, k.place, k.job)
			}
		}
	}
	for id := range b.keys {
		k := &b.keys[id]
		counts[k.place]++
		if k.guest && b.fill.guests[k.key] != refresh.ID(id) && k.place != leaving {
			b.t.Fatalf("guest %d of %s is not among the backfill's: %v", id, k.key, b.fill.guests)
		}
		if !live[refresh.ID(id)] && !k.guest && k.place != nowhere && k.place != leaving {
			b.t.Fatalf("id %d is dead and in place %d", id, k.place)
		}
		for _, job := range []uint64{k.job, k.next} {
			if job != 0 {
				jobs[job] = true
			}
		}
	}
	if n := b.wheel.Len(); n != counts[inWheel] {
		b.t.Fatalf("%d timers, %d keys in the wheel", n, counts[inWheel])
	}
	if n := b.Queue.Len() + len(b.running); n != counts[inQueue]+counts[leaving] {
		b.t.Fatalf("%d queued or running, %d keys in the queue or leaving", n, counts[inQueue]+counts[leaving])
	}
	if len(b.free) != counts[nowhere] {
		b.t.Fatalf("%d free ids, %d keys nowhere", len(b.free), counts[nowhere])
	}
	if n := b.Desk.Orders(); n > counts[inQueue] {
		b.t.Fatalf("%d keys are asked for and not ended, %d in the queue or with a worker", n, counts[inQueue])
	}
	stored, err := b.Store.Jobs(report.JobFilter{States: []refresh.State{refresh.Pending, refresh.Running, refresh.Retrying}, Limit: 1 << 20})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, j := range stored {
		if !jobs[j.ID] {
			b.t.Fatalf("the store has %+v, which no key has", j)
		}
	}
	if len(stored) != len(jobs) {
		b.t.Fatalf("%d unfinished jobs stored, %d with keys", len(stored), len(jobs))
	}
}

// TestEveryKeyIsInOnePlace does random things to a scheduler for many virtual
// days: work, failures, pauses, refreshes, reads, steps of the wall clock, restarts.
func TestEveryKeyIsInOnePlace(t *testing.T) { everyKeyIsInOnePlace(t, NewCadence) }

func TestEveryKeyIsInOnePlaceWhenAdaptive(t *testing.T) { everyKeyIsInOnePlace(t, NewAdaptive) }

func everyKeyIsInOnePlace(t *testing.T, newPolicy func(PolicyOptions) Policy) {
	seeds := uint64(12)
	if testing.Short() {
		seeds = 3
	}
	for seed := range seeds {
		dir := t.TempDir()
		b := newBenchOf(t, dir, time.Date(2026, 10, 24, 20, 0, 0, 0, time.UTC), seed, 4*time.Hour, nobody{}, newPolicy)
		scopes := []refresh.Scope{refresh.Everything, {Schedule: "today"}, {Schedule: "week"}, {Product: 14}, {Product: 15}}
		for range 600 {
			b.now = b.now.Add(time.Duration(b.random.ExpFloat64() * float64(5*time.Minute)))
			switch b.random.IntN(18) {
			case 0:
				until := b.now.Add(time.Duration(b.random.IntN(7200)) * time.Second)
				if err := b.pause(scopes[b.random.IntN(len(scopes))], refresh.Pause{Since: b.now, Until: until}, b.now); err != nil {
					t.Fatal(err)
				}
			case 1:
				if err := b.resume(scopes[b.random.IntN(len(scopes))], "test", b.now); err != nil {
					t.Fatal(err)
				}
			case 2:
				p := b.products[b.random.IntN(len(b.products))]
				if len(b.pauses) == 0 {
					b.refresh(p.ids[:1+b.random.IntN(len(p.ids))], b.now, &report.Refreshed{})
				}
			case 6:
				_ = b.trigger(b.scoped(scopes[b.random.IntN(len(scopes))]), b.now, &report.Triggered{}) // refused while paused
			case 7:
				b.retryAll()
			case 10:
				b.backfillAtRandom()
			case 3:
				b.now = b.now.Add(time.Duration(b.random.IntN(30*3600)) * time.Second) // on, over a night
			case 4:
				b.now = b.now.Add(-time.Duration(b.random.IntN(30*3600)) * time.Second) // the clock set back
			case 5:
				b.running = nil // kill -9, and a start
				if err := b.Store.Close(); err != nil {
					t.Fatal(err)
				}
				random := b.random
				b = newBenchOf(t, dir, b.now, 0, 4*time.Hour, nobody{}, newPolicy)
				b.random = random
			case 8, 9:
				b.read()
			default:
				b.work(b.random.IntN(6))
				for range b.random.IntN(6) {
					b.report()
				}
			}
			b.turn(b.now)
			if b.fatal != nil {
				t.Fatalf("seed %d: %v", seed, b.fatal)
			}
			b.check()
		}
		if err := b.Store.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
