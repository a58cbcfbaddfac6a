package scheduler

import "invd/engine/plan"

// rules returns the rules in force: the policy's own, if it has any.
func (s *Scheduler) rules() *plan.Rules {
	if p, ok := s.Policy.(interface{ Rules() *plan.Rules }); ok {
		return p.Rules()
	}
	return s.Catalogue.Rules
}
