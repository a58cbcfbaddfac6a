package plan

import (
	"math"
	"time"
)

// Reserve is the part of the budget that stretched schedules leave: for retries,
// for what people ask for, for dates that come into sight, and for the little that
// exact windows lose to the partner's latency.
const Reserve = 0.05

// Stretch returns the factor by which the intervals of all schedules are
// lengthened, so that a demand of so many requests a day fits into a budget of so
// many with Reserve left: 1 when it fits as it is, else rounded up to a hundredth.
//
// One factor for all is what makes it fair: served in the order of their urgency
// instead, the schedules that come first keep their word and the last get nothing.
func Stretch(demand, budget float64) float64 {
	factor := demand / (budget * (1 - Reserve))
	if factor <= 1 {
		return 1
	}
	return math.Ceil(factor*100-1e-9) / 100
}

// longestInterval bounds what stretching can make of an interval, so that times
// stay within 64 bits.
const longestInterval = 10 * 365 * 24 * time.Hour

// Stretched returns the same rules with every interval lengthened by factor, which
// is at least 1. Which schedule a date follows does not change.
func (r *Rules) Stretched(factor float64) *Rules {
	stretched := *r
	stretched.stretch = factor
	stretched.intervals = make([]time.Duration, len(r.schedules))
	for i, s := range r.schedules {
		stretched.intervals[i] = max(s.Every, time.Duration(min(math.Round(float64(s.Every)*factor), float64(longestInterval))))
	}
	return &stretched
}

// Stretch returns the factor by which every interval is lengthened, 1 for none.
func (r *Rules) Stretch() float64 { return r.stretch }

// Interval returns the time between two ticks of the schedule with that index:
// its Every times Stretch.
func (r *Rules) Interval(schedule int) time.Duration { return r.intervals[schedule] }

// Demand returns the requests a day that the schedules as written need for all
// enabled products.
func (c *Catalogue) Demand() (perDay float64) {
	for _, d := range c.Rules.Demand() {
		perDay += d
	}
	return perDay * float64(c.Enabled())
}

// Within returns the catalogue with its rules stretched to a budget of so many
// requests a day.
func (c *Catalogue) Within(budget float64) *Catalogue {
	fitted := *c
	fitted.Rules = c.Rules.Stretched(Stretch(c.Demand(), budget))
	return &fitted
}
