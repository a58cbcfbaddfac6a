package scheduler

import (
	"time"

	"invd/engine/demand"
)

// Worth asks the planner.
func (a *Adaptive) Worth(k Key, now time.Time) time.Time {
	from, ok := a.planner.Worth(uint32(k.ID), now)
	if !ok {
		return demand.Never
	}
	return from
}
