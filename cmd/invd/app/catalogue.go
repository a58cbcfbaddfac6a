package app

import (
	"invd/cmd/invd/config"
	"invd/engine/inventory"
	"invd/engine/limit"
	"invd/engine/plan"
)

// Catalogue returns what a configuration says about products and schedules, the
// schedules stretched when its limits are too small for them.
func Catalogue(c *config.Config) *plan.Catalogue {
	schedules := make([]plan.Schedule, len(c.Schedules))
	for i, s := range c.Schedules {
		schedules[i] = plan.Schedule{Name: s.Name, Days: s.Days, Every: s.Every, Objective: s.Objective, MaxAge: s.MaxAge}
	}
	products := make([]plan.Product, len(c.Products))
	for i, p := range c.Products {
		products[i] = plan.Product{ID: inventory.ProductID(p.ID), Name: p.Name, Zone: p.Zone, Weight: p.Weight, Enabled: p.Enabled}
	}
	return plan.NewCatalogue(plan.NewRules(schedules), products).Within(limit.PerDay(Limits(c)))
}
