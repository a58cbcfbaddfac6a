package wheel

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestThirtyDaysOfRefreshesDoNotDrift runs a month of 100 products by 60 days, each
// key re-armed for its last deadline plus its interval. The owner sleeps until Next.
func TestThirtyDaysOfRefreshesDoNotDrift(t *testing.T) {
	const products, days, month = 100, 60, 30 * 24 * time.Hour
	every := func(id key) time.Duration {
		switch ahead := id % days; {
		case ahead < 1:
			return 15 * time.Minute
		case ahead < 7:
			return 4 * time.Hour
		case ahead < 30:
			return 24 * time.Hour
		}
		return 72 * time.Hour
	}
	w := New[key](DefaultTick)
	rng := rand.New(rand.NewPCG(1, 2))
	deadlines := make([]time.Duration, products*days) // as asked for, not rounded
	var dueTicks []time.Duration                      // reckoned without the wheel
	wantExpiries := 0
	for id := range key(products * days) {
		deadlines[id] = 1 + time.Duration(rng.Int64N(int64(every(id))))
		w.Schedule(id, deadlines[id])
		for at := deadlines[id]; at <= month; at += every(id) {
			dueTicks = append(dueTicks, (at+DefaultTick-1)/DefaultTick)
			wantExpiries++
		}
	}
	slices.Sort(dueTicks)
	wantNaps := len(slices.Compact(dueTicks))

	due := make([]key, 256)
	naps, expiries := 0, 0
	for {
		now, ok := w.Next()
		if !ok || now > month+DefaultTick {
			break
		}
		naps++
		for n, more := 0, true; more; {
			n, more = w.Advance(now, due)
			for _, id := range due[:n] {
				if late := now - deadlines[id]; late < 0 || late >= DefaultTick {
					t.Fatalf("%d came %v after its deadline %v, want less than a tick", id, late, deadlines[id])
				}
				deadlines[id] += every(id)
				w.Schedule(id, deadlines[id])
			}
			expiries += n
		}
	}
	if expiries != wantExpiries {
		t.Errorf("%d expiries, want %d", expiries, wantExpiries)
	}
	if naps != wantNaps {
		t.Errorf("%d naps, want one for each of %d distinct due ticks", naps, wantNaps)
	}
}

func TestTimerFiftyNineDaysAwayCostsOneWake(t *testing.T) {
	w := New[key](DefaultTick)
	if next, ok := w.Next(); ok {
		t.Fatalf("Next() = %v of an empty wheel, want none", next)
	}
	const deadline = 59 * 24 * time.Hour
	w.Schedule(1, deadline)
	naps := 0
	var got []key
	for now, ok := w.Next(); ok; now, ok = w.Next() {
		naps++
		if late := now - deadline; late < 0 || late >= DefaultTick {
			t.Errorf("woken %v after the deadline, want less than a tick", late)
		}
		got = append(got, expire(w, now)...)
	}
	if naps != 1 || !slices.Equal(got, []key{1}) {
		t.Errorf("%d naps handed over %v, want one nap and [1]", naps, got)
	}
}
