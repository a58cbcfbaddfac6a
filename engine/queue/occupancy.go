package queue

import (
	"math/bits"
	"sync/atomic"
)

// occupancy says in one word which bands may hold a slot: 32 occupied bits, and
// above them 32 clearing bits. A band with either bit set is looked into. The
// contract is one-sided: a set bit may be out of date, but a band with a filled
// slot whose pusher has called set is never without a bit.
type occupancy struct{ word atomic.Uint64 }

// bands returns a bit for each band that may hold a slot.
func (o *occupancy) bands() uint32 {
	w := o.word.Load()
	return uint32(w) | uint32(w>>32)
}

// set follows the filling of a slot.
func (o *occupancy) set(band int) {
	if o.word.Load()>>band&1 == 0 {
		o.word.Or(1 << band)
	}
}

// clear forgets a band that was found empty. It turns the occupied bit into the
// clearing bit, which keeps the band visible, and looks again: a pusher that
// still saw the occupied bit had filled its slot before. One goroutine at a time
// clears a band, or the second could drop the bit that the first relies on.
func (o *occupancy) clear(band int, f *fifo) {
	occupied, clearing := uint64(1)<<band, uint64(1)<<32<<band
	for {
		w := o.word.Load()
		if w&occupied == 0 || w&clearing != 0 {
			return
		}
		if o.word.CompareAndSwap(w, w&^occupied|clearing) {
			break
		}
	}
	point(clearMarked)
	if f.front() != nil {
		o.word.Or(occupied)
	}
	point(clearChecked)
	o.word.And(^clearing)
}

// clearIdle clears the given bands if they are more than enough: looking into a
// few empty bands costs less than setting and clearing their bits all the time.
func (q *Queue[ID]) clearIdle(bands uint32) {
	if bits.OnesCount32(bands) <= q.clearAfter {
		return
	}
	for ; bands != 0; bands &= bands - 1 {
		band := bits.TrailingZeros32(bands)
		q.occupied.clear(band, &q.bands[band])
	}
}
