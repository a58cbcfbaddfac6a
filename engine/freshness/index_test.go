package freshness_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"invd/engine/freshness"
)

// reads returns the reads a day that are true when each copy is refreshed at its
// interval, +Inf for never.
func reads(readRate, changeRate, interval []float64) (sum float64) {
	for i := range interval {
		sum += readRate[i] * freshness.AtInterval(changeRate[i]*interval[i])
	}
	return sum
}

// Intervals at which the index reaches one price are optimal: to move a bit of the
// calls from any copy to any other loses reads.
func TestAThresholdOnTheIndexIsOptimal(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		const n, price = 6, .25
		var readRate, changeRate, interval []float64
		for range n {
			w, lam := math.Exp(3*random.NormFloat64()), math.Exp(2*random.NormFloat64())
			readRate, changeRate = append(readRate, w), append(changeRate, lam)
			interval = append(interval, freshness.ReachedAt(price, w, lam)/lam)
		}
		best := reads(readRate, changeRate, interval)
		for from := range n {
			for to := range n {
				if from == to || math.IsInf(interval[from], 1) {
					continue
				}
				moved := append([]float64(nil), interval...)
				calls := .01 / interval[from] // a day
				moved[from] = 1 / (1/interval[from] - calls)
				moved[to] = 1 / (1/interval[to] + calls)
				if got := reads(readRate, changeRate, moved); got > best*(1+1e-9) {
					t.Fatalf("read rates %v, change rates %v: %v reads at intervals %v, but %v at %v", readRate, changeRate, best, interval, got, moved)
				}
			}
		}
	}
}

// So the index is the price: what one more call a day would win.
func TestTheIndexIsWhatOneMoreCallWins(t *testing.T) {
	for _, changes := range []float64{.01, .3, 1, 4} {
		const w, lam = 40., 3.
		calls := lam / changes
		const h = 1e-4
		win := (w*freshness.AtInterval(lam/(calls+h)) - w*freshness.AtInterval(lam/(calls-h))) / (2 * h)
		if got := freshness.Index(w, lam, changes); math.Abs(got/win-1) > 1e-4 {
			t.Errorf("Index(%v, %v, %v) = %v, want %v, the slope of the reads", w, lam, changes, got, win)
		}
	}
}

func TestReachedAtIsWhenTheIndexReachesThePrice(t *testing.T) {
	for _, w := range []float64{.1, 3, 700} {
		for _, lam := range []float64{.002, .5, 40} {
			for _, share := range []float64{1e-6, .01, .5, .99} { // of the highest index
				price := share * w / lam
				x := freshness.ReachedAt(price, w, lam)
				if got := freshness.Index(w, lam, x); math.Abs(got/price-1) > 1e-3 {
					t.Errorf("Index(%v, %v, %v) = %v, want the price, %v", w, lam, x, got, price)
				}
			}
			if got := freshness.ReachedAt(1.01*w/lam, w, lam); !math.IsInf(got, 1) {
				t.Errorf("ReachedAt(%v, %v, %v) = %v, want +Inf: the index never gets there", 1.01*w/lam, w, lam, got)
			}
		}
	}
}

func TestACopyAboutToExpireIsWorthNoMoreThanItsLastReads(t *testing.T) {
	const w, lam = 40., 3.
	for _, changes := range []float64{.05, 1, 5} {
		index := freshness.Index(w, lam, changes)
		if got := freshness.IndexUntil(w, lam, changes, 1e9); math.Abs(got-index) > 1e-9 {
			t.Errorf("%v changes, no end: %v, want Index, %v", changes, got, index)
		}
		if got := freshness.IndexUntil(w, lam, changes, 0); got != 0 {
			t.Errorf("%v changes, no time left: %v, want 0", changes, got)
		}
		const left = .001 // too short for a change: reads × probability of being false
		want := w * left * -math.Expm1(-changes)
		if got := freshness.IndexUntil(w, lam, changes, left); math.Abs(got/want-1) > .01 {
			t.Errorf("%v changes, %v days left: %v, want about %v", changes, left, got, want)
		}
	}
}
