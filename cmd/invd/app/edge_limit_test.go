package app_test

import (
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/partner/sim"
)

// TestSeveralLimitsHoldAtOnce lets a backlog run into three of them, with kills.
func TestSeveralLimitsHoldAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{
			products: 20, sim: sim.Options{Limit: -1, Latency: 150 * time.Millisecond, Jitter: 50 * time.Millisecond},
			partner: "limits: [{requests: 3, per: 2s}, {requests: 30, per: 1m}, {requests: 400, per: 1h}]",
		})
		e.startDaemon()
		for _, d := range []time.Duration{7 * time.Second, 40 * time.Second, 3 * time.Minute, 20 * time.Minute} {
			time.Sleep(d)
			e.kill()
			e.startDaemon()
		}
		time.Sleep(2*time.Hour + 58*time.Minute - 24*time.Minute)
		e.checkWindows(3, 2*time.Second)
		e.checkWindows(30, time.Minute)
		e.checkWindows(400, time.Hour)
		if n := len(e.since(time.Time{})); n < 3*400*95/100 {
			t.Errorf("%d requests in three hours with a backlog, want 95 %% of 1200 at least", n)
		}
		b := e.status().Budget
		if len(b.Limits) != 3 || b.Limits[2].Used != 400 || b.Available != 0 || b.NextPermit.IsZero() || b.LimitPerDay != 9600 {
			t.Errorf("budget %+v, want the hour used up and 9600 a day", b)
		}
	})
}

// TestARestartRemembersAUsedUpWindow is edge case 14.
func TestARestartRemembersAUsedUpWindow(t *testing.T) {
	for name, end := range map[string]func(*edge){"kill": func(e *edge) { e.kill() }, "stop": func(e *edge) { e.stop() }} {
		t.Run("#14_"+name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEdge(t, setup{products: 10, sim: simLatency(200 * time.Millisecond)})
				e.startDaemon()
				for _, wait := range []time.Duration{300 * time.Millisecond, 700 * time.Millisecond, 5 * time.Second, 20 * time.Second} {
					time.Sleep(wait) // at first with requests in flight
					end(e)
					e.startDaemon()
				}
				time.Sleep(20 * time.Second)
				if n := len(e.since(time.Time{})); n != 30 {
					t.Errorf("%d requests and four restarts within the window, want 30", n)
				}
				time.Sleep(20 * time.Second)
				if n := len(e.since(time.Time{})); n != 60 {
					t.Errorf("%d requests in the second window, want 60", n)
				}
				e.checkLimit(30)
			})
		})
	}
}

// TestAClockSetBackOverARestart is what of edge case 55 can be made here: the first
// daemon's file is opened by one whose clock is an hour behind.
func TestAClockSetBackOverARestart(t *testing.T) {
	dir := t.TempDir() // of both bubbles
	s := setup{products: 5, yaml: week}
	synctest.Test(t, func(t *testing.T) {
		s.start = morning.Add(2 * time.Hour)
		e := newEdge(t, s)
		e.dir = dir
		e.startDaemon()
		time.Sleep(10 * time.Minute)
		e.stop()
	})
	if t.Failed() {
		return
	}
	synctest.Test(t, func(t *testing.T) {
		s.start = morning.Add(time.Hour + 10*time.Minute)
		e := newEdge(t, s)
		e.dir = dir
		e.startDaemon()
		began := time.Now()
		time.Sleep(40 * time.Minute)
		for _, p := range e.conf.Products {
			if n := len(on(e.today, of(p.ID, e.since(began)))); n < 2 || n > 4 {
				t.Errorf("#55 %d requests for product %d today in 40 minutes, want one every 15: neither silence nor a burst", n, p.ID)
			}
			if p := e.product(p.ID); p.Keys.Stale+p.Keys.Never > 0 {
				t.Errorf("#55 product %d has keys %+v, want all fresh", p.ID, p.Keys)
			}
		}
		if age := e.readSlots(16, e.today.AddDays(5)).Age; len(age) == 0 || age[0] == '-' {
			t.Errorf("#55 Age %q, want it not negative", age)
		}
		e.checkLimit(30)
	})
}
