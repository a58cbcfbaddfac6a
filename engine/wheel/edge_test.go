package wheel

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// at is a number of default ticks.
func at(ticks uint64) time.Duration { return time.Duration(ticks) * DefaultTick }

// expire takes all that is due, in order.
func expire(w *Wheel[key], now time.Duration) []key {
	var all []key
	due := make([]key, 3)
	for n, more := 0, true; more; {
		n, more = w.Advance(now, due)
		all = append(all, due[:n]...)
	}
	return all
}

func wantNext(t *testing.T, w *Wheel[key], want time.Duration) {
	t.Helper()
	if got, ok := w.Next(); got != want || !ok {
		t.Fatalf("Next() = %v, %v; want %v, true", got, ok, want)
	}
}

// wantExpired is for the timers of one tick, which come in any order: want is sorted.
func wantExpired(t *testing.T, w *Wheel[key], now time.Duration, want ...key) {
	t.Helper()
	got := expire(w, now)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("due at %v (-want +got):\n%s", now, diff)
	}
}

func TestTickIsRoundedUpToAPowerOfTwo(t *testing.T) {
	tests := []struct{ tick, want time.Duration }{
		{-1, DefaultTick},
		{0, DefaultTick},
		{1, 1},
		{2, 2},
		{3, 4},
		{time.Millisecond, 1 << 20},
		{DefaultTick, DefaultTick},
		{1<<60 + 1, 1 << 60},
		{math.MaxInt64, 1 << 60},
	}
	for _, tt := range tests {
		w := New[key](tt.tick)
		w.Schedule(0, 1)
		if got, _ := w.At(0); got != tt.want {
			t.Errorf("New(%d): a deadline of 1 ns becomes %d, want one tick of %d", tt.tick, got, tt.want)
		}
	}
}

func TestDeadlinesAreRoundedUpAndTimeDown(t *testing.T) {
	w := New[key](DefaultTick)
	w.Schedule(7, at(10)-1)
	w.Schedule(8, at(10))
	w.Schedule(9, at(10)+1)
	wantNext(t, w, at(10))
	wantExpired(t, w, at(10)-1)
	wantExpired(t, w, at(11)-1, 7, 8)
	wantExpired(t, w, at(11), 9)
}

func TestLoneTimerAtEveryLevelBoundaryCostsOneAdvance(t *testing.T) {
	for level := range levels {
		for _, offset := range []int64{-1, 0, 1, 63} {
			deadline := time.Duration(int64(1)<<(level*digitBits) + offset)
			if deadline <= 0 {
				continue
			}
			w := New[key](1)
			w.Schedule(5, deadline)
			wantNext(t, w, deadline)
			wantExpired(t, w, deadline-1)
			due := make([]key, 1)
			if n, more := w.Advance(deadline, due); n != 1 || more || due[0] != 5 {
				t.Errorf("lone timer at %d: Advance = %d, %v, due %v; want it in one call", deadline, n, more, due)
			}
			checkStructure(t, w)
		}
	}
}

func TestEveryLevelWrapsOntoTheNext(t *testing.T) {
	for level := range levels {
		p := newPair(t, 1)
		wrap := time.Duration(1) << ((level + 1) * digitBits)
		if level == levels-1 {
			wrap -= 64 // the axis ends where the last level would wrap
		}
		p.schedule(0, wrap-1)
		p.drain(wrap-1, 1)
		deadlines := []time.Duration{wrap, wrap + 1, wrap + 2, wrap + 61}
		if level < levels-1 {
			deadlines = append(deadlines, wrap+wrap/64, wrap+wrap-1)
		}
		for id, deadline := range deadlines {
			p.schedule(key(id), deadline)
		}
		slices.Sort(deadlines)
		for _, deadline := range slices.Compact(deadlines) {
			wantNext(t, p.wheel, deadline)
			p.drain(deadline-1, 3)
			p.drain(deadline, 3)
			checkStructure(t, p.wheel)
		}
		if got := p.wheel.Len(); got != 0 {
			t.Errorf("level %d: %d timers left, want 0", level, got)
		}
	}
}

