package queues

import (
	"container/heap"
	"sync"
)

// A heapQueue is a mutex around a heap of pointers, as in the example of
// container/heap. The sequence number keeps a band in order of arrival.
type heapQueue struct {
	mu     sync.Mutex
	some   sync.Cond
	jobs   jobHeap
	byID   []job
	seq    uint64
	closed bool
}

type job struct {
	id      uint32
	band    int
	seq     uint64
	at      int // index in the heap, -1 outside of it
	running bool
	again   int // band to queue it in when it is done, -1 for none
}

func newHeap(ids int) Queue {
	q := &heapQueue{byID: make([]job, ids)}
	q.some.L = &q.mu
	for i := range q.byID {
		q.byID[i] = job{id: uint32(i), at: -1, again: -1}
	}
	return q
}

func (q *heapQueue) Push(id uint32, band int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	j := &q.byID[id]
	switch {
	case j.running:
		if j.again < 0 || band < j.again {
			j.again = band
		}
	case j.at < 0:
		q.put(j, band)
	case band < j.band:
		q.seq++
		j.band, j.seq = band, q.seq
		heap.Fix(&q.jobs, j.at)
	}
}

func (q *heapQueue) put(j *job, band int) {
	q.seq++
	j.band, j.seq = band, q.seq
	heap.Push(&q.jobs, j)
	q.some.Signal()
}

func (q *heapQueue) TryPop() (uint32, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.jobs) == 0 {
		return 0, false
	}
	return q.take(), true
}

func (q *heapQueue) Pop() (uint32, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.jobs) == 0 && !q.closed {
		q.some.Wait()
	}
	if q.closed {
		return 0, false
	}
	return q.take(), true
}

func (q *heapQueue) take() uint32 {
	j := heap.Pop(&q.jobs).(*job)
	j.running = true
	return j.id
}

func (q *heapQueue) Done(id uint32) {
	q.mu.Lock()
	defer q.mu.Unlock()
	j := &q.byID[id]
	j.running = false
	if j.again >= 0 {
		q.put(j, j.again)
		j.again = -1
	}
}

func (q *heapQueue) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.some.Broadcast()
}

// A jobHeap implements heap.Interface.
type jobHeap []*job

func (h jobHeap) Len() int { return len(h) }

func (h jobHeap) Less(i, j int) bool {
	if h[i].band != h[j].band {
		return h[i].band < h[j].band
	}
	return h[i].seq < h[j].seq
}

func (h jobHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].at, h[j].at = i, j
}

func (h *jobHeap) Push(x any) {
	j := x.(*job)
	j.at = len(*h)
	*h = append(*h, j)
}

func (h *jobHeap) Pop() any {
	last := len(*h) - 1
	j := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	j.at = -1
	return j
}
