package simulation

import (
	"slices"
	"sync"
	"time"

	"invd/engine/inventory"
	"invd/engine/limit"
	"invd/engine/partner/sim"
	"invd/engine/partner/world"
)

// A glance is what came of one read.
type glance struct {
	at       time.Time
	ahead    int // days
	waited   bool
	answered bool
	age      time.Duration
	verdict  world.Verdict
}

// A tally adds up what readers saw.
type tally struct {
	Options
	start, counts time.Time // of the run, and of the days that count

	mu         sync.Mutex // over what follows, while readers add to it
	first      count      // of the first day
	rest       count      // of the days that count
	schedules  []count    // of those days; the last one is for dates that no schedule covers
	hours      []Hour
	firstCalls int // requests on the first day
	stats      sim.Stats
}

// A count is of some of the reads.
type count struct {
	reads, waited, answered, fresh, available, oversold int

	ages   []time.Duration // of the answered ones
	oldest time.Duration   // age of an open date, read or not
	never  bool            // when last looked at, one in sight from the start had never been fetched
}

func newTally(o Options, start time.Time) *tally {
	return &tally{
		Options: o, start: start, counts: start.AddDate(0, 0, 1),
		schedules: make([]count, len(o.Catalogue.Rules.Schedules())+1), hours: make([]Hour, 24*(o.Days+1)),
	}
}

func (t *tally) add(g glance) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if h := int(g.at.Sub(t.start) / time.Hour); h < len(t.hours) {
		t.hours[h].Reads++
		if g.answered && g.verdict.Fresh {
			t.hours[h].Fresh++
		}
	}
	if g.at.Before(t.counts) {
		t.first.add(g)
		return
	}
	t.rest.add(g)
	t.of(g.ahead).add(g)
}

// of returns the count of the schedule that covers dates so many days ahead.
func (t *tally) of(ahead int) *count {
	if i, ok := t.Catalogue.Rules.Of(0, inventory.Date(ahead)); ok {
		return &t.schedules[i]
	}
	return &t.schedules[len(t.schedules)-1]
}

func (c *count) add(g glance) {
	c.reads++
	if g.waited {
		c.waited++
	}
	if !g.answered {
		return
	}
	c.answered++
	c.ages = append(c.ages, g.age)
	if g.verdict.Fresh {
		c.fresh++
	}
	if g.verdict.Available {
		c.available++
	}
	if g.verdict.Oversold {
		c.oversold++
	}
}

// sample begins another look at the ages of all open dates.
func (t *tally) sample() {
	for i := range t.schedules {
		t.schedules[i].never = false
	}
}

// aged notes the age of an open date. never says that it has been in sight since the
// start and was never fetched.
func (t *tally) aged(ahead int, age time.Duration, never bool) {
	c := t.of(ahead)
	c.oldest = max(c.oldest, age)
	c.never = c.never || never
}

// result sums up.
func (t *tally) result() Result {
	c := &t.rest
	p50, p99 := c.percentiles()
	r := Result{
		Policy: t.Policy, Seed: t.World.Seed, Reads: c.reads,
		Fresh: share(c.fresh, c.reads), Available: share(c.available, c.reads), Oversold: share(c.oversold, c.reads),
		Answered: share(c.answered, c.reads), Waited: share(c.waited, c.reads), FirstDay: share(t.first.fresh, t.first.reads), AgeP50: p50, AgeP99: p99,
		Budget:  float64(t.stats.Requests-t.firstCalls) / (limit.PerDay(t.Limits) * float64(t.Days)),
		Fullest: t.stats.Fullest, Refused: t.stats.Refused, Hours: t.hours,
	}
	for i, s := range t.Catalogue.Rules.Schedules() {
		c := &t.schedules[i]
		p50, p99 := c.percentiles()
		r.Schedules = append(r.Schedules, ScheduleResult{
			Name: s.Name, Reads: share(c.reads, t.rest.reads), Fresh: share(c.fresh, c.reads),
			AgeP50: p50, AgeP99: p99, MaxAge: c.oldest.Seconds(), Never: c.never,
		})
	}
	return r
}

// percentiles returns the ages, in seconds, that half and 99 % of the answered
// reads are below.
func (c *count) percentiles() (p50, p99 float64) {
	if len(c.ages) == 0 {
		return 0, 0
	}
	slices.Sort(c.ages)
	return c.ages[len(c.ages)/2].Seconds(), c.ages[len(c.ages)*99/100].Seconds()
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}
