package forecast_test

import (
	"math"
	"testing"
	"time"

	"invd/engine/forecast"
	"invd/engine/inventory"
	"invd/engine/partner/world"
	"invd/engine/plan"
)

const seeds = 8 // worlds that predictions are compared with

var (
	zone  = time.FixedZone("", 8*3600)
	start = inventory.DateOf(time.Date(2026, 11, 23, 0, 0, 0, 0, zone))
)

func reference(seed uint64, n int) *world.World {
	ids := make([]inventory.ProductID, n)
	for i := range ids {
		ids[i] = inventory.ProductID(i + 1)
	}
	return world.New(world.Reference(seed, ids, zone))
}

func TestTheReferencePopulationIsLikeTheSimulatedMarket(t *testing.T) {
	var changes, keys, closed, assumed float64
	for seed := range uint64(seeds) {
		w := reference(seed+1, 450)
		changes += float64(w.Changes(start.Start(zone), start.AddDays(1).Start(zone))) / seeds
		for p := range inventory.ProductID(450) {
			for days := range 60 {
				if w.Open(inventory.Key{Product: p + 1, Date: start.AddDays(days)}) {
					keys += 1. / seeds
				} else {
					closed += 1. / seeds
				}
			}
		}
	}
	p := forecast.Reference(450, forecast.AheadTo(plan.NewRules(schedules)))
	var on float64
	for _, c := range p.Classes {
		assumed += c.Keys * c.OnSale * c.Changes
		on += c.Keys
	}
	if math.Abs(assumed/changes-1) > 0.1 {
		t.Errorf("%.0f changes a day, want about the market's %.0f", assumed, changes)
	}
	if math.Abs(on/keys-1) > 0.03 || math.Abs(p.Closed/closed-1) > 0.1 {
		t.Errorf("%.0f keys on sale and %.0f closed, want about the market's %.0f and %.0f", on, p.Closed, keys, closed)
	}
}

// The market's readers meet keys that are refreshed exactly at their ticks.
func TestCadenceComesOutAsPredicted(t *testing.T) {
	budgets := []float64{10, 30, 60} // a minute
	fresh, reads := make([]float64, len(budgets)), 0.
	rules := make([]*plan.Rules, len(budgets))
	for i, perMinute := range budgets {
		rules[i] = plan.NewRules(schedules).Stretched(forecastOf(450, perMinute, schedules).Stretch)
	}
	for seed := range uint64(seeds) {
		w := reference(seed+1, 450)
		for _, day := range []int{3} {
			for n, r := range w.Reads(start.AddDays(day)) {
				schedule, covered := rules[0].Of(inventory.DateOf(r.At.In(zone)), r.Key.Date)
				if n%40 != 0 || !covered { // or of a reader who stays up past midnight
					continue
				}
				reads++
				for i := range rules {
					every := rules[i].Interval(schedule)
					if w.Compare(r.Key, plan.Tick(r.Key, every, r.At).Add(-every), r.At).Fresh {
						fresh[i]++
					}
				}
			}
		}
	}
	for i, perMinute := range budgets {
		got, want := forecastOf(450, perMinute, schedules).Policies[1].FreshShare, fresh[i]/reads
		t.Logf("%v a minute, stretched %.2f times: predicted %.1f %%, measured %.1f %%", perMinute, rules[i].Stretch(), 100*got, 100*want)
		if math.Abs(got-want) > 0.03 {
			t.Errorf("%v a minute: %.1f %% of the reads true, want within 3 of the measured %.1f %%", perMinute, 100*got, 100*want)
		}
	}
}
