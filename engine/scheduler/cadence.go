package scheduler

import (
	"fmt"
	"math"
	"time"

	"invd/engine/inventory"
	"invd/engine/plan"
	"invd/engine/refresh"
	"invd/engine/report"
)

// A Cadence is the policy that keeps the schedules as they are written, or all
// stretched alike (plan.Rules): each key is due at the ticks of the schedule that
// covers it, and the shortest schedule is the most urgent.
//
// Schedules that fit into the budget are kept to the letter. If they do not, a date
// that was closed and today's after its last slot has started, which have next to
// nothing new to say, follow the longest schedule, and what that saves makes the
// factor for all smaller.
type Cadence struct {
	written  *plan.Rules // the catalogue's, which are stretched as if every date were open
	rules    *plan.Rules // in force
	budget   float64     // requests a day
	products []plan.Product

	keys   []cadenced // by id
	demand float64    // requests a day that the keys need by the schedules as written
	fitAt  time.Time  // when rules are next fitted to it
}

// A cadenced is what a Cadence knows of a key.
type cadenced struct {
	demand float64
	ends   int // minute of the day at which the last slot starts, 0 when that is not known
}

// NewCadence makes the policy of the catalogue's rules.
func NewCadence(o PolicyOptions) Policy {
	rules := o.Catalogue.Rules
	return &Cadence{written: rules, rules: rules, budget: o.PerDay, products: o.Catalogue.Products()}
}

// Rules returns the rules in force. They change with what is open.
func (c *Cadence) Rules() *plan.Rules { return c.rules }

// Bands are those of the rules.
func (c *Cadence) Bands() []string { return c.written.Bands() }

// ageEvery leaves a fifth of the budget to the less urgent bands, in turn, so that
// none starves while there is a backlog, as after an outage.
const ageEvery = 5

// AgeEvery is a constant.
func (c *Cadence) AgeEvery() int { return ageEvery }

// Retry is that of the rules.
func (c *Cadence) Retry() int { return c.written.Retry() }

// Enter returns the tick that follows what is stored, which may be long past.
func (c *Cadence) Enter(k Key, now time.Time) time.Time {
	c.count(k)
	if k.Checked.IsZero() {
		return now
	}
	return c.after(k, k.Checked)
}

// Move makes a key that came under another schedule due at its next tick: spread
// over the interval, not all at midnight.
func (c *Cadence) Move(k Key, was int, now time.Time) (time.Time, bool) {
	c.count(k)
	if k.Schedule == was {
		return time.Time{}, false
	}
	return c.after(k, now), true
}

// Leave forgets the key.
func (c *Cadence) Leave(id refresh.ID) {
	if int(id) < len(c.keys) {
		c.demand -= c.keys[id].demand
		c.keys[id] = cadenced{}
	}
}

// Learn takes note of when the last slot starts, and whether there is any.
func (c *Cadence) Learn(k Key, r *refresh.Result, _ time.Time) {
	c.count(k)
	if r.Slots.Last > 0 {
		c.keys[k.ID].ends = r.Slots.Last
	}
}

// Next returns the next tick.
func (c *Cadence) Next(k Key, now time.Time) time.Time { return c.after(k, now) }

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

// A change of the factor moves the ticks of all keys, and those that wait for one
// come too early, by a third of their interval in the mean. So it is rare: looked at
// so often, and made when it is off by so much, which is what the schedules leave of
// the budget.
const (
	fitEvery = 6 * time.Hour
	fitFrom  = plan.Reserve
)

// Turn fits the rules to what is open, if the schedules need to be stretched at all.
func (c *Cadence) Turn(now time.Time, _ int) ([]Move, time.Time) {
	if c.written.Stretch() == 1 {
		return nil, time.Time{}
	}
	if wait := c.fitAt.Sub(now); wait <= 0 || wait > fitEvery {
		c.fitAt = now.Add(fitEvery)
		factor := plan.Stretch(c.demand, c.budget)
		if off := factor/c.rules.Stretch() - 1; math.Abs(off) > fitFrom {
			c.rules = c.written.Stretched(factor)
		}
	}
	return nil, c.fitAt
}

// after returns a key's first tick after a moment.
func (c *Cadence) after(k Key, t time.Time) time.Time {
	schedule := k.Schedule
	if c.written.Stretch() > 1 && (k.State == inventory.Closed || c.over(k, t)) {
		schedule = c.longest()
	}
	return c.rules.Next(schedule, k.Key, t)
}

func (c *Cadence) longest() int { return len(c.written.Schedules()) - 1 }

// over reports whether no slot of a key is yet to start.
func (c *Cadence) over(k Key, now time.Time) bool {
	ends := c.keys[k.ID].ends
	if k.Ahead > 0 || ends == 0 {
		return false
	}
	local := now.In(c.products[k.Product].Zone)
	return 60*local.Hour()+local.Minute() >= ends
}

// count takes note of how many requests a day a key needs.
func (c *Cadence) count(k Key) {
	if n := int(k.ID) + 1; n > len(c.keys) {
		c.keys = append(c.keys, make([]cadenced, n-len(c.keys))...)
	}
	at := &c.keys[k.ID]
	schedule, share := k.Schedule, 1.0
	switch {
	case k.State == inventory.Closed:
		schedule = c.longest()
	case k.Ahead == 0 && at.ends > 0:
		share = float64(at.ends) / (24 * 60)
	}
	demand := share * float64(24*time.Hour) / float64(c.written.Schedules()[schedule].Every)
	c.demand += demand - at.demand
	at.demand = demand
}

// Status adds the factor in force.
func (c *Cadence) Status(st *report.Status, _ time.Time) {
	st.Policy = "cadence"
	if st.Stretch = c.rules.Stretch(); st.Stretch < c.written.Stretch() {
		st.Infeasible += fmt.Sprintf("; as closed dates are asked for less often, %.2f times is enough", st.Stretch)
	}
}

// Explain has nothing to add.
func (c *Cadence) Explain(Key, *report.Explanation, time.Time) {}
