package wheel

import "math/bits"

const (
	digitBits     = 6
	slotsPerLevel = 1 << digitBits
	levels        = tickBits / digitBits
)

// A slot is a list of the timers whose ticks have one digit in common.
type slot struct {
	// min is not above any tick in the list and within the slot's range. It is the
	// earliest tick itself, unless that timer left and others stayed.
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

// slotOf returns the index of a tick's slot at a level.
func slotOf(level uint, tick uint64) uint32 {
	return uint32(level)<<digitBits | uint32(tick>>(level*digitBits))%slotsPerLevel
}

// first returns the index of the earliest slot that is not empty. There must be one,
// and the open slot must be empty.
func (w *Wheel[ID]) first() uint32 {
	level := bits.TrailingZeros16(w.inUse)
	digit := bits.TrailingZeros64(w.occupied[level])
	return uint32(level)<<digitBits | uint32(digit)
}

// link puts a timer, its tick set, at the head of the list of slot i.
func (w *Wheel[ID]) link(i, id uint32, n *node) {
	s := &w.slots[i]
	n.prev, n.next = none, s.head
	if s.head != none {
		w.slab.at(s.head).prev = id
	} else {
		level := i >> digitBits
		w.occupied[level] |= 1 << (i % slotsPerLevel)
		w.inUse |= 1 << level
	}
	s.head = id
	s.count++
	s.lower(n.tick())
}

// unlink takes a timer out of the list of slot i, where it is.
func (w *Wheel[ID]) unlink(i uint32, n *node) {
	s := &w.slots[i]
	if n.prev != none {
		w.slab.at(n.prev).next = n.next
	} else {
		s.head = n.next
	}
	if n.next != none {
		w.slab.at(n.next).prev = n.prev
	}
	s.count--
	if s.count > 0 {
		return
	}
	level := i >> digitBits
	w.occupied[level] &^= 1 << (i % slotsPerLevel)
	if w.occupied[level] == 0 {
		w.inUse &^= 1 << level
	}
}
