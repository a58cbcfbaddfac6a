package queue

import "math/bits"

// TryPop takes the next id: the oldest of the most urgent band in which one
// waits, or an ageing pop's choice. The id is running from now on until Done. It
// never blocks. It may report false although another goroutine's push has
// returned, if that push and this call overlapped.
func (q *Queue[ID]) TryPop() (id ID, band int, ok bool) {
	if q.ageEvery == 0 || !q.takeAgeing() {
		return q.popUrgent()
	}
	if id, band, ok = q.popAged(); ok {
		return id, band, true
	}
	if id, band, ok = q.popUrgent(); !ok {
		q.ageing.Add(1)
	}
	return id, band, ok
}

// takeAgeing reports whether this pop is to be an ageing pop.
func (q *Queue[ID]) takeAgeing() bool {
	if q.ageEvery == 1 {
		return true
	}
	owed := q.ageing.Load()
	return owed > 0 && q.ageing.CompareAndSwap(owed, owed-1)
}

// popUrgent pops from the most urgent band that has an id.
func (q *Queue[ID]) popUrgent() (id ID, band int, ok bool) {
	var missed uint32
	for m := q.occupied.bands(); m != 0; m &= m - 1 {
		band = bits.TrailingZeros32(m)
		f := &q.bands[band]
		if !f.empty() {
			var popped int64
			if id, popped, ok = q.popBand(f, band); ok {
				q.count(f, popped)
				break
			}
		}
		missed |= 1 << band
		point(popScan)
	}
	if bits.OnesCount32(missed) > q.clearAfter {
		q.occupied.clear(missed, q.bands)
	}
	if !ok {
		return 0, 0, false
	}
	return id, band, true
}

// count makes the next pop an ageing pop when so many slots of a band were popped.
// Counting by slots, which are numbered anyway, saves poppers a word that all of
// them would write.
func (q *Queue[ID]) count(f *fifo, popped int64) {
	if q.ageEvery < 2 {
		return
	}
	if at := f.ageAt.Load(); popped >= at && f.ageAt.CompareAndSwap(at, at+q.ageEvery-1) {
		q.ageing.Add(1)
	}
}

// popAged pops from the bands below the most urgent waiting one, beginning behind
// the band that the last ageing pop served. A band that keeps waiting is behind
// every other one sooner or later, so it is served again and again. Stale slots
// met on the way are gone for good, which bounds what raises leave behind.
func (q *Queue[ID]) popAged() (id ID, band int, ok bool) {
	m := q.occupied.bands()
	for m != 0 && q.bands[bits.TrailingZeros32(m)].depth() == 0 {
		m &= m - 1
	}
	m &= m - 1
	last := q.turn.Load()
	for m != 0 {
		behind := m &^ (2<<last - 1)
		if behind == 0 {
			behind = m
		}
		band = bits.TrailingZeros32(behind)
		f := &q.bands[band]
		if id, _, ok = q.popBand(f, band); ok {
			f.ageAt.Add(1)
			// Lost to another ageing pop, it does not matter: that one moved the turn on.
			q.turn.CompareAndSwap(last, uint32(band))
			return id, band, true
		}
		m &^= 1 << band
	}
	return 0, 0, false
}

// popBand pops from one band, past slots that no longer count, and returns how many
// slots were popped up to this one. It reports false only if the band was empty at
// one moment.
func (q *Queue[ID]) popBand(f *fifo, band int) (id ID, popped int64, ok bool) {
	for {
		s, popped, ok := f.pop()
		if !ok {
			return 0, 0, false
		}
		point(popRead)
		if q.claim(s, band) {
			return ID(s.id()), popped, true
		}
		f.stale.Add(-1)
		f.ageAt.Add(1)
	}
}

// claim makes the slot's id running if the slot still counts.
func (q *Queue[ID]) claim(s slot, band int) bool {
	c := q.ids.at(s.id())
	// The only word that this slot counts for, unless Close has sealed it: tried
	// unread, because a load before it would fetch the line twice.
	w := word(s.gen())<<genShift | word(band)<<bandShift | queued
	if c.swap(w, w.to(running, band)) {
		return true
	}
	w |= sealed
	if c.load() != w || !c.swap(w, w.to(running, band)) {
		return false
	}
	q.settle(-1)
	return true
}
