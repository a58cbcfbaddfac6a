package scheduler

import (
	"time"

	"invd/engine/demand"
)

// Worth asks the planner on behalf of readers who wait. A call for others makes no
// read true but later ones, which the index has counted already: for those only
// what was never fetched is worth one.
func (a *Adaptive) Worth(k Key, waits bool, now time.Time) time.Time {
	if !waits && !k.Checked.IsZero() {
		return demand.Never
	}
	from, ok := a.planner.Worth(uint32(k.ID), now)
	if !ok {
		return demand.Never
	}
	return from
}
