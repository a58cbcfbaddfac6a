package sim

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestTheWindowIsExact compares the window with one that remembers everything.
func TestTheWindowIsExact(t *testing.T) {
	for _, countRefused := range []bool{false, true} {
		rnd := rand.New(rand.NewPCG(3, 4))
		const per = 60
		w := window{limit: 5, per: per, countRefused: countRefused}
		var arrived, counted []time.Duration
		within := func(all []time.Duration, at time.Duration) (n int) {
			for _, a := range all {
				if a >= at-per && a <= at { // both ends
					n++
				}
			}
			return n
		}
		fullest, at := 0, time.Duration(0)
		for i := range 5000 {
			at += time.Duration(rnd.IntN(4) * rnd.IntN(20)) // small whole numbers: equality is frequent
			stranger := rnd.IntN(8) == 0
			want := stranger || within(counted, at) < w.limit
			ok, reset := w.arrive(at, stranger)
			if ok != want {
				t.Fatalf("request %d at %d: let in = %v, want %v", i, at, ok, want)
			}
			arrived = append(arrived, at)
			if !stranger && (ok || countRefused) {
				counted = append(counted, at)
			}
			if !ok && (within(counted, reset) >= w.limit || within(counted, reset-1) < w.limit) {
				t.Fatalf("request %d at %d: reset %d is not the first moment with room", i, at, reset)
			}
			fullest = max(fullest, within(arrived, at))
			if w.fullest != fullest {
				t.Fatalf("request %d at %d: fullest window %d, want %d", i, at, w.fullest, fullest)
			}
		}
	}
}

func TestTheWindowForgetsWhatIsOld(t *testing.T) {
	w := window{limit: 30, per: time.Minute}
	for i := range 1_000_000 {
		w.arrive(time.Duration(i)*100*time.Millisecond, false)
	}
	if got := cap(w.arrived.buf); got > 4096 {
		t.Errorf("after a million requests the window of 600 holds %d, want no more than 4096", got)
	}
}
