package planner_test

import (
	"math"
	"testing"
	"time"

	"invd/engine/forecast"
	"invd/engine/plan"
	"invd/engine/report"
)

// learned returns what the planner knows of the market's keys.
func (p *play) learned(aheadTo []int) report.Population {
	pool := forecast.NewPool(aheadTo)
	for id := range p.keys {
		h := p.planner.Habit(uint32(id))
		pool.Add(report.Class{Ahead: h.Ahead, Keys: h.Open, Reads: h.Reads, Changes: h.Changes, OnSale: h.OnSale, Weight: h.Weight})
	}
	return pool.Population(report.RatesLearned, len(p.ids))
}

// TestWhatIsLearnedPredictsWhatReadersWillGet learns for two days and predicts the
// next two.
func TestWhatIsLearnedPredictsWhatReadersWillGet(t *testing.T) {
	for _, tt := range []struct {
		seed      uint64
		products  int
		perMinute float64
	}{{1, 60, 4}, {2, 60, 2}, {3, 30, 6}} {
		p := newPlay(t, tt.seed, tt.products, tt.perMinute, asIs)
		if p.planner.Seasoned() {
			t.Error("a planner that has seen nothing says that it has learned")
		}
		p.run(monday.Add(2*day), monday.Add(2*day))
		rules := plan.NewRules([]plan.Schedule{
			{Name: "today", Days: 1, Every: time.Hour, MaxAge: 2 * time.Hour}, {Name: "week", Days: 7, Every: time.Hour, MaxAge: 12 * time.Hour},
			{Name: "month", Days: 30, Every: time.Hour, MaxAge: 48 * time.Hour}, {Name: "season", Days: horizon, Every: time.Hour, MaxAge: 96 * time.Hour},
		})
		products := make([]plan.Product, tt.products)
		for i := range products {
			products[i] = plan.Product{ID: p.ids[i], Enabled: true}
		}
		like := p.learned(forecast.AheadTo(rules))
		predicted := forecast.New(plan.NewCatalogue(rules, products), tt.perMinute*24*60, like).Policies[0]
		assumed := forecast.New(plan.NewCatalogue(rules, products), tt.perMinute*24*60, forecast.Reference(tt.products, forecast.AheadTo(rules))).Policies[0]
		p.run(monday.Add(2*day), monday.Add(4*day))
		t.Logf("%d products, %v a minute: predicted %.1f %% (assumed %.1f %%), %.1f %% of the reads true; %d classes", tt.products, tt.perMinute, 100*predicted.FreshShare, 100*assumed.FreshShare, p.freshness(), len(like.Classes))
		if !p.planner.Seasoned() || math.Abs(100*predicted.FreshShare-p.freshness()) > 3 {
			t.Errorf("seasoned %v, %.1f %% predicted, want within 3 of the %.1f %%", p.planner.Seasoned(), 100*predicted.FreshShare, p.freshness())
		}
	}
}
