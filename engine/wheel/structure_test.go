package wheel

import "testing"

// checkStructure compares a wheel with the invariants that stand beside its fields.
func checkStructure(t testing.TB, w *Wheel[key]) {
	t.Helper()
	if w.cur > w.now || w.now >= w.end {
		t.Fatalf("cur %d, now %d, end %d are not in order", w.cur, w.now, w.end)
	}
	pending := 0
	for i := range w.slots {
		pending += checkSlot(t, w, uint32(i))
	}
	if pending != w.pending {
		t.Fatalf("%d timers in the slots, %d counted", pending, w.pending)
	}
	levelCounts := w.Levels()
	sum := 0
	for _, n := range levelCounts {
		sum += n
	}
	if sum != pending {
		t.Fatalf("Levels() = %v, of sum %d; want %d", levelCounts, sum, pending)
	}
}

// checkSlot is no t.Helper: that would take most of the time of these tests.
func checkSlot(t testing.TB, w *Wheel[key], i uint32) int {
	s, level, digit := &w.slots[i], uint(i/slotsPerLevel), i%slotsPerLevel
	count, prev := 0, none
	for id := s.head; id != none; id = w.slab.at(id).next {
		n := w.slab.at(id)
		if n.prev != prev || !n.pending() || n.slot() != i {
			t.Fatalf("slot %d: %d has prev %d, word %x; want prev %d", i, id, n.prev, n.word, prev)
		}
		if n.tick() < s.min {
			t.Fatalf("slot %d: %d is due at %d, before the slot's min %d", i, id, n.tick(), s.min)
		}
		count, prev = count+1, id
	}
	if count != int(s.count) {
		t.Fatalf("slot %d: %d timers, %d counted", i, count, s.count)
	}
	if got, want := w.occupied[level]>>digit&1 == 1, count > 0; got != want {
		t.Fatalf("slot %d: occupied bit %v with %d timers", i, got, count)
	}
	if got, want := w.inUse>>level&1 == 1, w.occupied[level] != 0; got != want {
		t.Fatalf("level %d: in-use bit %v, occupied %b", level, got, w.occupied[level])
	}
	if count > 0 && i != w.open && (s.min <= w.cur || slotOf(s.min, w.cur) != i) {
		t.Fatalf("slot %d: min %d is out of its range at %d", i, s.min, w.cur)
	}
	if count > 0 && i == w.open && s.min != w.cur {
		t.Fatalf("slot %d: min %d of the open slot is not cur, %d", i, s.min, w.cur)
	}
	return count
}
