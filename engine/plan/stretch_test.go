package plan_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/engine/plan"
)

// catalogueOf has n enabled products and one that is not.
func catalogueOf(n int) *plan.Catalogue {
	products := []plan.Product{{ID: inventory.ProductID(n + 1)}}
	for i := range n {
		products = append(products, plan.Product{ID: inventory.ProductID(i + 1), Enabled: true})
	}
	return plan.NewCatalogue(plan.NewRules(defaults()), products)
}

func TestSchedulesAreStretchedJustSoThatTheyFitWithTheReserve(t *testing.T) {
	const perDay = 43_200 // 30 a minute
	tests := []struct {
		products int
		want     float64
	}{
		{0, 1}, {1, 1}, {248, 1}, // 248 × 165 = 40,920 of 41,040
		{249, 1.01}, {261, 1.05}, {450, 1.81}, {5000, 20.11},
	}
	for _, tt := range tests {
		c := catalogueOf(tt.products).Within(perDay)
		got := c.Rules.Stretch()
		if got != tt.want {
			t.Errorf("%d products: stretch %v, want %v", tt.products, got, tt.want)
		}
		if demand := c.Demand() / got; demand > perDay*(1-plan.Reserve) {
			t.Errorf("%d products: %v requests a day after the stretch, want at most %v", tt.products, demand, perDay*(1-plan.Reserve))
		}
		for i, s := range c.Rules.Schedules() {
			if got, want := c.Rules.Interval(i).Seconds(), s.Every.Seconds()*tt.want; math.Abs(got-want) > 1e-6 {
				t.Errorf("%d products: %s every %v s, want %v", tt.products, s.Name, got, want)
			}
		}
	}
}

func TestStretchGrowsWithDemandAndHasNoCliff(t *testing.T) {
	last := 1.0
	for demand := 0.0; demand < 5000; demand++ {
		got := plan.Stretch(demand, 1000)
		if got < last || got > last+.0101 {
			t.Fatalf("Stretch(%v, 1000) = %v, after %v for one request less", demand, got, last)
		}
		last = got
	}
	if got := plan.Stretch(1e6, math.Inf(1)); got != 1 {
		t.Errorf("without limits Stretch = %v, want 1", got)
	}
}

func TestStretchedRulesAreTheSameButForTheirIntervals(t *testing.T) {
	rules := plan.NewRules(defaults())
	stretched := rules.Stretched(1.7)
	if rules.Stretch() != 1 || rules.Interval(0) != 15*time.Minute {
		t.Errorf("the rules themselves now have stretch %v, interval %v", rules.Stretch(), rules.Interval(0))
	}
	if got, want := stretched.Interval(0), 25*time.Minute+30*time.Second; got != want {
		t.Errorf("Interval(today) = %v, want %v", got, want)
	}
	for ahead := range 60 {
		got, _ := stretched.Of(0, inventory.Date(ahead))
		if want, _ := rules.Of(0, inventory.Date(ahead)); got != want {
			t.Errorf("%d days ahead follow schedule %d when stretched, want %d", ahead, got, want)
		}
	}
	random := rand.New(rand.NewPCG(9, 1))
	for range 1000 {
		schedule, k, checked := random.IntN(4), randomKey(random), randomTime(random)
		every := stretched.Interval(schedule)
		due := stretched.Next(schedule, k, checked)
		if wait := due.Sub(checked); wait <= every/8 || wait > every+every/8 {
			t.Fatalf("%v checked at %v is due after %v, want an eighth to nine eighths of %v", k, checked, wait, every)
		}
		if got := stretched.Ticks(schedule, k, due.Add(-1), due.Add(3*every-1)); got != 3 {
			t.Fatalf("%v has %d ticks from its due time on in three intervals, want 3", k, got)
		}
	}
}

func TestNoStretchOverflows(t *testing.T) {
	rules := plan.NewRules(defaults()).Stretched(1e9)
	now := time.Date(2026, 4, 9, 12, 0, 0, 0, time.UTC)
	for i, s := range rules.Schedules() {
		if due := rules.Next(i, inventory.Key{Product: 14}, now); !due.After(now) || due.Sub(now) > 20*365*24*time.Hour {
			t.Errorf("%s stretched a thousand million times is due at %v, want within twenty years", s.Name, due)
		}
	}
}