func TestTimeDoesNotGoBack(t *testing.T) {
	w := New[key](DefaultTick)
	wantExpired(t, w, at(100))
	w.Schedule(1, at(50))
	wantExpired(t, w, at(60))
	wantExpired(t, w, -1)
	w.Schedule(2, at(70))
	for _, id := range []key{1, 2} {
		if got, _ := w.At(id); got != at(101) {
			t.Errorf("a deadline already past became %v, want the next tick %v", got, at(101))
		}
	}
	wantExpired(t, w, at(101), 1, 2)
}

func TestNegativeTimesMeanTheEpoch(t *testing.T) {
	w := New[key](DefaultTick)
	w.Schedule(1, math.MinInt64)
	wantExpired(t, w, math.MinInt64)
	wantNext(t, w, at(1))
	wantExpired(t, w, at(1), 1)
}

func TestDeadlineAtTheEndOfTimeIsNeverDue(t *testing.T) {
	for _, tick := range []time.Duration{1, 8, DefaultTick, 1 << 60} {
		w := New[key](tick)
		w.Schedule(1, math.MaxInt64)
		wantExpired(t, w, math.MaxInt64)
		w.Schedule(2, 0)
		wantExpired(t, w, math.MaxInt64)
		if got := w.Len(); got != 2 {
			t.Errorf("tick %v: %d pending at the end of time, want 2", tick, got)
		}
		if !w.Cancel(1) || !w.Cancel(2) {
			t.Errorf("tick %v: a timer at the end of time cannot be cancelled", tick)
		}
	}
}

func TestZeroDelayReArmComesOnceATick(t *testing.T) {
	w := New[key](DefaultTick)
	w.Schedule(1, 0)
	for tick := uint64(1); tick < 200; tick++ {
		wantNext(t, w, at(tick))
		wantExpired(t, w, at(tick), 1)
		w.Schedule(1, at(tick))
	}
}

func TestZeroDelayReArmDuringALateDrainWaitsForTheNextTick(t *testing.T) {
	w := New[key](DefaultTick)
	w.Schedule(1, at(10))
	w.Schedule(2, at(900))
	due := make([]key, 1)
	var got []key
	for n, more := 0, true; more; {
		n, more = w.Advance(at(1000), due)
		for _, id := range due[:n] {
			got = append(got, id)
			w.Schedule(id, at(10))
		}
	}
	if diff := cmp.Diff([]key{1, 2}, got); diff != "" {
		t.Errorf("handed over (-want +got):\n%s", diff)
	}
	wantNext(t, w, at(1001))
}

func TestCancellingTheEarliestCostsOneWakeForNothing(t *testing.T) {
	w := New[key](DefaultTick)
	w.Schedule(1, at(70))
	w.Schedule(2, at(80))
	w.Cancel(1)
	wantNext(t, w, at(70)) // too early is allowed, too late is not
	wantExpired(t, w, at(70))
	wantNext(t, w, at(80))
	wantExpired(t, w, at(80), 2)
}

func TestPushingALoneTimerBackWakesNobodyAtItsOldDeadline(t *testing.T) {
	w := New[key](DefaultTick)
	for tick := uint64(64); tick < 1000; tick++ {
		w.Schedule(1, at(tick))
		wantNext(t, w, at(tick))
	}
	wantExpired(t, w, at(998))
	wantExpired(t, w, at(999), 1)
}

func TestPullingATimerForwardWithinItsSlotIsSeen(t *testing.T) {
	w := New[key](DefaultTick)
	w.Schedule(1, at(120))
	w.Schedule(2, at(110))
	w.Schedule(1, at(100))
	wantNext(t, w, at(100))
	wantExpired(t, w, at(100), 1)
}

func TestLevelsCountsBySoonness(t *testing.T) {
	w := New[key](DefaultTick)
	for level := range 7 {
		for i := range level + 1 {
			w.Schedule(key(level*10+i), at(uint64(1)<<(level*digitBits)+uint64(i)))
		}
	}
	// The deadlines 64^0+0 and so on: 1 | 64, 65 | 4096, 4097, 4098 | ...
	if diff := cmp.Diff([7]int{1, 2, 3, 4, 5, 6, 7}, w.Levels()); diff != "" {
		t.Errorf("Levels() (-want +got):\n%s", diff)
	}
	fine := New[key](1)
	fine.Schedule(1, 1<<59)
	if got := fine.Levels()[6]; got != 1 {
		t.Errorf("Levels()[6] = %d with a timer above the seventh level, want 1", got)
	}
}
