package simulation

import (
	"time"

	"invd/engine/demand"
	"invd/engine/partner/world"
	"invd/engine/plan"
	"invd/engine/refresh"
	"invd/engine/scheduler"
)

// A seedPolicy is what the system did that invd replaces: every quarter of an hour
// it wants today's date of every product, every four hours the next seven and every
// midnight the next thirty, closed or not, and serves them by strict priority.
type seedPolicy struct{}

// tiers are its schedules, the most urgent first.
var tiers = []struct {
	name  string
	days  int
	every time.Duration
}{{"quarter-hour", 1, 15 * time.Minute}, {"four-hours", 7, 4 * time.Hour}, {"day", 30, 24 * time.Hour}}

// never is beyond any simulation.
const never = 1000 * 24 * time.Hour

func seed(Options, *world.World) func(scheduler.PolicyOptions) scheduler.Policy {
	return func(scheduler.PolicyOptions) scheduler.Policy { return seedPolicy{} }
}

// tier returns the most urgent one that wants a date, or false for none.
func (seedPolicy) tier(k scheduler.Key) (int, bool) {
	for i, t := range tiers {
		if k.Ahead < t.days {
			return i, true
		}
	}
	return 0, false
}

// Bands are one to each tier, behind those that every policy has.
func (seedPolicy) Bands() []string {
	return []string{"on-demand", "retry", tiers[0].name, tiers[1].name, tiers[2].name}
}

// AgeEvery is never: whatever comes last may starve.
func (seedPolicy) AgeEvery() int { return 0 }

// Retry is a band of its own.
func (seedPolicy) Retry() int { return 1 }

// Enter waits for the tier's next tick, which is the same for all.
func (p seedPolicy) Enter(k scheduler.Key, now time.Time) time.Time { return p.Next(k, now) }

// Move takes the tick of a more urgent tier.
func (p seedPolicy) Move(k scheduler.Key, _ int, now time.Time) (time.Time, bool) {
	return p.Next(k, now), true
}

// Leave, Learn, Ticks and Turn do nothing.
func (seedPolicy) Leave(refresh.ID)                                {}
func (seedPolicy) Learn(scheduler.Key, *refresh.Result, time.Time) {}
func (seedPolicy) Ticks(scheduler.Key, time.Time, time.Time) int   { return 0 }
func (seedPolicy) Turn(time.Time, int) (moves []scheduler.Move, next time.Time) {
	return nil, time.Time{}
}

// Next is the tier's next tick.
func (p seedPolicy) Next(k scheduler.Key, now time.Time) time.Time {
	i, ok := p.tier(k)
	if !ok {
		return now.Add(never)
	}
	return now.Truncate(tiers[i].every).Add(tiers[i].every)
}

// Due says that it is time.
func (seedPolicy) Due(_ scheduler.Key, now time.Time) time.Time { return now }

// Band is the tier's.
func (p seedPolicy) Band(k scheduler.Key, _ time.Time) int {
	if i, ok := p.tier(k); ok {
		return 2 + i
	}
	return plan.OnDemand
}

// Worth is never: readers set nothing off.
func (seedPolicy) Worth(scheduler.Key, time.Time) time.Time { return demand.Never }
