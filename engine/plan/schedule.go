package plan

import (
	"slices"
	"time"

	"invd/engine/inventory"
)

// A Schedule is a cadence over the next Days days, today included.
type Schedule struct {
	Name      string
	Days      int
	Every     time.Duration
	Objective time.Duration // the age up to which a key counts as fresh
	MaxAge    time.Duration // the age that the planner keeps a key under
}

// OnDemand is the most urgent band: what somebody waits for.
const OnDemand = 0

// Rules are the schedules in force. They do not change after NewRules.
type Rules struct {
	schedules []Schedule
	horizon   int
	byAhead   []int // days ahead, less than horizon → index of the schedule

	stretch   float64
	intervals []time.Duration // each schedule's Every × stretch
}

// NewRules makes the rules of schedules, which are sorted from the shortest
// interval to the longest; of two with one interval the one with more days goes
// last. They are not stretched.
func NewRules(schedules []Schedule) *Rules {
	r := &Rules{schedules: sorted(schedules)}
	for _, s := range r.schedules {
		r.horizon = max(r.horizon, s.Days)
	}
	r.byAhead = make([]int, r.horizon)
	for ahead := range r.byAhead {
		r.byAhead[ahead] = slices.IndexFunc(r.schedules, func(s Schedule) bool { return ahead < s.Days })
	}
	return r.Stretched(1)
}

// Horizon is the number of days, today included, that some schedule covers.
func (r *Rules) Horizon() int { return r.horizon }

// Schedules are in force from the shortest interval to the longest. The caller
// must not change them.
func (r *Rules) Schedules() []Schedule { return r.schedules }

// Of returns the index into Schedules that date follows when today is the
// product's date, or false when none covers it.
func (r *Rules) Of(today, date inventory.Date) (int, bool) {
	ahead := int(date - today)
	if ahead < 0 || ahead >= r.horizon {
		return 0, false
	}
	return r.byAhead[ahead], true
}

// Bands names the queue's bands, the most urgent first: on-demand, the shortest
// schedule, retry, then the other schedules.
//
// A retry goes behind the shortest schedule, whose objective is the tightest,
// and ahead of all others: it has waited its backoff already.
func (r *Rules) Bands() []string {
	names := []string{"on-demand", r.schedules[0].Name, "retry"}
	for _, s := range r.schedules[1:] {
		names = append(names, s.Name)
	}
	return names
}

// Band returns the band of the schedule with that index.
func (r *Rules) Band(schedule int) int {
	if schedule == 0 {
		return 1
	}
	return schedule + 2
}

// Retry returns the band in which a failed job waits for a worker again.
func (r *Rules) Retry() int { return 2 }

// Next returns when k, last answered at checked, is due next under the schedule
// with that index: the first of its phase's ticks that comes more than an eighth
// of the interval after checked. A refresh that was late by less than 7/8 of the
// interval does not move the ticks after it, so nothing drifts.
func (r *Rules) Next(schedule int, k inventory.Key, checked time.Time) time.Time {
	every := r.intervals[schedule]
	return Tick(k, every, checked.Add(every/8))
}

// Ticks counts k's ticks under the schedule in (after, to].
func (r *Rules) Ticks(schedule int, k inventory.Key, after, to time.Time) int {
	every := r.intervals[schedule]
	if !to.After(after) {
		return 0
	}
	return int(Tick(k, every, to).Sub(Tick(k, every, after)) / every)
}

// Demand returns the requests a day that the schedules as written need for one
// enabled product, each key following its shortest schedule.
func (r *Rules) Demand() []float64 {
	perDay := make([]float64, len(r.schedules))
	for _, i := range r.byAhead {
		perDay[i] += float64(24*time.Hour) / float64(r.schedules[i].Every)
	}
	return perDay
}
