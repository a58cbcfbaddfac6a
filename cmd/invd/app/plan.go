package app

import (
	"context"
	"log/slog"

	"invd/cmd/invd/config"
	"invd/engine/forecast"
	"invd/engine/limit"
	"invd/engine/report"
)

// Plan says what the limits of a configuration can carry, with rates as they are
// assumed of a catalogue that nothing is known of.
func Plan(c *config.Config) report.Plan {
	catalogue := Catalogue(c)
	p := forecast.New(catalogue, limit.PerDay(Limits(c)), forecast.Reference(catalogue.Enabled(), forecast.AheadTo(catalogue.Rules)))
	p.Policy = c.Refresh.Policy
	return p
}

// Plan returns what the budget is predicted to carry.
func (c controller) Plan(context.Context) (report.Plan, error) { return *c.plan, nil }

// tellPlan logs what is to be expected of a configuration that comes into force.
func (d *daemon) tellPlan(ctx context.Context, p *report.Plan) {
	level, stretch := slog.LevelInfo, p.InForce().Stretch
	if stretch > 1 {
		level = slog.LevelWarn
	}
	d.Log.LogAttrs(ctx, level, "plan", slog.Int("products", p.Products), slog.Int("products_that_fit", p.Fits),
		slog.Float64("demand_per_day", p.DemandPerDay), slog.Float64("budget_per_day", p.BudgetPerDay),
		slog.String("policy", p.Policy), slog.Float64("stretch", stretch), slog.Float64("predicted_fresh", p.InForce().FreshShare))
}
