package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestReadersThatWait asks for product 14 today, ten minutes old, with a bound on
// its age.
func TestReadersThatWait(t *testing.T) {
	for _, tt := range []struct {
		name    string
		readers int
		latency time.Duration
		prepare func(e *edge)
		query   string
		code    int
		fresh   string
		asked   int           // requests to the partner
		waited  time.Duration // at most
	}{
		{"#67_the_partner_answers", 1, 300 * time.Millisecond, nothing, "&max_age=30s", 200, "true", 1, time.Second},
		{"#67_100_at_once", 100, 300 * time.Millisecond, nothing, "&max_age=30s", 200, "true", 1, time.Second},
		{"#67_the_partner_is_slow", 1, 10 * time.Second, nothing, "&max_age=30s", 200, "false", 1, 1200 * time.Millisecond},
		{"#67_100_and_the_partner_is_slow", 100, 10 * time.Second, nothing, "&max_age=30s", 200, "false", 1, 1200 * time.Millisecond},
		{"#67_paused", 1, 300 * time.Millisecond, func(e *edge) { e.command("/api/v1/pause", "{}") }, "&max_age=30s", 200, "false", 0, 0},
		{"#67_no_budget", 1, 300 * time.Millisecond, spend, "&max_age=30s", 200, "false", 0, 1200 * time.Millisecond},
		{"#68_wait_of_999_s_is_capped", 1, 10 * time.Second, nothing, "&max_age=30s&wait=999s", 200, "false", 1, 5 * time.Second},
		{"#68_negative_wait", 1, 300 * time.Millisecond, nothing, "&max_age=30s&wait=-1s", 400, "", 0, 0},
		{"#68_no_duration", 1, 300 * time.Millisecond, nothing, "&max_age=maybe", 400, "", 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEdge(t, setup{products: 2, yaml: calm, sim: simLatency(tt.latency), partner: "timeout: 20s, limits: [{requests: 2, per: 10m}]"})
				e.open(14, e.today)
				e.startDaemon()
				time.Sleep(11 * time.Minute)
				tt.prepare(e)
				began := time.Now()
				var wg sync.WaitGroup
				for range tt.readers {
					wg.Go(func() {
						resp, body := e.request("GET", sold14(e)+tt.query, "")
						if resp.StatusCode != tt.code || resp.Header.Get("X-Inventory-Fresh") != tt.fresh {
							t.Errorf("%d, fresh %q, want %d and %q: %s", resp.StatusCode, resp.Header.Get("X-Inventory-Fresh"), tt.code, tt.fresh, body)
						}
					})
				}
				wg.Wait()
				if took := time.Since(began); took > tt.waited {
					t.Errorf("they waited %s, want %s at most", took, tt.waited)
				}
				time.Sleep(20 * time.Second)
				if asked := e.since(began); len(asked) != tt.asked {
					t.Errorf("the partner was asked %s, want %d requests", times(began, asked), tt.asked)
				}
				e.checkLimit(2)
			})
		})
	}
}

func nothing(*edge) {}

// spend uses up the limit of two requests.
func spend(e *edge) {
	e.refresh(14, e.today)
	e.refresh(15, e.today)
	time.Sleep(5 * time.Minute)
}

func sold14(e *edge) string { return fmt.Sprintf("%s?date=%s", at14, e.today) }

// TestRangesOfDates asks for backfills of ranges, one of which is one.
func TestRangesOfDates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 1, yaml: calm})
		e.startDaemon()
		time.Sleep(time.Minute)
		for _, tt := range []struct {
			name, body string
			code       int
			want       string
		}{
			{"#69_one_date", fmt.Sprintf(`{"from":"%s","to":"%[1]s"}`, e.today), http.StatusOK, `"total":1`},
			{"#69_reversed", fmt.Sprintf(`{"from":"%s","to":"%s"}`, e.today.AddDays(1), e.today), http.StatusBadRequest, "to lies before from"},
			{"#69_10000_days", fmt.Sprintf(`{"from":"%s","to":"%s"}`, e.today, e.today.AddDays(10_000)), http.StatusConflict, "want dates from "},
			{"#69_no_date", `{"from":"2026-02-30","to":"2026-03-01"}`, http.StatusBadRequest, "no such day"},
		} {
			if resp, body := e.post("/api/v1/backfills", tt.body); resp.StatusCode != tt.code || !strings.Contains(string(body), tt.want) {
				t.Errorf("%s: %s = %s %s, want %d with %q", tt.name, tt.body, resp.Status, body, tt.code, tt.want)
			}
		}
	})
}
