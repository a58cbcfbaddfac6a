package scheduler

import (
	"context"
	"time"

	"invd/engine/forecast"
	"invd/engine/refresh"
	"invd/engine/report"
)

// A Surveyor is a policy that learns how often keys are read and change.
type Surveyor interface {
	// Seasoned reports whether it has learned enough to say so.
	Seasoned() bool

	// Habit returns what a key is like; Keys is how likely it is to be on sale.
	Habit(id refresh.ID) report.Class
}

// Population returns what the policy has learned of all keys; ok is false when it has
// not learned enough, or does not learn at all. It reads every key, in parts.
func (s *Scheduler) Population(ctx context.Context) (p report.Population, ok bool, err error) {
	policy, learns := s.Policy.(Surveyor)
	if !learns {
		return p, false, nil
	}
	pool := forecast.NewPool(forecast.AheadTo(s.Catalogue.Rules))
	err = s.inParts(ctx, func(part []*product, _ time.Time) {
		ok = policy.Seasoned()
		for _, p := range part {
			for _, id := range p.ids {
				pool.Add(policy.Habit(id))
			}
		}
	})
	return pool.Population(report.RatesLearned, s.Catalogue.Enabled()), ok && err == nil, err
}

// Seasoned asks the planner.
func (a *Adaptive) Seasoned() bool { return a.planner.Seasoned() }

// Habit asks the planner.
func (a *Adaptive) Habit(id refresh.ID) report.Class {
	h := a.planner.Habit(uint32(id))
	return report.Class{Ahead: h.Ahead, Keys: h.Open, Reads: h.Reads, Changes: h.Changes, OnSale: h.OnSale, Weight: h.Weight}
}
