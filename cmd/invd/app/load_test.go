package app_test

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestAWeekOfTooManyProducts is the seed's workload: 450 products that ask for 1.6
// times what the partner allows. All of the budget is used, none of it twice, and
// no schedule starves.
func TestAWeekOfTooManyProducts(t *testing.T) {
	span := 7 * 24 * time.Hour
	if raceEnabled {
		span = 6 * time.Hour
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setup{
			products: 450, start: monday.Add(9 * time.Hour), sim: simLatency(100 * time.Millisecond),
			partner: "concurrency: 30", // the real partner takes 30 calls at once
		})
		w.startDaemon()
		const step = 6 * time.Hour
		last := 0
		for at := time.Duration(0); at < span; at += step {
			time.Sleep(step)
			n := w.partner.Stats().Requests
			if got, want := n-last, int(step/time.Minute)*30*95/100; got < want {
				t.Errorf("%s: %d requests in %s with a backlog, want at least %d", at, got, step, want)
			}
			last = n
		}
		w.checkLimit(30)
		st := w.status()
		for _, s := range st.Schedules {
			if s.Keys.Fresh == 0 {
				t.Errorf("schedule %s: %+v: starved", s.Name, s.Keys)
			}
		}
		if today := st.Schedules[0]; today.Keys.Fresh < 450 {
			t.Errorf("schedule today: %+v, want all fresh", today.Keys)
		}
		if st.Infeasible == "" {
			t.Error("status does not say that the budget is too small")
		}
		w.stop()
		w.checkFile()
	})
}
