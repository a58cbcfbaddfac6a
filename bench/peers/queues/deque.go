package queues

import (
	"math/bits"
	"sync"
)

// A dequeQueue is a mutex around a ring of ids per band: the honest rival. A raise
// leaves the old entry behind, which the sequence number tells from the one that
// counts.
type dequeQueue struct {
	mu     sync.Mutex
	some   sync.Cond
	bands  [Bands]ring
	byID   []entry
	filled uint32 // a bit for each band whose ring is not empty
	pops   uint64
	turn   int // the band that the last ageing pop served
	closed bool
}

// An entry is the state of one id.
type entry struct {
	seq     uint32 // of its place in a ring
	band    int8   // queued in, or to be queued in when done; -1 for neither
	running bool
}

func newDeque(ids int) Queue {
	q := &dequeQueue{byID: make([]entry, ids)}
	q.some.L = &q.mu
	for i := range q.byID {
		q.byID[i].band = -1
	}
	return q
}

func (q *dequeQueue) Push(id uint32, band int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	e := &q.byID[id]
	if e.band >= 0 && int(e.band) <= band {
		return
	}
	e.band = int8(band)
	if !e.running {
		q.put(id, e)
	}
}

func (q *dequeQueue) put(id uint32, e *entry) {
	e.seq++
	q.bands[e.band].push(uint64(e.seq)<<32 | uint64(id))
	q.filled |= 1 << e.band
	q.some.Signal()
}

func (q *dequeQueue) TryPop() (uint32, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.take()
}

func (q *dequeQueue) Pop() (uint32, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.closed {
		if id, ok := q.take(); ok {
			return id, true
		}
		q.some.Wait()
	}
	return 0, false
}

func (q *dequeQueue) take() (uint32, bool) {
	q.pops++
	if q.pops%ageEvery == 0 {
		if id, ok := q.takeAged(); ok {
			return id, true
		}
	}
	return q.takeFrom(q.filled)
}

// takeAged takes from the bands below the most urgent one in turn.
func (q *dequeQueue) takeAged() (uint32, bool) {
	lower := q.filled & (q.filled - 1)
	behind := lower &^ (2<<q.turn - 1)
	if behind == 0 {
		behind = lower
	}
	if behind == 0 {
		return 0, false
	}
	q.turn = bits.TrailingZeros32(behind)
	return q.takeFrom(behind)
}

func (q *dequeQueue) takeFrom(bands uint32) (uint32, bool) {
	for ; bands != 0; bands &= bands - 1 {
		band := bits.TrailingZeros32(bands)
		for r := &q.bands[band]; r.len > 0; {
			v := r.pop()
			if r.len == 0 {
				q.filled &^= 1 << band
			}
			id := uint32(v)
			if e := &q.byID[id]; e.seq == uint32(v>>32) && !e.running {
				e.running, e.band = true, -1
				return id, true
			}
		}
	}
	return 0, false
}

func (q *dequeQueue) Done(id uint32) {
	q.mu.Lock()
	defer q.mu.Unlock()
	e := &q.byID[id]
	e.running = false
	if e.band >= 0 {
		q.put(id, e)
	}
}

func (q *dequeQueue) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.some.Broadcast()
}

// A ring is a growing circular buffer. Its capacity is a power of two.
type ring struct {
	buf       []uint64
	head, len int
}

func (r *ring) push(v uint64) {
	if r.len == len(r.buf) {
		buf := make([]uint64, max(64, 2*len(r.buf)))
		n := copy(buf, r.buf[r.head:])
		copy(buf[n:], r.buf[:r.head])
		r.buf, r.head = buf, 0
	}
	r.buf[(r.head+r.len)&(len(r.buf)-1)] = v
	r.len++
}

func (r *ring) pop() uint64 {
	v := r.buf[r.head]
	r.head = (r.head + 1) & (len(r.buf) - 1)
	r.len--
	return v
}
