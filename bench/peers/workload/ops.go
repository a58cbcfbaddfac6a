package workload

import (
	"time"

	"invd/bench/peers/timers"
)

// Hot is how many idle ids schedule and cancel take in turn: a program's timers that
// come and go share a small part of the memory.
const Hot = 1024

// Pending timers are spread over the horizon from soonest on. Nothing in it comes
// due while anything is measured.
const (
	soonest = time.Hour
	horizon = 24 * time.Hour
)

// far returns a deadline that is not soon.
func (r *random) far() time.Duration {
	return soonest + horizon/(1<<20)*time.Duration(r.next(1<<20))
}

// An Ops is timers of which many are pending, for single operations.
type Ops struct {
	timers.Timers
	pending int
	at      [Hot]time.Duration
	random  random
}

// NewOps returns timers with so many of them pending; with none pending, one is, for
// re-arming.
func NewOps(impl timers.Impl, pending int) *Ops {
	o := &Ops{pending: max(pending, 1)}
	o.Timers = impl.New(timers.Options{IDs: o.pending + Hot, Epoch: time.Now(), Sink: func(uint32) {}})
	for id := range uint32(o.pending) {
		at := o.random.far()
		o.Schedule(id, at, at)
	}
	for i := range o.at {
		o.at[i] = o.random.far()
	}
	return o
}

// ScheduleNth arms the nth idle id.
func (o *Ops) ScheduleNth(n int) { o.Schedule(uint32(o.pending+n), o.at[n], o.at[n]) }

// CancelNth cancels it.
func (o *Ops) CancelNth(n int) { o.Cancel(uint32(o.pending + n)) }

// RearmRandom moves a random pending timer to a random time.
func (o *Ops) RearmRandom() {
	at := o.random.far()
	o.Rearm(o.random.next(uint32(o.pending)), at, at)
}

// Costs are mean times of one operation, in nanoseconds.
type Costs struct{ Schedule, Cancel, Pair, Rearm float64 }

// Run runs each operation so many times, rounded up to a multiple of Hot. A pair is
// a schedule and the cancel of the same id right after it.
func (o *Ops) Run(ops int) Costs {
	batches := (ops + Hot - 1) / Hot
	var schedule, cancel, pair, rearm time.Duration
	for range batches {
		t0 := time.Now()
		for n := range Hot {
			o.ScheduleNth(n)
		}
		t1 := time.Now()
		for n := range Hot {
			o.CancelNth(n)
		}
		schedule += t1.Sub(t0)
		cancel += time.Since(t1)
	}
	start := time.Now()
	for range batches {
		for n := range Hot {
			o.ScheduleNth(n)
			o.CancelNth(n)
		}
	}
	pair = time.Since(start)
	start = time.Now()
	for range batches * Hot {
		o.RearmRandom()
	}
	rearm = time.Since(start)
	mean := func(d time.Duration) float64 { return float64(d) / float64(batches*Hot) }
	return Costs{mean(schedule), mean(cancel), mean(pair), mean(rearm)}
}
