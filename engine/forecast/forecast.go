package forecast

import (
	"math"
	"slices"

	"invd/engine/inventory"
	"invd/engine/plan"
	"invd/engine/report"
)

const day = 24 * 60 * 60 // seconds

// New returns what the budget, in requests a day, can carry of the catalogue, whose
// products are like the population's, however many those are.
func New(c *plan.Catalogue, budget float64, p report.Population) report.Plan {
	p = scaled(p, c.Enabled())
	rules := c.Rules.Stretched(plan.Stretch(c.Demand(), budget))
	r := report.Plan{
		Products: c.Enabled(), Rates: p.Rates, BudgetPerDay: budget, DemandPerDay: c.Demand(), Reserve: plan.Reserve,
		Feasible: c.Demand() <= budget, Stretch: rules.Stretch(),
	}
	demand := rules.Demand()
	sum, written := 0.0, 0.0 // of one product
	for i, s := range rules.Schedules() {
		one := float64(s.Days) * float64(day) / s.Every.Seconds()
		sum += demand[i]
		written += one
		r.Schedules = append(r.Schedules, report.PlannedSchedule{
			Name: s.Name, Days: s.Days, EverySeconds: s.Every.Seconds(), IntervalSeconds: rules.Interval(i).Seconds(),
			AsWrittenPerDay: one * float64(r.Products), DemandPerDay: demand[i] * float64(r.Products),
			SumPerDay: sum * float64(r.Products), Fits: fits(budget, sum),
		})
	}
	r.AsWrittenPerDay = written * float64(r.Products)
	r.Fits, r.FitsAsWritten = fits(budget, sum), fits(budget, written)
	if r.Products > 0 {
		r.Policies = []report.PlannedPolicy{adaptive(rules, budget, p), cadence(rules, p), seed(rules, r.Schedules, budget, p)}
	}
	return r
}

// scaled returns a population of n products like the given ones.
func scaled(p report.Population, n int) report.Population {
	if p.Products == n || p.Products == 0 {
		return p
	}
	times := float64(n) / float64(p.Products)
	p.Products, p.Closed, p.Classes = n, times*p.Closed, slices.Clone(p.Classes)
	for i := range p.Classes {
		p.Classes[i].Keys *= times
	}
	return p
}

// fits returns how many products the budget carries.
func fits(budget, each float64) int {
	return int(min(math.Floor(budget/each+1e-9), math.MaxInt32))
}

// AheadTo returns the numbers of days ahead at which a schedule ends.
func AheadTo(r *plan.Rules) (ends []int) {
	for _, s := range r.Schedules() {
		ends = append(ends, s.Days)
	}
	return ends
}

// result reports what readers get of each schedule when interval says how often, in
// days, a class is refreshed; it is not asked about what no schedule covers, of
// which readers get nothing.
func result(name string, rules *plan.Rules, p report.Population, interval func(class, schedule int) float64) report.PlannedPolicy {
	each := make([]outcome, len(rules.Schedules()))
	var all outcome
	for i := range p.Classes {
		c := &p.Classes[i]
		if schedule, covered := rules.Of(0, inventory.Date(c.Ahead)); covered {
			each[schedule].add(c, interval(i, schedule))
		} else {
			all.add(c, math.Inf(1))
		}
	}
	for i := range each {
		all.join(&each[i])
	}
	r := report.PlannedPolicy{Policy: name, FreshShare: rounded(all.share()), AgeP50Seconds: seconds(all.age(0.5)), AgeP99Seconds: seconds(all.age(0.99))}
	for i, s := range rules.Schedules() {
		o := &each[i]
		row := report.PlannedFreshness{Schedule: s.Name, FreshShare: rounded(o.share()), AgeP50Seconds: seconds(o.age(0.5)), AgeP99Seconds: seconds(o.age(0.99))}
		if all.reads > 0 {
			row.ReadShare = rounded(o.reads / all.reads)
		}
		r.Schedules = append(r.Schedules, row)
	}
	return r
}

// A prediction has no more digits than it can stand for.
func rounded(share float64) float64 { return math.Round(1e4*share) / 1e4 }
func seconds(days float64) float64  { return math.Ceil(days * day) }

// adaptive predicts the policy of that name.
func adaptive(rules *plan.Rules, budget float64, p report.Population) report.PlannedPolicy {
	var covered []report.Class
	place := make([]int, len(p.Classes))
	for i, c := range p.Classes {
		if _, ok := rules.Of(0, inventory.Date(c.Ahead)); ok {
			place[i] = len(covered)
			covered = append(covered, c)
		}
	}
	left := max(budget/2, budget-p.Closed/closedEvery)
	most, stretch := bounds(covered, func(ahead int) float64 {
		schedule, _ := rules.Of(0, inventory.Date(ahead))
		return rules.Schedules()[schedule].MaxAge.Seconds() / day
	}, left)
	intervals := solve(covered, most, left)
	r := result("adaptive", rules, p, func(class, _ int) float64 { return intervals[place[class]] })
	r.Stretch = rounded(stretch)
	return r
}

// cadence predicts the policy of that name.
func cadence(rules *plan.Rules, p report.Population) report.PlannedPolicy {
	r := result("cadence", rules, p, func(_, schedule int) float64 { return rules.Interval(schedule).Seconds() / day })
	r.Stretch = rules.Stretch()
	return r
}

// seed predicts what becomes of the schedules as written, overlaps and all, when
// the most frequent go first: each gets what those before it leave.
func seed(rules *plan.Rules, rows []report.PlannedSchedule, budget float64, p report.Population) report.PlannedPolicy {
	intervals := make([]float64, len(rows))
	left := budget
	for i, s := range rows {
		granted := min(left, s.AsWrittenPerDay)
		left -= granted
		intervals[i] = s.EverySeconds / day * s.AsWrittenPerDay / granted // +Inf when nothing is left
	}
	r := result("seed", rules, p, func(_, schedule int) float64 { return intervals[schedule] })
	r.Stretch = 1
	return r
}
