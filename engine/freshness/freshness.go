package freshness

import "math"

// AtInterval returns the share of the time for which a copy is true that is
// refreshed at a fixed interval in which it is expected to change so many times:
// (1-e^-z)/z (Cho, Garcia-Molina). 1 at 0, 0 at infinity.
func AtInterval(changes float64) float64 {
	if changes == 0 {
		return 1
	}
	return -math.Expm1(-changes) / changes
}

// AtRandom is AtInterval when the refreshes come at random moments (a Poisson
// process) and changes are expected in the mean time between two: 1/(1+z).
func AtRandom(changes float64) float64 { return 1 / (1 + changes) }

// MeanAge returns for how long a copy has been false, averaged over all time and
// counted as 0 while it is true, when it is refreshed at a fixed interval in which
// it is expected to change so many times: interval × (1/2 - 1/z + (1-e^-z)/z²)
// (Cho, Garcia-Molina), in the interval's unit. It is half the interval at most.
func MeanAge(interval, changes float64) float64 {
	z := changes
	if z < 0.01 { // where the terms would cancel: their Taylor series
		return interval * z * (1./6 - z*(1./24-z*(1./120-z/720)))
	}
	return interval * (1./2 - (1-AtInterval(z))/z)
}
