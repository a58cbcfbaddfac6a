package workload

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"invd/bench/peers/queues"
)

// A Hold is a queue in which the same number of ids always waits while goroutines
// push, pop and finish others.
type Hold struct {
	q   queues.Queue
	own []owner // one a goroutine
}

// An owner is the id that a goroutine will push next, and its random numbers.
type owner struct {
	id, random uint32
	_          [120]byte // apart from the next one
}

// NewHold returns a queue with pending ids, spread over the bands.
func NewHold(impl queues.Impl, pending, goroutines int) *Hold {
	h := &Hold{q: impl.New(pending + goroutines), own: make([]owner, goroutines)}
	for id := range pending {
		h.q.Push(uint32(id), id%queues.Bands)
	}
	if q, ok := h.q.(interface{ Settle() }); ok {
		q.Settle()
	}
	for g := range h.own {
		h.own[g] = owner{id: uint32(pending + g), random: uint32(g)}
	}
	return h
}

// Run runs that many operations, divided among the goroutines as they come, and
// returns how long it took. One operation is a push of the goroutine's id to a
// random band, a pop, and the done of what was popped, which is the goroutine's
// id from then on.
func (h *Hold) Run(ops int) time.Duration {
	const batch = 64
	var left atomic.Int64
	left.Store(int64(ops))
	var wg sync.WaitGroup
	start := time.Now()
	for g := range h.own {
		wg.Go(func() {
			own := h.own[g]
			for {
				n := min(batch, batch+left.Add(-batch))
				if n <= 0 {
					h.own[g] = own
					return
				}
				for range n {
					h.cycle(&own)
				}
			}
		})
	}
	wg.Wait()
	return time.Since(start)
}

// cycle is one operation.
func (h *Hold) cycle(own *owner) {
	own.random = own.random*1664525 + 1013904223
	h.q.Push(own.id, int(own.random>>29))
	id, ok := h.q.TryPop()
	for !ok {
		runtime.Gosched()
		id, ok = h.q.TryPop()
	}
	h.q.Done(id)
	own.id = id
}

// Close closes the queue.
func (h *Hold) Close() { h.q.Close() }
