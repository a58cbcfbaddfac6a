package app_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// monday is a Monday's midnight in Singapore.
var monday = time.Date(2026, 11, 22, 16, 0, 0, 0, time.UTC)

func TestADayKeepsEveryDateWithinItsSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setup{products: 8, start: monday.Add(5 * time.Hour)})
		w.startDaemon()
		time.Sleep(18 * time.Hour) // to 23:00
		st := w.status()
		for _, s := range st.Schedules {
			if s.Keys.Stale > 0 || s.Keys.Never > 0 {
				t.Errorf("schedule %s: %+v, want all fresh", s.Name, s.Keys)
			}
			if limit := s.EverySeconds*9/8 + 60; s.OldestAgeSeconds > limit {
				t.Errorf("schedule %s: oldest age %.0f s, want at most %.0f", s.Name, s.OldestAgeSeconds, limit)
			}
		}
		w.checkLimit(30)
		w.stop()
		w.checkFile()
		if t.Failed() {
			t.Log(w.logs)
		}
	})
}

func TestNothingIsKnownBeforeTheFirstAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setup{products: 2, start: monday, sim: simLatency(time.Minute)})
		w.startDaemon()
		for _, path := range []string{"/api/v1/experience/14/dates", "/api/v1/experience/14/slots?date=2026-11-24"} {
			resp, body := w.get(path)
			if resp.StatusCode != http.StatusNotFound || resp.Header.Get("X-Inventory-State") != "unknown" || resp.Header.Get("Retry-After") == "" {
				t.Errorf("GET %s = %s %v %s, want 404 unknown with Retry-After", path, resp.Status, resp.Header, body)
			}
		}
	})
}
