package app

import (
	"context"
	"log/slog"
	"time"

	"invd/cmd/invd/config"
	"invd/engine/forecast"
	"invd/engine/limit"
	"invd/engine/report"
)

// predictEvery is how often a daemon predicts anew what its budget can carry.
const predictEvery = time.Hour

// Plan says what the limits of a configuration can carry when its products are like
// those of which rates were learned, or, when none were, as is assumed of a catalogue
// that nothing is known of.
func Plan(c *config.Config, like report.Population) report.Plan {
	catalogue := Catalogue(c)
	if like.Rates != report.RatesLearned {
		like = forecast.Reference(catalogue.Enabled(), forecast.AheadTo(catalogue.Rules))
	}
	p := forecast.New(catalogue, limit.PerDay(Limits(c)), like)
	p.Policy = c.Refresh.Policy
	return p
}

// Rates returns what was learned of readers and of changes, and no classes while that
// is not enough to go by.
func (c controller) Rates(ctx context.Context) (report.Population, error) {
	p, ok, err := c.Population(ctx)
	if !ok {
		p = report.Population{Rates: report.RatesAssumed, Products: c.core.catalogue.Enabled(), Classes: []report.Class{}}
	}
	return p, err
}

// Plan returns what the budget is predicted to carry now.
func (c controller) Plan(ctx context.Context, assumed bool) (report.Plan, error) {
	var like report.Population
	if !assumed {
		var err error
		if like, err = c.Rates(ctx); err != nil {
			return report.Plan{}, err
		}
	}
	return Plan(c.core.config, like), nil
}

// foresee logs what is to be expected of a core that has come into force, as soon as
// what was learned before is known, and keeps the prediction current.
func (d *daemon) foresee(ctx context.Context, c *core) {
	select {
	case <-c.engine.Ready():
	case <-ctx.Done():
		return
	}
	tick := time.NewTicker(predictEvery)
	defer tick.Stop()
	for told := false; ; told = true {
		p, err := controller{c.engine, d, c}.Plan(ctx, false)
		if err != nil {
			return // it is stopping
		}
		c.plan.Store(&p)
		if !told {
			d.tellPlan(ctx, &p)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// tellPlan logs what is to be expected of a configuration that comes into force.
func (d *daemon) tellPlan(ctx context.Context, p *report.Plan) {
	level, stretch := slog.LevelInfo, p.InForce().Stretch
	if stretch > 1 {
		level = slog.LevelWarn
	}
	d.Log.LogAttrs(ctx, level, "plan", slog.Int("products", p.Products), slog.Int("products_that_fit", p.Fits),
		slog.Float64("demand_per_day", p.DemandPerDay), slog.Float64("budget_per_day", p.BudgetPerDay),
		slog.String("policy", p.Policy), slog.Float64("stretch", stretch),
		slog.Float64("predicted_fresh", p.InForce().FreshShare), slog.String("rates", p.Rates))
}
