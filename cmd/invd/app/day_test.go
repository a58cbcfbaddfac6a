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

// TestNotReadyBeforeTodayIsKnown is edge case 73: an empty store is not ready
// before the first sweep of today, or three seconds of grace.
func TestNotReadyBeforeTodayIsKnown(t *testing.T) {
	for _, tt := range []struct {
		latency, until time.Duration // ready by then and not a second sooner
	}{
		{2 * time.Second, 2 * time.Second},
		{10 * time.Hour, 3 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, setup{products: 3, start: monday, sim: simLatency(tt.latency), partner: "timeout: 1m"})
			w.startDaemon()
			for _, want := range []struct {
				after time.Duration
				code  int
			}{{tt.until - time.Second, http.StatusServiceUnavailable}, {4 * time.Second, http.StatusOK}} {
				time.Sleep(want.after)
				if resp, body := w.get("/-/ready"); resp.StatusCode != want.code {
					t.Errorf("latency %s: /-/ready = %s %s, want %d", tt.latency, resp.Status, body, want.code)
				}
			}
			w.kill()
			w.startDaemon()
			synctest.Wait()
			if resp, _ := w.get("/-/ready"); tt.latency < 10*time.Second && resp.StatusCode != http.StatusOK {
				t.Errorf("/-/ready after a restart = %s, want 200: today is stored", resp.Status)
			}
		})
	}
}
