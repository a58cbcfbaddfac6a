package wheel

import (
	"slices"
	"testing"
)

func TestDueTimersCanBeCancelledAndReArmedInTheMiddleOfADrain(t *testing.T) {
	const n = 100
	tests := []struct {
		name   string
		tickOf func(id int) uint64
	}{
		{"all in one tick", func(int) uint64 { return 10 }},
		{"one slot of a high level", func(id int) uint64 { return 1<<18 + uint64(id%10) }},
		{"scattered", func(id int) uint64 { return 1 + uint64(id*id*id) }},
	}
	for _, tt := range tests {
		for room := range 9 {
			p := newPair(t, DefaultTick)
			for id := range n {
				p.schedule(key(id), at(tt.tickOf(id)))
			}
			now := at(2_000_000)
			more := p.advance(now, room)
			for id := range n {
				switch id % 5 {
				case 0:
					p.cancel(key(id)) // false for those already handed over
				case 1:
					p.schedule(key(id), now) // due again, but not before the next tick
				case 2:
					p.schedule(key(id), now+at(50))
				}
				checkStructure(t, p.wheel)
				p.agree()
			}
			if room == 0 && !more {
				t.Fatalf("%s: Advance without room says no more", tt.name)
			}
			p.drain(now, room+1)
			p.drain(now+at(1), room+1)
			p.drain(now+at(50), room+1)
			if got := p.wheel.Len(); got != 0 {
				t.Errorf("%s: %d pending at the end, want 0", tt.name, got)
			}
		}
	}
}

func TestTimeMayGoOnInTheMiddleOfADrain(t *testing.T) {
	w := New[key](DefaultTick)
	for id := range key(10) {
		w.Schedule(id, at(5+uint64(id)))
	}
	due := make([]key, 2)
	if n, more := w.Advance(at(7), due); n != 2 || !more {
		t.Fatalf("Advance = %d, %v; want 2, true", n, more)
	}
	w.Schedule(50, at(7)) // overdue: tick 8
	wantExpired(t, w, at(7), 2)
	got := expire(w, at(20))
	slices.Sort(got[:2]) // 3 and 50 are of one tick
	if want := []key{3, 50, 4, 5, 6, 7, 8, 9}; !slices.Equal(got, want) {
		t.Errorf("handed over %v, want %v", got, want)
	}
}

func TestBurstIsHandedOverInSlicesOfWhatIsAskedFor(t *testing.T) {
	const burst, room = 100_000, 256
	w := New[key](DefaultTick)
	for id := range key(burst) {
		w.Schedule(id, at(123_456))
	}
	seen := make([]bool, burst)
	due := make([]key, room)
	calls, total := 0, 0
	for n, more := 0, true; more; calls++ {
		n, more = w.Advance(at(123_456), due)
		for _, id := range due[:n] {
			if seen[id] {
				t.Fatalf("%d was handed over twice", id)
			}
			seen[id] = true
		}
		total += n
	}
	if total != burst {
		t.Errorf("handed over %d, want %d", total, burst)
	}
	if want := (burst + room - 1) / room; calls != want {
		t.Errorf("%d calls of Advance, want %d", calls, want)
	}
}

func TestOneCallMovesNoMoreTimersThanItMayHandOver(t *testing.T) {
	const crowd, room, level = 10_000, 256, 4
	w := New[key](DefaultTick)
	for id := range key(crowd) {
		w.Schedule(id, at(1<<(level*digitBits)+uint64(id)))
	}
	due := make([]key, room)
	first, _ := w.Next()
	waiting, total := w.Levels()[level], 0
	if waiting != crowd {
		t.Fatalf("%d timers at level %d, want all %d", waiting, level, crowd)
	}
	for n, more := 0, true; more; total += n {
		n, more = w.Advance(first, due)
		left := w.Levels()[level]
		if waiting-left > room {
			t.Fatalf("a call with room for %d handled %d timers", room, waiting-left)
		}
		waiting = left
	}
	if total != 1 || waiting != 0 || w.Len() != crowd-1 {
		t.Errorf("handed over %d, left %d at level %d and %d in all; want 1, 0 and %d",
			total, waiting, level, w.Len(), crowd-1)
	}
}
