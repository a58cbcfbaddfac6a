package workload

import (
	"runtime"
	"sync/atomic"
	"time"

	"invd/bench/peers/timers"
)

// RunStorm has n timers pending, all far away, and for a time brings so many of
// them a second forward, to 5 ms from now, one at a time; each goes far away again
// when it has fired. It returns the processor time of the whole process per timer
// brought forward, and how many were.
func RunStorm(impl timers.Impl, n, perSecond int, runs time.Duration) (cpu time.Duration, moved int) {
	const forward = 5 * time.Millisecond
	var random random
	away := make([]time.Duration, 1<<12) // for the sink, which may run anywhere
	for i := range away {
		away[i] = random.far()
	}
	epoch := time.Now()
	var fired atomic.Int64
	var t timers.Timers
	t = impl.New(timers.Options{IDs: n, Epoch: epoch, Sink: func(id uint32) {
		at := away[fired.Add(1)%int64(len(away))]
		t.Rearm(id, at, at)
	}})
	for id := range uint32(n) {
		at := random.far()
		t.Schedule(id, at, at)
	}
	runtime.GC()
	pause := time.Second / time.Duration(perSecond)
	cpu = cpuTime()
	start := time.Now()
	for next := pause; next < runs; next += pause {
		// Late, it does not make up for it: the sleep may last a millisecond longer.
		if in := next - time.Since(start); in > 0 {
			time.Sleep(in)
		} else {
			next = time.Since(start)
		}
		id := random.next(uint32(n))
		t.Rearm(id, time.Since(epoch)+forward, forward)
		moved++
	}
	cpu = cpuTime() - cpu
	time.Sleep(20 * time.Millisecond)
	t.Close()
	return cpu / time.Duration(max(1, moved)), moved
}
