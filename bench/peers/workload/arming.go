package workload

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"invd/bench/peers/timers"
)

// ArmTimes lets n timers, scattered in memory, come due at one instant and arms
// others without pause until they have all fired. It returns how long each arming
// took, sorted.
func ArmTimes(impl timers.Impl, n int) []time.Duration {
	for lead := 100*time.Millisecond + time.Duration(n)*time.Microsecond; ; lead *= 2 {
		if took := armTimes(impl, n, lead); took != nil {
			return took
		}
	}
}

// armTimes is ArmTimes with so much time to arm the n. It returns nil if that was too
// short.
func armTimes(impl timers.Impl, n int, at time.Duration) []time.Duration {
	epoch := time.Now()
	var fired atomic.Int64
	t := impl.New(timers.Options{IDs: n + Hot, Epoch: epoch, Sink: func(uint32) { fired.Add(1) }})
	defer t.Close()
	for _, id := range rand.New(rand.NewPCG(1, 2)).Perm(n) {
		t.Schedule(uint32(id), at, at-time.Since(epoch))
	}
	runtime.GC()
	if time.Since(epoch) >= at {
		return nil
	}
	time.Sleep(at - time.Since(epoch))
	took := make([]time.Duration, 0, 1<<23)
	for i := 0; fired.Load() < int64(n) && len(took) < cap(took); i++ {
		id := uint32(n + i%Hot)
		start := time.Now()
		t.Schedule(id, at+soonest, soonest)
		took = append(took, time.Since(start))
		t.Cancel(id)
	}
	slices.Sort(took)
	return took
}
