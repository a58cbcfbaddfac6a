package timers

import (
	"sync"
	"time"
)

// slice is how many timers are handled in one hold of the driver's mutex.
const slice = 256

// A core is told the time. It is engine/wheel or takes its place.
type core interface {
	Schedule(id uint32, at time.Duration)
	Cancel(id uint32) bool
	Next() (time.Duration, bool)
	Advance(now time.Duration, due []uint32) (n int, more bool)
}

// A driver shares a core and tells it the time: a mutex, and a goroutine that
// sleeps until the earliest deadline and calls the sink outside of the mutex.
type driver[C core] struct {
	epoch time.Time
	sink  func(id uint32)
	poke  chan struct{} // room for one: the earliest deadline moved forward
	stop  chan struct{}
	ended chan struct{}

	mu   sync.Mutex
	core C
	wake time.Duration // the goroutine sleeps no longer than until then
}

const never time.Duration = 1<<63 - 1

func newDriver[C core](o Options, c C) Timers {
	d := &driver[C]{
		epoch: o.Epoch,
		sink:  o.Sink,
		poke:  make(chan struct{}, 1),
		stop:  make(chan struct{}),
		ended: make(chan struct{}),
		core:  c,
		wake:  never,
	}
	go d.run()
	return d
}

func (d *driver[C]) Schedule(id uint32, at, _ time.Duration) {
	d.mu.Lock()
	d.core.Schedule(id, at)
	earlier := false
	if at < d.wake {
		next, _ := d.core.Next() // not at, which the wheel rounds up
		if earlier = next < d.wake; earlier {
			d.wake = next
		}
	}
	d.mu.Unlock()
	if earlier {
		select {
		case d.poke <- struct{}{}:
		default:
		}
	}
}

func (d *driver[C]) Rearm(id uint32, at, in time.Duration) { d.Schedule(id, at, in) }

func (d *driver[C]) Cancel(id uint32) {
	d.mu.Lock()
	d.core.Cancel(id)
	d.mu.Unlock()
}

func (d *driver[C]) Close() {
	close(d.stop)
	<-d.ended
}

func (d *driver[C]) run() {
	defer close(d.ended)
	due := make([]uint32, slice)
	nap := time.NewTimer(never)
	defer nap.Stop()
	for {
		n, wake := d.advance(due)
		for _, id := range due[:n] {
			d.sink(id)
		}
		if in := wake - time.Since(d.epoch); in > 0 {
			nap.Reset(in)
			select {
			case <-nap.C:
			case <-d.poke:
			case <-d.stop:
				return
			}
			continue
		}
		select {
		case <-d.stop:
			return
		default:
		}
	}
}

// advance takes a slice of what is due, and notes when to wake in the same hold of
// the mutex, or a deadline set in between would be slept through.
func (d *driver[C]) advance(due []uint32) (n int, wake time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, _ = d.core.Advance(time.Since(d.epoch), due)
	wake, ok := d.core.Next()
	if !ok {
		wake = never
	}
	d.wake = wake
	return n, wake
}
