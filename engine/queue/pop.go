package queue

import "math/bits"

// TryPop takes the next id: the oldest of the most urgent band in which one
// waits, or an ageing pop's choice. The id is running from now on until Done. It
// never blocks. It may report false although another goroutine's push has
// returned, if that push and this call overlapped.
func (q *Queue[ID]) TryPop() (id ID, band int, ok bool) {
	if q.ageEvery == 0 {
		return q.popUrgent()
	}
	// Taking the number first lets no two poppers both skip an ageing pop. One that
	// finds nothing gives its number back.
	if q.pops.Add(1)%q.ageEvery == 0 {
		if id, band, ok = q.popAged(); ok {
			return id, band, true
		}
	}
	if id, band, ok = q.popUrgent(); !ok {
		q.pops.Add(^uint64(0))
	}
	return id, band, ok
}

// popUrgent pops from the most urgent band that has an id.
func (q *Queue[ID]) popUrgent() (id ID, band int, ok bool) {
	var missed uint32
	for m := q.occupied.bands(); m != 0 && !ok; m &= m - 1 {
		band = bits.TrailingZeros32(m)
		if id, ok = q.popBand(band); !ok {
			missed |= 1 << band
			point(popScan)
		}
	}
	if missed != 0 {
		q.clearIdle(missed)
	}
	if !ok {
		return 0, 0, false
	}
	return id, band, true
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
		if id, ok = q.popBand(band); ok {
			// Lost to another ageing pop, it does not matter: that one moved the turn on.
			q.turn.CompareAndSwap(last, uint32(band))
			return id, band, true
		}
		m &^= 1 << band
	}
	return 0, 0, false
}

// popBand pops from one band, past slots that no longer count. It reports false
// only if the band was empty at one moment.
func (q *Queue[ID]) popBand(band int) (id ID, ok bool) {
	f := &q.bands[band]
	for {
		s, ok := f.pop()
		if !ok {
			return 0, false
		}
		point(popRead)
		if q.claim(s, band) {
			return ID(s.id()), true
		}
		f.stale.Add(-1)
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
