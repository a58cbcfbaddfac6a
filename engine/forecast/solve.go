package forecast

import (
	"math"

	"invd/engine/freshness"
	"invd/engine/report"
)

// The adaptive policy's rules, which engine/planner follows.
const (
	boundShare  = 0.5   // of the budget at most goes to keys only because of their age
	boundMargin = 1.15  // what is kept of that for unevenness
	jitter      = 0.875 // of max_age is the mean age at which a bound takes effect
	closedEvery = 7.0   // days between two looks at a closed date
)

// bounds returns for each class the interval in days that it must not exceed, and
// the factor by which all of them had to be stretched.
func bounds(classes []report.Class, maxAge func(ahead int) float64, budget float64) (most []float64, stretch float64) {
	most = make([]float64, len(classes))
	need := 0.0
	for i, c := range classes {
		most[i] = jitter * maxAge(c.Ahead)
		need += c.Keys * c.OnSale / most[i]
	}
	stretch = max(1, boundMargin*need/(boundShare*budget))
	for i := range most {
		most[i] *= stretch
	}
	return most, stretch
}

// solve returns each class's interval in days when budget requests a day go where
// they keep the most reads true. With w reads and λ
// changes a day, the interval at a price is G⁻¹(price × λ/w)/λ; the price at which
// all of them use up the budget is found by bisection of its logarithm.
func solve(classes []report.Class, most []float64, budget float64) []float64 {
	intervals := make([]float64, len(classes))
	low, high := -20., 20. // e^±20 reads a request
	for range 24 {
		middle := (low + high) / 2
		if spend(classes, most, math.Exp(middle), intervals) > budget {
			low = middle
		} else {
			high = middle
		}
	}
	return intervals
}

// spend fills in the intervals at a price and returns the requests a day that they
// need.
func spend(classes []report.Class, most []float64, price float64, intervals []float64) (perDay float64) {
	for i, c := range classes {
		intervals[i] = min(freshness.ReachedAt(price, c.Reads*c.Weight, c.Changes)/c.Changes, most[i])
		perDay += c.Keys * c.OnSale / intervals[i]
	}
	return perDay
}
