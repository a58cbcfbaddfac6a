package queues

import (
	"runtime"
	"sync/atomic"

	"github.com/puzpuzpuz/xsync/v4"
)

// xsyncQueue is a ring per band, each with room for every id.
type xsyncQueue struct {
	bands  [Bands]*xsync.MPMCQueue[uint32]
	states states
	closed atomic.Bool
}

func newXsync(ids int) Queue {
	q := &xsyncQueue{states: make(states, ids)}
	for i := range q.bands {
		q.bands[i] = xsync.NewMPMCQueue[uint32](ids)
	}
	return q
}

func (q *xsyncQueue) Push(id uint32, band int) {
	if q.states.queue(id, band) {
		q.put(id, band)
	}
}

// put tries again, because TryEnqueue also fails when another is in its way.
func (q *xsyncQueue) put(id uint32, band int) {
	for !q.bands[band].TryEnqueue(id) {
		runtime.Gosched()
	}
}

func (q *xsyncQueue) TryPop() (uint32, bool) {
	for _, band := range q.bands {
		if id, ok := band.TryDequeue(); ok {
			q.states.run(id)
			return id, true
		}
	}
	return 0, false
}

func (q *xsyncQueue) Pop() (uint32, bool) {
	for !q.closed.Load() {
		if id, ok := q.TryPop(); ok {
			return id, true
		}
		runtime.Gosched()
	}
	return 0, false
}

func (q *xsyncQueue) Done(id uint32) {
	if band, more := q.states.done(id); more {
		q.put(id, band)
	}
}

func (q *xsyncQueue) Close() { q.closed.Store(true) }
