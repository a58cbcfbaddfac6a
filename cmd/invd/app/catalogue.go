package app

import (
	"invd/cmd/invd/config"
	"invd/engine/inventory"
	"invd/engine/limit"
	"invd/engine/plan"
	"invd/engine/scheduler"
)

// Catalogue returns what a configuration says about products and schedules. With
// the policy cadence the schedules are stretched when the limits are too small for
// them; the adaptive policy stretches its bounds of age by itself.
func Catalogue(c *config.Config) *plan.Catalogue {
	schedules := make([]plan.Schedule, len(c.Schedules))
	for i, s := range c.Schedules {
		schedules[i] = plan.Schedule{Name: s.Name, Days: s.Days, Every: s.Every, Objective: s.Objective, MaxAge: s.MaxAge}
	}
	products := make([]plan.Product, len(c.Products))
	for i, p := range c.Products {
		products[i] = plan.Product{ID: inventory.ProductID(p.ID), Name: p.Name, Zone: p.Zone, Weight: p.Weight, Enabled: p.Enabled}
	}
	catalogue := plan.NewCatalogue(plan.NewRules(schedules), products)
	if c.Refresh.Policy == adaptive {
		return catalogue
	}
	return catalogue.Within(limit.PerDay(Limits(c)))
}

// adaptive is the refresh policy that learns.
const adaptive = "adaptive"

// newPolicy returns what makes the configuration's refresh policy.
func newPolicy(c *config.Config) func(scheduler.PolicyOptions) scheduler.Policy {
	if c.Refresh.Policy == adaptive {
		return scheduler.NewAdaptive
	}
	return scheduler.NewCadence
}

// bands names the bands of the configuration's refresh policy, and the one that comes
// after them.
func bands(c *config.Config, catalogue *plan.Catalogue) []string {
	if c.Refresh.Policy == adaptive {
		return append(scheduler.AdaptiveBands(), scheduler.BandBackfill)
	}
	return append(catalogue.Rules.Bands(), scheduler.BandBackfill)
}
