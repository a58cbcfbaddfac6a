package workload

import (
	"sync/atomic"
	"time"

	"invd/bench/peers/timers"
)

// A Cycle is what came of timers that fired and were armed again for a while.
type Cycle struct {
	Fired int
	Early int           // fired before their deadline
	CPU   time.Duration // of the whole process, per firing
}

// RunCycle keeps n timers firing once an interval each, evenly spread, for a time.
// Each is armed again by the sink, an interval after its last deadline.
func RunCycle(impl timers.Impl, n int, interval, runs time.Duration) Cycle {
	epoch := time.Now()
	due := make([]time.Duration, n) // owned by whoever arms the id
	var armed, ending atomic.Bool
	var fired, early counter
	var t timers.Timers
	t = impl.New(timers.Options{IDs: n, Epoch: epoch, Sink: func(id uint32) {
		for !armed.Load() {
			time.Sleep(time.Millisecond) // t and due are not all written yet
		}
		now := time.Since(epoch)
		if now < due[id] {
			early.add(id)
		}
		fired.add(id)
		if ending.Load() {
			return
		}
		due[id] += interval
		t.Rearm(id, due[id], due[id]-now)
	}})
	start := time.Since(epoch) + interval + 50*time.Millisecond
	for id := range due {
		due[id] = start + interval*time.Duration(id)/time.Duration(n)
		t.Schedule(uint32(id), due[id], due[id]-time.Since(epoch))
	}
	armed.Store(true)
	time.Sleep(start + interval - time.Since(epoch)) // until all have fired once
	cpu, before := cpuTime(), fired.sum()
	time.Sleep(runs)
	cpu, after := cpuTime()-cpu, fired.sum()
	ending.Store(true)
	time.Sleep(2 * interval)
	t.Close()
	return Cycle{
		Fired: fired.sum(),
		Early: early.sum(),
		CPU:   cpu / time.Duration(max(1, after-before)),
	}
}

// A counter is counted by many goroutines, mostly on different lines.
type counter [16]line

func (c *counter) add(id uint32) { c[id%uint32(len(c))].Add(1) }

func (c *counter) sum() (n int) {
	for i := range c {
		n += int(c[i].Load())
	}
	return n
}
