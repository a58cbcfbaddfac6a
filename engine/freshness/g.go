package freshness

import "math"

// G returns 1-(1+x)e^-x: of the reads between two changes, the share that a
// refresh now wins back when x changes are expected since the last one. It rises
// from 0 at 0 to 1 at infinity, as x²/2 at first; x must not be negative. The
// relative error is below 1e-11.
func G(x float64) float64 {
	if x < 0.01 { // where the difference would cancel: its Taylor series
		return x * x * (1./2 - x*(1./3-x*(1./8-x*(1./30-x/144))))
	}
	if math.IsInf(x, 1) {
		return 1 // and not 0 × ∞
	}
	return 1 - (1+x)*math.Exp(-x)
}

// InverseG returns the x of which G is y: 0 for y ≤ 0 and +Inf for y ≥ 1. The
// relative error is below 0.1 %.
//
// With u = -ln(1-y), G(x) = y says x - ln(1+x) = u, which has the root
// -1-W(-e^(-u-1)) on the lower branch of Lambert's function. Three terms of its
// series in √(2u) are the guess; where u is large they are far off, but there the
// left side is almost a straight line, so one step of Newton's method is enough
// everywhere.
func InverseG(y float64) float64 {
	switch {
	case y <= 0:
		return 0
	case y >= 1:
		return math.Inf(1)
	}
	u := -math.Log1p(-y)
	s := math.Sqrt(2 * u)
	x := s * (1 + s*(1./3+s/36))
	return x - (x-math.Log1p(x)-u)*(1+x)/x
}
