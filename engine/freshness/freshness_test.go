package freshness_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"invd/engine/freshness"
)

// observe plays refreshes, changes at random and what a reader would see, and
// returns the share of the time for which the copy is true and its mean age, in
// days, over so many refreshes. next draws the time between two refreshes.
func observe(changeRate float64, refreshes int, next func(*rand.Rand) float64) (fresh, age float64) {
	random := rand.New(rand.NewPCG(1, uint64(refreshes)))
	var total, trueFor, ageTime float64
	for range refreshes {
		interval := next(random)
		total += interval
		change := random.ExpFloat64() / changeRate // without memory: counted from the refresh
		trueFor += min(change, interval)
		if stale := interval - change; stale > 0 {
			ageTime += stale * stale / 2
		}
	}
	return trueFor / total, ageTime / total
}

func TestFreshnessAndAgeAreWhatAReaderWouldSee(t *testing.T) {
	for _, changeRate := range []float64{.05, .5, 2, 10} {
		const interval = .5
		changes := changeRate * interval
		fresh, age := observe(changeRate, 400_000, func(*rand.Rand) float64 { return interval })
		if got := freshness.AtInterval(changes); math.Abs(got-fresh) > .003 {
			t.Errorf("%v changes a day: AtInterval(%v) = %.4f, want %.4f as played", changeRate, changes, got, fresh)
		}
		if got := freshness.MeanAge(interval, changes); math.Abs(got-age) > .003*interval {
			t.Errorf("%v changes a day: MeanAge(%v, %v) = %.4f, want %.4f as played", changeRate, interval, changes, got, age)
		}
		fresh, _ = observe(changeRate, 400_000, func(r *rand.Rand) float64 { return interval * r.ExpFloat64() })
		if got := freshness.AtRandom(changes); math.Abs(got-fresh) > .005 {
			t.Errorf("%v changes a day: AtRandom(%v) = %.4f, want %.4f as played", changeRate, changes, got, fresh)
		}
	}
}

func TestSeriesAndFormulaMeet(t *testing.T) {
	below, above := math.Nextafter(.01, 0), .01
	for name, f := range map[string]func(float64) float64{
		"G": freshness.G, "MeanAge": func(z float64) float64 { return freshness.MeanAge(1, z) },
	} {
		if a, b := f(below), f(above); math.Abs(a/b-1) > 1e-9 {
			t.Errorf("%s jumps from %v to %v at 0.01", name, a, b)
		}
	}
	if got := freshness.AtInterval(0); got != 1 {
		t.Errorf("AtInterval(0) = %v, want 1", got)
	}
	if got := freshness.MeanAge(3, 0); got != 0 {
		t.Errorf("MeanAge(3, 0) = %v, want 0", got)
	}
}
