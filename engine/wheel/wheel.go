package wheel

import (
	"math/bits"
	"time"
)

// DefaultTick is 2^22 ns, about 4.2 ms. A finer tick costs a wake-up of the owner
// more often and gains little: an idle Go process wakes to the millisecond.
const DefaultTick time.Duration = 1 << 22

// maxShift leaves a few ticks on the axis.
const maxShift = 60

// A Wheel holds at most one pending timer for each id. Make one with [New]. It is
// not safe for concurrent use: one goroutine owns it, or one mutex guards it.
//
// Times are durations since an epoch of the owner's choice and never negative (a
// negative one means the epoch). Ids should be dense, as memory is taken by pages
// of 16,384; they are below 2^32 - 16,384.
type Wheel[ID ~uint32] struct {
	shift uint8  // a tick is 1<<shift ns; masked where it shifts, to spare the compiler's check
	end   uint64 // last tick of the axis; timers wait there for ever, as now < end

	// cur <= now. now is the last time told, cur the tick that the wheel has worked
	// up to: cur moves only when a wheel slot is opened, so it may lag far behind,
	// and the range of every slot is relative to it (see the package comment).
	// Every timer in a slot other than the open one is due after cur.
	cur, now uint64

	// open is the slot being emptied, or the last one that was. Its range holds
	// cur, so nothing is put in it until cur moves on and another slot opens.
	open uint32

	// Bit l of inUse is set when occupied[l] is not 0, bit d of occupied[l] when
	// slot d of level l is not empty.
	inUse    uint16
	occupied [levels]uint64
	slots    [levels * slotsPerLevel]slot

	pending int // the sum of the slots' counts
	slab    slab
}

// New returns an empty wheel at time 0. The tick is rounded up to a power of two
// nanoseconds, at most 2^60; DefaultTick stands in for one that is not positive.
// Time ends after 2^54 ticks or with the largest [time.Duration], whichever is
// first: 208 days for a tick of 1 ns, 292 years from 512 ns on. A deadline there is
// never due.
func New[ID ~uint32](tick time.Duration) *Wheel[ID] {
	if tick <= 0 {
		tick = DefaultTick
	}
	shift := min(bits.Len64(uint64(tick)-1), maxShift)
	w := &Wheel[ID]{
		shift: uint8(shift),
		end:   uint64(1)<<min(tickBits, 63-shift) - 1,
	}
	for i := range w.slots {
		w.slots[i].head = none
	}
	return w
}

// Grow makes room for the ids in [0,n), so that arming them allocates nothing. It
// neither moves nor copies what is there. Schedule grows by itself, a page at a time.
//
// It panics if n is above 2^32 - 16,384.
func (w *Wheel[ID]) Grow(n int) { w.slab.grow(n) }

// Schedule arms id for the time at, or re-arms it if it is pending. Its deadline is
// at rounded up to a tick, but at the earliest the tick after the last one told to
// Advance: a timer re-armed with no delay comes once a tick.
//
// It panics if id is not below 2^32 - 16,384.
func (w *Wheel[ID]) Schedule(id ID, at time.Duration) {
	tick := min(max(w.roundUp(at), w.now+1), w.end)
	n := w.slab.find(uint32(id))
	if n == nil {
		n = w.slab.add(uint32(id))
	}
	if n.pending() {
		from := n.slot()
		if s := &w.slots[from]; tick >= s.min && s.count > 1 {
			// Put off: it is looked at in time where it is, and moves on then, if
			// it is not put off again. Moving it now would cost three cache misses;
			// a lone timer has no neighbours, and would leave a wake-up for nothing.
			n.set(from, tick)
			return
		}
		if w.slab.unlink(&w.slots[from], n) == 0 {
			w.vacate(from)
		}
	} else {
		w.pending++
	}
	i := slotOf(tick, w.cur)
	to := &w.slots[i]
	n.set(i, tick)
	if w.slab.link(to, uint32(id), n) == 1 {
		w.occupy(i)
	}
	to.lower(tick)
}

// Cancel disarms id and reports whether it was pending. After true it is not handed
// over, even if it was due and the owner is in the middle of taking what is due.
func (w *Wheel[ID]) Cancel(id ID) bool {
	n := w.slab.find(uint32(id))
	if n == nil || !n.pending() {
		return false
	}
	if i := n.slot(); w.slab.unlink(&w.slots[i], n) == 0 {
		w.vacate(i)
	}
	n.clear()
	w.pending--
	return true
}

// At returns the deadline of id, rounded up to a tick, and whether it is pending.
func (w *Wheel[ID]) At(id ID) (time.Duration, bool) {
	n := w.slab.find(uint32(id))
	if n == nil || !n.pending() {
		return 0, false
	}
	return w.time(n.tick()), true
}

// Len returns the number of pending timers.
func (w *Wheel[ID]) Len() int { return w.pending }

// Levels returns the number of pending timers by level, the soonest first. The last
// number includes the levels that only a tick finer than DefaultTick has a use for.
func (w *Wheel[ID]) Levels() [7]int {
	var pending [7]int
	for i := range w.slots {
		level := min(i/slotsPerLevel, len(pending)-1)
		pending[level] += int(w.slots[i].count)
	}
	return pending
}

// roundUp returns the first tick that is not before t.
func (w *Wheel[ID]) roundUp(t time.Duration) uint64 {
	return (uint64(max(t, 0)) + 1<<(w.shift&63) - 1) >> (w.shift & 63)
}

// roundDown returns the last tick that is not after t.
func (w *Wheel[ID]) roundDown(t time.Duration) uint64 { return uint64(max(t, 0)) >> (w.shift & 63) }

// time returns when a tick begins.
func (w *Wheel[ID]) time(tick uint64) time.Duration { return time.Duration(tick << (w.shift & 63)) }
