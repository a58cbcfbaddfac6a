package queue

import (
	"flag"
	"fmt"
	"sync/atomic"
	"testing"
)

// clearAfter overrides how many empty bands a pop tolerates before it clears
// their bits. At 0 the clearing protocol runs all the time.
var clearAfter = flag.Int("clearafter", defaultClearAfter, "empty bands that a pop tolerates")

func newTestQueue(o Options, ids int) *Queue[uint32] {
	q := New[uint32](o)
	q.clearAfter = *clearAfter
	q.Grow(ids)
	return q
}

// eachClearAfter runs the test as it is and with the clearing of bits forced.
func eachClearAfter(t *testing.T, test func(t *testing.T, mk func(o Options, ids int) *Queue[uint32])) {
	for _, after := range []int{*clearAfter, 0} {
		t.Run(fmt.Sprintf("clearAfter=%d", after), func(t *testing.T) {
			test(t, func(o Options, ids int) *Queue[uint32] {
				q := newTestQueue(o, ids)
				q.clearAfter = after
				return q
			})
		})
		if *clearAfter == 0 {
			return
		}
	}
}

// A popped is one answer of TryPop.
type popped struct {
	ID   uint32
	Band int
}

// drain pops everything and ends each run at once.
func drain(q *Queue[uint32]) []popped {
	var all []popped
	for {
		id, band, ok := q.TryPop()
		if !ok {
			return all
		}
		all = append(all, popped{id, band})
		q.Done(id)
	}
}

// segments counts the segments a band holds on to.
func segments(f *fifo) int {
	n := 0
	for s := f.head.Load(); s != nil; s = s.next.Load() {
		n++
	}
	return n
}

// A clock orders calls and returns: what returned before another was called has
// the smaller time.
type clock struct{ atomic.Int64 }

func (c *clock) tick() int64 { return c.Add(1) }
