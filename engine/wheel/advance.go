package wheel

import "time"

// Next returns the earliest time at which Advance has something to do, and false if
// no timer is pending. It is never later than the earliest deadline. It is earlier
// only after the timer with the earliest deadline of a wheel slot was cancelled,
// brought forward or, not alone there, put off: the owner then wakes for nothing,
// once. While timers that are due have not been handed over it is a time already past.
func (w *Wheel[ID]) Next() (time.Duration, bool) {
	switch {
	case w.pending == 0:
		return 0, false
	case w.slots[w.open].count > 0:
		return w.time(w.cur), true
	}
	return w.time(w.slots[w.first()].min), true
}

// Advance tells the wheel the time and hands over timers that are due at it: their
// ids, in order of their deadlines, are the first n of due. With more it has left
// something for another call, at the same time or a later one; between two calls
// timers may be armed and cancelled, also such that are due and not handed over.
//
// A call handles at most len(due) timers, and moving a timer to a lower level
// counts too, which bounds how long it takes. So n may be less than len(due), even
// 0, although more is true.
//
// Time does not go back: an earlier now is taken for the latest one told.
func (w *Wheel[ID]) Advance(now time.Duration, due []ID) (n int, more bool) {
	w.now = max(w.now, min(w.roundDown(now), w.end-1))
	for range due {
		if !w.openDue() {
			return n, false
		}
		if id, ok := w.take(); ok {
			due[n] = ID(id)
			n++
		}
	}
	return n, w.openDue()
}

// openDue reports whether the open slot has timers left, and opens the earliest slot
// if it has none and that one is due.
func (w *Wheel[ID]) openDue() bool {
	if w.slots[w.open].count > 0 {
		return true
	}
	if w.pending == 0 {
		return false
	}
	first := w.first()
	if w.slots[first].min > w.now {
		return false
	}
	w.open = first
	// Not now: what else is in the slot may be due before now, and in this order.
	w.cur = w.slots[first].min
	return true
}

// take removes a timer from the open slot, which is not empty. It returns the id if
// the timer is due at cur, and moves it to its place relative to cur if it is not.
func (w *Wheel[ID]) take() (id uint32, ok bool) {
	from := &w.slots[w.open]
	id = from.head
	n := w.slab.at(id)
	if w.slab.unlink(from, n) == 0 {
		w.vacate(w.open)
	}
	tick := n.tick()
	if tick == w.cur {
		n.clear()
		w.pending--
		return id, true
	}
	i := slotOf(tick, w.cur)
	to := &w.slots[i]
	n.set(i, tick)
	if w.slab.link(to, id, n) == 1 {
		w.occupy(i)
	}
	to.lower(tick)
	return id, false
}
