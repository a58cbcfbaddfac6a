package scheduler

import (
	"time"

	"invd/engine/plan"
	"invd/engine/refresh"
)

// A Cadence is the policy that keeps the schedules as they are written, or all
// stretched alike (plan.Rules): each key is due at the ticks of the schedule that
// covers it, and the shortest schedule is the most urgent.
type Cadence struct {
	rules *plan.Rules
}

// NewCadence makes the policy of the catalogue's rules.
func NewCadence(o PolicyOptions) Policy { return &Cadence{o.Catalogue.Rules} }

// Bands are those of the rules.
func (c *Cadence) Bands() []string { return c.rules.Bands() }

// ageEvery leaves a fifth of the budget to the less urgent bands, in turn, so that
// none starves while there is a backlog, as after an outage.
const ageEvery = 5

// AgeEvery is a constant.
func (c *Cadence) AgeEvery() int { return ageEvery }

// Retry is that of the rules.
func (c *Cadence) Retry() int { return c.rules.Retry() }

// Enter returns the tick that follows what is stored, which may be long past.
func (c *Cadence) Enter(k Key, now time.Time) time.Time {
	if k.Checked.IsZero() {
		return now
	}
	return c.rules.Next(k.Schedule, k.Key, k.Checked)
}

// Move makes a key that came under another schedule due at its next tick: spread
// over the interval, not all at midnight.
func (c *Cadence) Move(k Key, was int, now time.Time) (time.Time, bool) {
	if k.Schedule == was {
		return time.Time{}, false
	}
	return c.rules.Next(k.Schedule, k.Key, now), true
}

// Leave does nothing.
func (c *Cadence) Leave(refresh.ID) {}

// Learn does nothing.
func (c *Cadence) Learn(Key, *refresh.Result, time.Time) {}

// Next returns the next tick.
func (c *Cadence) Next(k Key, now time.Time) time.Time {
	return c.rules.Next(k.Schedule, k.Key, now)
}

// Due says that it is time.
func (c *Cadence) Due(_ Key, now time.Time) time.Time { return now }

// Band returns that of the key's schedule. What nothing is known of goes ahead of
// other dates' repeats, but not of the shortest schedule: readers get nothing at
// all of it.
func (c *Cadence) Band(k Key, _ time.Time) int {
	band := c.rules.Band(k.Schedule)
	if k.Checked.IsZero() {
		return min(band, c.rules.Retry())
	}
	return band
}

// Turn changes nothing.
func (c *Cadence) Turn(time.Time, int) ([]Move, time.Time) { return nil, time.Time{} }
