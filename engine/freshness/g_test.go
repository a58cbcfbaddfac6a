package freshness_test

import (
	"math"
	"math/big"
	"testing"

	"invd/engine/freshness"
)

// exactG sums the series of G, Σ (-1)ⁿ (n-1)/n! xⁿ, in 400 bits.
func exactG(x float64) float64 {
	term := big.NewFloat(1).SetPrec(400) // (-x)ⁿ/n!
	sum := big.NewFloat(0).SetPrec(400)
	for n := 1; n < 400; n++ {
		term.Mul(term, big.NewFloat(-x).SetPrec(400))
		term.Quo(term, big.NewFloat(float64(n)).SetPrec(400))
		sum.Add(sum, new(big.Float).SetPrec(400).Mul(term, big.NewFloat(float64(n-1))))
	}
	f, _ := sum.Float64()
	return f
}

func TestGIsExactFromTheTinyToTheLarge(t *testing.T) {
	for x := 1e-12; x < 50; x *= 1.07 {
		got, want := freshness.G(x), exactG(x)
		if off := math.Abs(got/want - 1); off > 1e-11 {
			t.Errorf("G(%g) = %g, want %g: %.1g off", x, got, want, off)
		}
	}
	for x, want := range map[float64]float64{0: 0, 1: 1 - 2/math.E, math.Inf(1): 1} {
		if got := freshness.G(x); math.Abs(got-want) > 1e-15 {
			t.Errorf("G(%v) = %v, want %v", x, got, want)
		}
	}
}

// Beyond x = 34 the numbers below 1 are too far apart to say what x was.
func TestInverseGUndoesG(t *testing.T) {
	worst, at := 0.0, 0.0
	for x := 1e-9; x < 34; x *= 1.001 {
		if got := freshness.InverseG(freshness.G(x)); math.Abs(got/x-1) > worst {
			worst, at = math.Abs(got/x-1), x
		}
	}
	if t.Logf("largest relative error %.2g, at x = %.3g", worst, at); worst > 1e-3 {
		t.Errorf("InverseG(G(%g)) is %.2g off, want 1e-3 at most", at, worst)
	}
}

func TestInverseGKeepsTheOrder(t *testing.T) {
	last := 0.0
	for i := range 100_000 {
		y := float64(i) / 100_000
		if got := freshness.InverseG(y); got < last {
			t.Fatalf("InverseG(%v) = %v, less than InverseG of a smaller y, %v", y, got, last)
		} else {
			last = got
		}
	}
}

func TestInverseGAtTheEnds(t *testing.T) {
	for y, want := range map[float64]float64{-1: 0, 0: 0, 1: math.Inf(1), 1.5: math.Inf(1), math.Inf(1): math.Inf(1)} {
		if got := freshness.InverseG(y); got != want {
			t.Errorf("InverseG(%v) = %v, want %v", y, got, want)
		}
	}
	if got := freshness.InverseG(math.NaN()); !math.IsNaN(got) {
		t.Errorf("InverseG(NaN) = %v, want NaN", got)
	}
	if got := freshness.InverseG(math.SmallestNonzeroFloat64); !(got > 0) || math.IsInf(got, 0) {
		t.Errorf("InverseG of the smallest number = %v, want something small above 0", got)
	}
	if got := freshness.InverseG(math.Nextafter(1, 0)); !(got > 30) || math.IsInf(got, 0) {
		t.Errorf("InverseG of the number before 1 = %v, want about 40", got)
	}
}

func TestNothingIsAllocated(t *testing.T) {
	sum := 0.0
	if got := testing.AllocsPerRun(100, func() {
		sum += freshness.InverseG(.3) + freshness.Index(2, 3, .1) + freshness.MeanAge(1, .2)
	}); got != 0 {
		t.Errorf("%v allocations, want none", got)
	}
	if math.IsNaN(sum) {
		t.Error("the sum is not a number")
	}
}

func BenchmarkInverseG(b *testing.B) {
	b.ReportAllocs()
	y, sum := 0.0, 0.0
	for b.Loop() {
		if y += 1. / 1024; y >= 1 {
			y = 0
		}
		sum += freshness.InverseG(y)
	}
	if math.IsNaN(sum) {
		b.Error("the sum is not a number")
	}
}

func BenchmarkIndex(b *testing.B) {
	b.ReportAllocs()
	x, sum := 0.0, 0.0
	for b.Loop() {
		if x += 1. / 1024; x >= 4 {
			x = 0
		}
		sum += freshness.Index(20, 3, x)
	}
	if math.IsNaN(sum) {
		b.Error("the sum is not a number")
	}
}
