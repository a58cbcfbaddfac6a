package workload

import (
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"time"

	"invd/bench/peers/timers"
)

// A Bursts is timers of which many are pending, for others that come due at one
// instant.
type Bursts struct {
	timers.Timers
	epoch   time.Time
	pending int
	order   []int // of the ids of a burst
	left    atomic.Int64
	done    chan struct{}
}

// NewBursts returns timers with so many of them pending, none soon, for bursts of up
// to so many others.
func NewBursts(impl timers.Impl, pending, burst int) *Bursts {
	b := &Bursts{
		epoch:   time.Now(),
		pending: pending,
		order:   rand.New(rand.NewPCG(3, 4)).Perm(burst),
		done:    make(chan struct{}, 1),
	}
	b.Timers = impl.New(timers.Options{IDs: pending + burst, Epoch: b.epoch, Sink: b.fire})
	var random random
	for id := range uint32(pending) {
		at := random.far()
		b.Schedule(id, at, at)
	}
	return b
}

func (b *Bursts) fire(uint32) {
	if b.left.Add(-1) == 0 {
		b.done <- struct{}{}
	}
}

// Run arms n timers, scattered in memory, for one instant, and returns the processor
// time of the process from shortly before that instant until the last one has
// fired, and how long after the instant that was.
func (b *Bursts) Run(n int) (cpu, last time.Duration) {
	runtime.GC()
	lead := 100*time.Millisecond + time.Duration(n)*2*time.Microsecond
	for ; ; lead *= 2 {
		if cpu, last, ok := b.try(n, lead); ok {
			return cpu, last
		}
	}
}

// try is Run with so much time for arming. It reports false if that was too short.
func (b *Bursts) try(n int, lead time.Duration) (cpu, last time.Duration, ok bool) {
	const early = 25 * time.Millisecond // more than any implementation fires early
	b.left.Store(int64(n))
	at := time.Since(b.epoch) + lead
	in, armed := lead, 0
	for _, id := range b.order {
		if id >= n {
			continue
		}
		if armed%64 == 0 {
			in = at - time.Since(b.epoch)
		}
		armed++
		b.Schedule(uint32(b.pending+id), at, in)
	}
	time.Sleep(at - time.Since(b.epoch) - early)
	ok = b.left.Load() == int64(n)
	start := cpuTime()
	<-b.done
	last = time.Since(b.epoch) - at
	return cpuTime() - start, last, ok
}
