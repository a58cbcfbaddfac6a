package workload

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// PushTimes pushes so many times while the goroutines of the hold but the first are
// busy with the queue, and returns how long each push took, sorted. The pusher and
// the busy ones let others run after a few operations: this is to show what the
// queue does to a push, not what the Go scheduler does.
func (h *Hold) PushTimes(pushes int) []time.Duration {
	const slice = 16 // operations between two yields
	var stop atomic.Bool
	var busy sync.WaitGroup
	for g := 1; g < len(h.own); g++ {
		busy.Go(func() {
			own := h.own[g]
			for !stop.Load() {
				for range slice {
					h.cycle(&own)
				}
				runtime.Gosched()
			}
			h.own[g] = own
		})
	}
	took := make([]time.Duration, pushes)
	own := &h.own[0]
	for i := range took {
		own.random = own.random*1664525 + 1013904223
		band := int(own.random >> 29)
		start := time.Now()
		h.q.Push(own.id, band)
		took[i] = time.Since(start)
		id, ok := h.q.TryPop()
		for !ok {
			runtime.Gosched()
			id, ok = h.q.TryPop()
		}
		h.q.Done(id)
		own.id = id
		runtime.Gosched()
	}
	stop.Store(true)
	busy.Wait()
	slices.Sort(took)
	return took
}

// Quantile returns the value below which the share q of the sorted values lies.
func Quantile(sorted []time.Duration, q float64) time.Duration {
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}
