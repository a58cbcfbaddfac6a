package queue

import (
	"fmt"
	"math/bits"
	"sync"
	"sync/atomic"
)

const (
	maxBands          = 32
	defaultClearAfter = 2
)

// Options shape a Queue.
type Options struct {
	// Bands is the number of bands, 1 to 32. Band 0 is the most urgent.
	Bands int

	// AgeEvery makes one pop in AgeEvery an ageing pop, which serves the waiting
	// bands below the most urgent one in turn: the pop that follows each
	// AgeEvery−1 others from one band, counted for each band apart. 0 is never:
	// strict order, under which a band may starve, and slots left behind in it by
	// raises and removals stay (8 bytes each) until poppers get to it. 1 leaves the
	// most urgent band only those pops when nothing else waits.
	AgeEvery int
}

// A Queue is a priority queue of the ids 0…n−1, of which Grow sets n. Make one
// with New. Every method may be called by any number of goroutines at once.
//
// An id outside the range or a band outside Options.Bands panics: it is a bug in
// the caller.
type Queue[ID ~uint32] struct {
	// Never or rarely written after New.
	bands    []fifo
	ageEvery int64
	ids      slab

	// clearAfter is how many empty bands a pop passes by before it clears their bits:
	// looking into a few costs less than to set and clear bits all the time.
	clearAfter int

	_        [cacheLine]byte
	occupied occupancy // read with every push and pop
	parked   lot

	_      [cacheLine]byte
	ageing atomic.Int64  // ageing pops that are due; read with every pop, rarely written
	turn   atomic.Uint32 // the band that the last ageing pop served

	_    [cacheLine]byte
	owed atomic.Int64 // once closed: sealed ids that are pending; before: open or about that

	mu     sync.Mutex // serializes Grow and Close
	closed bool       // guarded by mu
}

// New returns an empty queue without ids. It panics if o is out of range.
func New[ID ~uint32](o Options) *Queue[ID] {
	if o.Bands < 1 || o.Bands > maxBands || o.AgeEvery < 0 {
		panic(fmt.Sprintf("queue: options out of range: %+v", o))
	}
	q := &Queue[ID]{
		bands:      make([]fifo, o.Bands),
		ageEvery:   int64(o.AgeEvery),
		clearAfter: defaultClearAfter,
	}
	for i := range q.bands {
		q.bands[i].init(q.ageEvery)
	}
	q.owed.Store(open)
	return q
}

// Grow makes the ids below n valid. It never takes ids away, and others may push
// and pop meanwhile. An id costs 8 bytes, rounded up to 1,024 ids and then to
// powers of two; 2³² is the most.
func (q *Queue[ID]) Grow(n int) {
	if n < 0 || uint64(n) > 1<<32 {
		panic(fmt.Sprintf("queue: cannot grow to %d ids", n))
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ids.grow(uint64(n), func(fresh []cell) {
		if q.closed {
			for i := range fresh {
				fresh[i].seal()
			}
		}
	})
}

// Band tells whether the id is queued at this moment, and in which band.
func (q *Queue[ID]) Band(id ID) (band int, waiting bool) {
	w := q.ids.cell(uint32(id)).load()
	if w.state() != queued {
		return 0, false
	}
	return w.band(), true
}

// Depth returns the number of ids queued in a band: exact at rest, and otherwise
// off by no more than the calls under way. It costs a few loads.
func (q *Queue[ID]) Depth(band int) int { return q.bands[band].depth() }

// Len returns the sum of Depth over the bands.
func (q *Queue[ID]) Len() int {
	n := 0
	for i := range q.bands {
		n += q.bands[i].depth()
	}
	return n
}

// ready reports whether some band has a slot to pop.
func (q *Queue[ID]) ready() bool {
	for m := q.occupied.bands(); m != 0; m &= m - 1 {
		if q.bands[bits.TrailingZeros32(m)].front() != nil {
			return true
		}
	}
	return false
}
