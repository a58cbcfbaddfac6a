package app_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"invd/cmd/invd/app"
	"invd/engine/inventory"
	"invd/engine/partner/sim"
	"invd/engine/plan"
)

// A cadence notes how long each schedule really lets a date wait, once everything
// was fetched for the first time.
type cadence struct {
	t     *testing.T
	rules *plan.Rules // as written
	zone  *time.Location
	last  map[inventory.Key]asked
	since time.Time       // zero: not yet
	worst []time.Duration // by schedule: the longest between two requests of a date that followed it at both
}

type asked struct {
	at       time.Time
	schedule int
}

func (c *cadence) note(r sim.Request) {
	now := time.Now().In(c.zone)
	date, err := inventory.ParseDate(r.Date)
	schedule, ok := c.rules.Of(inventory.DateOf(now), date)
	if err != nil || !ok {
		c.t.Errorf("asked for %q at %s", r.Date, now)
		return
	}
	k := inventory.Key{Product: inventory.ProductID(r.Product), Date: date}
	if before := c.last[k]; before.schedule == schedule && !c.since.IsZero() && before.at.After(c.since) {
		c.worst[schedule] = max(c.worst[schedule], now.Sub(before.at))
	}
	c.last[k] = asked{now, schedule}
}

// TestAWeekOfTooManyProducts is the seed's workload, or a third of it: 450 products
// and 30 requests a minute, which is 1.72 times what the partner allows. Every
// schedule is stretched 1.81 times and keeps that: none starves.
func TestAWeekOfTooManyProducts(t *testing.T) {
	span := 7 * 24 * time.Hour
	if raceEnabled {
		span = 6 * time.Hour
	}
	synctest.Test(t, func(t *testing.T) {
		c := &cadence{t: t, zone: mustZone(t, "Asia/Singapore"), last: map[inventory.Key]asked{}}
		w := newWorld(t, setup{
			products: 15 * perMinute, start: monday.Add(9 * time.Hour),
			sim: sim.Options{Limit: perMinute, Latency: 100 * time.Millisecond, OnRequest: c.note},
			// The real partner takes all calls of a minute at once.
			partner: fmt.Sprintf("concurrency: %[1]d, limits: [{requests: %[1]d, per: 1m}]", perMinute),
		})
		c.rules = app.Catalogue(w.conf).Rules
		c.worst = make([]time.Duration, len(c.rules.Schedules()))
		w.startDaemon()
		const step = 6 * time.Hour
		last := 0
		for at := time.Duration(0); at < span; at += step {
			time.Sleep(step)
			n := w.partner.Stats().Requests
			share := 93 // percent of the budget: what the stretched schedules ask for
			if at+step <= 12*time.Hour {
				share = 98 // the first fetch of everything takes what there is
			}
			if got, want := n-last, int(step/time.Minute)*perMinute*share/100; got < want {
				t.Errorf("%s: %d requests in %s, want at least %d", at, got, step, want)
			}
			last = n
			never := 0
			for _, s := range w.status().Schedules {
				never += s.Keys.Never
			}
			w.mu.Lock()
			if never == 0 && c.since.IsZero() {
				c.since = time.Now()
				t.Logf("everything was fetched once within %s", at+step)
			}
			w.mu.Unlock()
		}
		w.checkLimit(perMinute)
		st := w.status()
		if st.Stretch != 1.81 || st.Infeasible == "" {
			t.Errorf("status says stretched %v times because %q; want 1.81 and why", st.Stretch, st.Infeasible)
		}
		longest := 0.0 // what a date may wait that comes under a schedule from the one behind it
		for i := len(st.Schedules) - 1; i >= 0; i-- {
			s := st.Schedules[i]
			kept := st.Stretch*s.EverySeconds*9/8 + 120
			if got := c.worst[i].Seconds(); got > kept {
				t.Errorf("schedule %s: %.0f s between two requests of a date, want at most %.0f", s.Name, got, kept)
			}
			if longest += kept; s.OldestAgeSeconds > longest {
				t.Errorf("schedule %s: oldest age %.0f s, want at most %.0f: starved", s.Name, s.OldestAgeSeconds, longest)
			}
		}
		t.Logf("longest between two requests of a date: %v", c.worst)
		w.stop()
		w.checkFile()
	})
}
