package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/partner/sim"
	"invd/engine/report"
)

// A throttleRow is one way of being told to come back later. A wait until an
// instant is longer by up to 1.25 s: the partner's Date has whole seconds, and a
// little slack is added.
type throttleRow struct {
	name  string
	fault sim.Fault
	hold  time.Duration
	until bool // an instant was named
}

var throttleRows = []throttleRow{
	{"#10_reset_in_40_s", "429-reset-ms", 40 * time.Second, true},
	{"#10_body_before_header", "429-conflict", 40 * time.Second, true},
	{"#11_reset_in_seconds", "429-reset-seconds", 40 * time.Second, true},
	{"#11_reset_as_text", "429-reset-string", 40 * time.Second, true},
	{"#11_reset_in_the_past", "429-reset-past", time.Second, false},
	{"#11_reset_0", "429-reset-zero", time.Second, false},
	{"#11_reset_negative", "429-reset-negative", time.Second, false},
	{"#11_reset_in_a_year", "429-reset-year", 5 * time.Minute, false},
	{"#11_reset_1e300", "429-reset-huge", 5 * time.Minute, false},
	{"#11_reset_null", "429-reset-null", time.Minute, false},
	{"#11_reset_a_word", "429-reset-text", time.Minute, false},
	{"#11_reset_missing", "429-reset-missing", time.Minute, false},
	{"#12_nothing_said", "429-bare", time.Minute, false},
	{"#12_retry_after_30", "429-retry-after", 30 * time.Second, false},
	{"#12_retry_after_0", "429-retry-after-zero", time.Second, false},
	{"#12_retry_after_negative", "429-retry-after-negative", time.Second, false},
	{"#12_retry_after_a_year", "429-retry-after-year", 5 * time.Minute, false},
	{"#12_retry_after_beyond_64_bits", "429-retry-after-overflow", 5 * time.Minute, false},
	{"#12_retry_after_a_word", "429-retry-after-text", time.Minute, false},
	{"#12_http_date", "429-http-date", 40 * time.Second, true},
	{"#12_ratelimit_reset", "429-ratelimit-reset", 40 * time.Second, false},
	{"#12_x_ratelimit_reset", "429-x-ratelimit-reset", 40 * time.Second, true},
	{"#12_503_with_retry_after", "503-retry-after", 30 * time.Second, false},
	{"#16_403_that_is_a_rate_limit", "403-rate-limit", 40 * time.Second, true},
}

// What the world showed of one throttled request.
type throttled struct {
	held     report.Source // half a second after the refusal
	read     reading       // then
	requests []sim.Request // from the refused one on
	job      report.Job
	attempts int // of the other product's job, which had to wait
}

// TestAnAnswerThatSaysWait sends each of them once, while two products wait.
func TestAnAnswerThatSaysWait(t *testing.T) {
	var got []throttled
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 4, yaml: calm})
		e.startDaemon()
		time.Sleep(2 * time.Minute)
		for _, row := range throttleRows {
			got = append(got, e.throttle(row.fault))
		}
		e.checkLimit(30)
	})
	for i, row := range throttleRows {
		t.Run(row.name, func(t *testing.T) { got[i].check(t, row) })
	}
}

func (e *edge) throttle(fault sim.Fault) (g throttled) {
	e.t.Helper()
	e.inject(sim.Injection{Fault: fault, Product: 16, Times: 1})
	began := time.Now()
	e.refresh(16, e.today)
	time.Sleep(500 * time.Millisecond)
	e.refresh(17, e.today) // which has to wait though nothing is wrong with it
	g.held, g.read = e.status().Source, e.readSlots(16, e.today)
	time.Sleep(10 * time.Minute)
	g.requests = e.since(began)
	g.job = e.jobs("product=16&limit=1")[0]
	g.attempts = e.jobs("product=17&limit=1")[0].Attempts
	return g
}

func (g *throttled) check(t *testing.T, row throttleRow) {
	t.Helper()
	if g.held.State != "held" || !strings.Contains(g.held.Reason, "throttled") || g.held.Failures != 0 {
		t.Errorf("after the refusal the source is %+v, want it held for being throttled, no failure counted", g.held)
	}
	if g.read.Code != http.StatusOK && g.read.State != "closed" {
		t.Errorf("meanwhile /slots = %d %s, want what is stored", g.read.Code, g.read.State)
	}
	if len(g.requests) != 3 {
		t.Fatalf("requests: %s\nwant the refused one, its repetition, and the other product's", times(g.requests[0].Time, g.requests))
	}
	most := row.hold + 50*time.Millisecond
	if row.until {
		most += 1250 * time.Millisecond
	}
	if d := gaps(g.requests)[0]; d < row.hold || d > most {
		t.Errorf("%s without a request, want %s to %s", d, row.hold, most)
	}
	if j := g.job; j.State != "done" || j.Attempts != 1 || g.attempts != 1 {
		t.Errorf("job %+v, the other one with %d attempts; want both done at the first attempt charged", j, g.attempts)
	}
}

// TestAStormOf429 is edge case 13, with a kill in the middle of it.
func TestAStormOf429(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 12, yaml: calm})
		e.startDaemon()
		time.Sleep(2 * time.Minute)
		e.inject(sim.Injection{Fault: "429-bare"})
		began := time.Now()
		for _, p := range e.conf.Products {
			e.refresh(p.ID, e.today)
		}
		time.Sleep(5*time.Minute + 30*time.Second)
		e.kill()
		e.startDaemon()
		if s := e.status().Source; s.State != "held" {
			t.Errorf("#13 after a restart in the middle of a hold the source is %s, want held", s.State)
		}
		time.Sleep(4*time.Minute + 30*time.Second)
		storm := e.since(began)
		if n := len(storm); n < 9 || n > 4+9 {
			t.Errorf("#13 requests in 10 minutes: %s\nwant what was in flight at first, then one a minute", times(began, storm))
		}
		for i, d := range gaps(storm) {
			if d != 0 && d < time.Minute {
				t.Errorf("#13 request %d came %s after the one before, want a minute", i+2, d)
			}
		}
		e.partner.Clear()
		time.Sleep(2 * time.Minute)
		for _, p := range e.conf.Products {
			jobs := e.jobs(fmt.Sprintf("product=%d&limit=1", p.ID))
			if j := jobs[0]; j.Trigger != "manual" || j.State != "done" || j.Attempts != 1 {
				t.Errorf("#13 after the storm product %d has %+v, want its refresh done with one attempt charged", p.ID, j)
			}
		}
		e.checkLimit(30)
	})
}
