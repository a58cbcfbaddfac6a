package app_test

import (
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// TestAWeekOfTooManyProducts is the seed's workload: 450 products that ask for 1.6
// times what the partner allows.
func TestAWeekOfTooManyProducts(t *testing.T) {
	days := weekDays()
	if raceEnabled {
		days = 1
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setup{products: 450, start: monday.Add(9 * time.Hour), partner: "concurrency: " + os.Getenv("C"), sim: simLatency(100 * time.Millisecond)})
		w.startDaemon()
		var last int
		for day := range days {
			time.Sleep(24 * time.Hour)
			n := w.partner.Stats().Requests
			if got, want := n-last, 43_200*95/100; got < want {
				t.Errorf("day %d: %d requests with a backlog, want at least %d", day, got, want)
			}
			last = n
		}
		w.checkLimit(30)
		st := w.status()
		for _, s := range st.Schedules {
			t.Logf("%s: %+v, oldest %s", s.Name, s.Keys, time.Duration(s.OldestAgeSeconds)*time.Second)
			if s.Keys.Fresh == 0 {
				t.Errorf("schedule %s has no fresh key: starved", s.Name)
			}
		}
		if st.Infeasible == "" {
			t.Error("status does not say that the budget is too small")
		}
		w.stop()
		w.checkFile()
	})
}

func weekDays() int {
	if os.Getenv("D") != "" {
		return 1
	}
	return 7
}
