package simulation

import (
	"time"

	"invd/engine/inventory"
	"invd/engine/scheduler"
)

// A roundRobin asks for all dates in turn, one after the other. Those that were
// closed take a turn every three days only.
type roundRobin struct{ seedPolicy }

const closedTurn = 72 * time.Hour

func newRoundRobin(scheduler.PolicyOptions) scheduler.Policy { return roundRobin{} }

// Bands are one, beside those that every policy has.
func (roundRobin) Bands() []string { return []string{"on-demand", "retry", "all"} }

// Enter is at once.
func (roundRobin) Enter(_ scheduler.Key, now time.Time) time.Time { return now }

// Move changes nothing.
func (roundRobin) Move(scheduler.Key, int, time.Time) (time.Time, bool) { return time.Time{}, false }

// Next goes to the end of the line.
func (roundRobin) Next(k scheduler.Key, now time.Time) time.Time {
	if k.State == inventory.Closed {
		return now.Add(closedTurn)
	}
	return now
}

// Band is the one.
func (roundRobin) Band(scheduler.Key, time.Time) int { return 2 }
