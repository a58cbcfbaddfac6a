package world

import (
	"time"

	"invd/engine/inventory"
)

// A Verdict is what an answer of an earlier moment is worth.
type Verdict struct {
	Fresh     bool // the places left in every slot yet to start, and the price, are as they were
	Available bool // the same of those slots can be booked, at the same price
	Oversold  bool // a slot that could be booked then is sold out
}

// Compare tells what the partner's answer of the moment fetched is worth at now,
// which is not before it. Slots that have started do not count.
func (w *World) Compare(k inventory.Key, fetched, now time.Time) Verdict {
	v := Verdict{Fresh: true, Available: true}
	if !w.Open(k) {
		return v
	}
	p := w.byID[k.Product]
	s := w.sheet(p, k.Date)
	var before, after [maxSlots + 1]int32 // by slot, then the price: what it was and what it is
	var touched [maxSlots + 1]bool
	for _, e := range s.events[s.until(fetched.Unix()):s.until(now.Unix())] {
		i := e.slot
		if i == priced {
			i = maxSlots
		}
		if !touched[i] {
			touched[i], before[i] = true, e.before
		}
		after[i] = e.after
	}
	next := p.next(int32(min(now.Unix()-s.midnight, day)))
	if next < 0 {
		return v
	}
	for i := next; i < len(p.slots); i++ {
		if before[i] == after[i] {
			continue
		}
		v.Fresh = false
		v.Available = v.Available && before[i] > 0 && after[i] > 0
		v.Oversold = v.Oversold || after[i] == 0
	}
	if before[maxSlots] != after[maxSlots] {
		v.Fresh, v.Available = false, false
	}
	return v
}
