package queue

import "fmt"

// Pushed is TryPush's answer.
type Pushed uint8

const (
	// Queued: the id was idle and waits now at the tail of the band.
	Queued Pushed = iota + 1
	// Raised: the id was queued in a less urgent band and was moved to the tail
	// of this one.
	Raised
	// Duplicate: the id is queued already, at least as urgently.
	Duplicate
	// Again: the id is running; exactly one more run follows its Done, in the most
	// urgent band asked for meanwhile.
	Again
	// Closed: the queue is closed and the push had no effect.
	Closed
)

// String returns the name in lower case.
func (p Pushed) String() string {
	switch p {
	case Queued:
		return "queued"
	case Raised:
		return "raised"
	case Duplicate:
		return "duplicate"
	case Again:
		return "again"
	case Closed:
		return "closed"
	}
	return fmt.Sprintf("Pushed(%d)", uint8(p))
}

// TryPush asks for a run of the id in a band and says what came of it. It never
// blocks.
func (q *Queue[ID]) TryPush(id ID, band int) Pushed {
	if uint(band) >= uint(len(q.bands)) {
		panic(fmt.Sprintf("queue: band %d out of range, there are %d", band, len(q.bands)))
	}
	c := q.ids.cell(uint32(id))
	for {
		old := c.load()
		if old&sealed != 0 {
			return Closed
		}
		switch old.state() {
		case idle:
			w := old.put(band)
			if c.swap(old, w) {
				q.place(w, id)
				return Queued
			}
		case queued:
			if old.band() <= band {
				return Duplicate
			}
			w := old.put(band)
			if c.swap(old, w) {
				q.bands[old.band()].stale.Add(1)
				q.place(w, id)
				return Raised
			}
		case running:
			if c.swap(old, old.to(again, band)) {
				return Again
			}
		case again:
			if old.band() <= band || c.swap(old, old.to(again, band)) {
				return Again
			}
		}
	}
}

// place is the second half of putting an id into a band: the slot, then the
// band's bit, then a waiter. Each step makes visible what the next one announces.
func (q *Queue[ID]) place(w word, id ID) {
	point(pushDecided)
	q.bands[w.band()].push(slotOf(w.gen(), uint32(id)))
	point(pushFilled)
	q.occupied.set(w.band())
	point(pushVisible)
	q.parked.wakeOne()
}

// Done ends the run of an id that TryPop returned. If the id was pushed during
// the run, Done queues it again, at the tail of the band asked for, and reports
// true. It panics if the id is not running.
func (q *Queue[ID]) Done(id ID) (requeued bool) {
	c := q.ids.cell(uint32(id))
	for {
		old := c.load()
		switch old.state() {
		case running:
			if c.swap(old, old.to(idle, 0)) {
				return false
			}
		case again:
			w := old.put(old.band())
			if c.swap(old, w) {
				point(doneDecided)
				q.place(w, id)
				return true
			}
		default:
			panic(fmt.Sprintf("queue: Done of id %d, which is not running", id))
		}
	}
}

// Remove takes a queued id out and reports whether it did: an id that is idle or
// running stays as it is. The id's slot is left behind for a popper to skip.
func (q *Queue[ID]) Remove(id ID) bool {
	c := q.ids.cell(uint32(id))
	for {
		old := c.load()
		if old.state() != queued {
			return false
		}
		if c.swap(old, old.to(idle, 0)) {
			q.bands[old.band()].stale.Add(1)
			if old&sealed != 0 {
				q.settle(-1)
			}
			return true
		}
	}
}
