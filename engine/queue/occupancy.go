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

// clear forgets bands that were found empty. It turns their occupied bits into
// clearing bits, which keep the bands visible, and looks again: a pusher that
// still saw an occupied bit had filled its slot before. One goroutine at a time
// clears a band, or the second could drop the bit that the first relies on.
func (o *occupancy) clear(empty uint32, bands []fifo) {
	var marked uint64
	for {
		w := o.word.Load()
		marked = uint64(empty) & w &^ (w >> 32)
		if marked == 0 {
			return
		}
		if o.word.CompareAndSwap(w, w&^marked|marked<<32) {
			break
		}
	}
	point(clearMarked)
	var filled uint64
	for m := marked; m != 0; m &= m - 1 {
		if band := bits.TrailingZeros64(m); bands[band].front() != nil {
			filled |= 1 << band
		}
	}
	if filled != 0 {
		o.word.Or(filled)
	}
	point(clearChecked)
	o.word.And(^(marked << 32))
}
