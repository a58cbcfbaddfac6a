package forecast_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"invd/engine/forecast"
	"invd/engine/inventory"
	"invd/engine/plan"
	"invd/engine/report"
)

var schedules = []plan.Schedule{
	{Name: "today", Days: 1, Every: 15 * time.Minute, MaxAge: 2 * time.Hour},
	{Name: "week", Days: 7, Every: 4 * time.Hour, MaxAge: 12 * time.Hour},
	{Name: "month", Days: 30, Every: 24 * time.Hour, MaxAge: 48 * time.Hour},
	{Name: "season", Days: 60, Every: 72 * time.Hour, MaxAge: 96 * time.Hour},
}

func catalogue(n int) *plan.Catalogue { return catalogueOf(n, schedules) }

func catalogueOf(n int, schedules []plan.Schedule) *plan.Catalogue {
	products := make([]plan.Product, n)
	for i := range products {
		products[i] = plan.Product{ID: inventory.ProductID(i + 1), Enabled: true}
	}
	return plan.NewCatalogue(plan.NewRules(schedules), products)
}

func forecastOf(n int, perMinute float64, schedules []plan.Schedule) report.Plan {
	c := catalogueOf(n, schedules)
	return forecast.New(c, perMinute*24*60, forecast.Reference(n, forecast.AheadTo(c.Rules)))
}

// The seed's feasibility analysis: three schedules, 450 products, 30 requests a
// minute.
func TestTheSeedsArithmetic(t *testing.T) {
	got := forecastOf(450, 30, schedules[:3])
	got.Policies = nil
	want := report.Plan{
		Products: 450, Rates: "assumed", BudgetPerDay: 43_200,
		AsWrittenPerDay: 75_600, DemandPerDay: 69_750, Reserve: 0.05, Stretch: 1.70, Fits: 278, FitsAsWritten: 257,
		Schedules: []report.PlannedSchedule{
			{Name: "today", Days: 1, EverySeconds: 900, IntervalSeconds: 1530, AsWrittenPerDay: 43_200, DemandPerDay: 43_200, SumPerDay: 43_200, Fits: 450},
			{Name: "week", Days: 7, EverySeconds: 14_400, IntervalSeconds: 24_480, AsWrittenPerDay: 18_900, DemandPerDay: 16_200, SumPerDay: 59_400, Fits: 327},
			{Name: "month", Days: 30, EverySeconds: 86_400, IntervalSeconds: 146_880, AsWrittenPerDay: 13_500, DemandPerDay: 10_350, SumPerDay: 69_750, Fits: 278},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the plan of the seed's schedules (-want +got):\n%s", diff)
	}
}

func TestTheLargestCatalogueFitsAndOneProductMoreDoesNot(t *testing.T) {
	for _, perMinute := range []float64{1, 10, 30, 120} {
		most := forecastOf(1, perMinute, schedules).Fits
		for n, want := range map[int]bool{most: true, most + 1: false} {
			if got := forecastOf(n, perMinute, schedules).Feasible; got != want {
				t.Errorf("%v a minute, %d products: feasible %v, want %v", perMinute, n, got, want)
			}
		}
	}
}

func TestMoreBudgetNeverMakesAnythingWorse(t *testing.T) {
	shares := map[string]float64{}
	for _, perMinute := range []float64{5, 10, 30, 60, 120, 1000} {
		for _, p := range forecastOf(450, perMinute, schedules).Policies {
			if p.FreshShare < shares[p.Policy]-1e-9 || p.FreshShare > 1 {
				t.Errorf("%s, %v a minute: %.4f of the reads true, %.4f with less", p.Policy, perMinute, p.FreshShare, shares[p.Policy])
			}
			shares[p.Policy] = p.FreshShare
			for _, s := range p.Schedules {
				if s.AgeP50Seconds > s.AgeP99Seconds || s.FreshShare < 0 || s.FreshShare > 1 || math.IsNaN(s.AgeP99Seconds) {
					t.Errorf("%s, %v a minute: %+v", p.Policy, perMinute, s)
				}
			}
		}
	}
}

// Adaptive is at least as good as cadence at the same budget, and keeps max_age
// while that can be kept.
func TestAdaptiveIsNeverWorseThanCadenceWithinItsBounds(t *testing.T) {
	for _, n := range []int{1, 20, 450, 3000} {
		for _, perMinute := range []float64{10, 30, 120} {
			policies := forecastOf(n, perMinute, schedules).Policies
			adaptive, cadence := policies[0], policies[1]
			if adaptive.Policy != "adaptive" || cadence.Policy != "cadence" || adaptive.FreshShare < cadence.FreshShare {
				t.Errorf("%d products, %v a minute: %s %.3f, %s %.3f", n, perMinute, adaptive.Policy, adaptive.FreshShare, cadence.Policy, cadence.FreshShare)
			}
			for i, s := range adaptive.Schedules {
				if most := schedules[i].MaxAge.Seconds() * adaptive.Stretch; s.AgeP99Seconds > most {
					t.Errorf("%d products, %v a minute: %s is %v s old, want at most its max_age × %v, %v", n, perMinute, s.Schedule, s.AgeP99Seconds, adaptive.Stretch, most)
				}
			}
		}
	}
}

func TestNoProductsAndNoLimitsAreNoTrouble(t *testing.T) {
	if got := forecastOf(0, 30, schedules); !got.Feasible || got.Stretch != 1 || len(got.Policies) != 0 {
		t.Errorf("no products: %+v, want feasible and no predictions", got)
	}
	for _, p := range forecastOf(3, 1e6, schedules).Policies {
		if p.FreshShare < 0.5 || p.FreshShare > 1 {
			t.Errorf("three products, a million a minute: %s %.3f", p.Policy, p.FreshShare)
		}
	}
}
