package wheel

import "math/bits"

const (
	digitBits     = 6
	slotsPerLevel = 1 << digitBits
	levels        = tickBits / digitBits
)

// A slot is a list of timers to be looked at from the slot's range of ticks on, the
// ticks with one digit in common. Theirs are in that range or, put off, beyond it.
type slot struct {
	// min is not above any tick in the list and within the slot's range. It is the
	// earliest tick itself, unless that timer left or was put off.
	min   uint64
	head  uint32 // none when empty
	count uint32 // length of the list
}

// lower takes note that a timer in the list now has this tick.
func (s *slot) lower(tick uint64) {
	if s.count == 1 || tick < s.min {
		s.min = tick
	}
}

// levelOf returns the highest digit in which two different ticks differ.
func levelOf(tick, cur uint64) uint {
	return (uint(bits.Len64(tick^cur)) - 1) / digitBits
}

// slotOf returns the index of a tick's slot, seen from cur.
func slotOf(tick, cur uint64) uint32 {
	level := levelOf(tick, cur)
	return uint32(level)<<digitBits | uint32(tick>>(level*digitBits&63))%slotsPerLevel
}

// first returns the index of the earliest slot that is not empty. There must be one,
// and the open slot must be empty.
func (w *Wheel[ID]) first() uint32 {
	level := bits.TrailingZeros16(w.inUse)
	digit := bits.TrailingZeros64(w.occupied[level])
	return uint32(level)<<digitBits | uint32(digit)
}

// link puts a timer at the head of a slot's list and returns the list's new length.
// With unlink, it is apart from the bitmaps so that the compiler inlines it: moving
// a timer from list to list is what the wheel does most.
func (s *slab) link(to *slot, id uint32, n *node) uint32 {
	n.prev, n.next = none, to.head
	if to.head != none {
		s.at(to.head).prev = id
	}
	to.head = id
	to.count++
	return to.count
}

// unlink takes a timer out of the list of the slot where it is and returns the
// list's new length.
func (s *slab) unlink(from *slot, n *node) uint32 {
	if n.prev != none {
		s.at(n.prev).next = n.next
	} else {
		from.head = n.next
	}
	if n.next != none {
		s.at(n.next).prev = n.prev
	}
	from.count--
	return from.count
}

// occupy sets the bits of a slot whose list is no longer empty.
func (w *Wheel[ID]) occupy(i uint32) {
	level := i >> digitBits
	w.occupied[level] |= 1 << (i % slotsPerLevel)
	w.inUse |= 1 << level
}

// vacate clears the bits of a slot whose list is empty now.
func (w *Wheel[ID]) vacate(i uint32) {
	level := i >> digitBits
	w.occupied[level] &^= 1 << (i % slotsPerLevel)
	if w.occupied[level] == 0 {
		w.inUse &^= 1 << level
	}
}
