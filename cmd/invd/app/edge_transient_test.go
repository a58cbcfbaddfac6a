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

// A transientRow is a failure that passes: two answers go wrong, the third is good.
type transientRow struct {
	name  string
	fault sim.Fault
	kind  string // of the failure
	slow  bool   // each failure takes the whole timeout
	twice bool   // a connection that dies before any answer is tried once more at once
}

var transientRows = []transientRow{
	{name: "#06_cut_in_the_body", fault: "cut", kind: "transport"},
	{name: "#06_chunked_body_without_end", fault: "cut-chunked", kind: "transport"},
	{name: "#06_body_longer_than_said", fault: "length-short", kind: "bad_payload"},
	{name: "#06_half_a_body_as_if_whole", fault: "cut-unframed", kind: "bad_payload"},
	{name: "#06_cut_before_the_answer", fault: "drop", kind: "transport", twice: true},
	{name: "#06_half_a_gzip", fault: "gzip-truncated", kind: "transport"},
	{name: "#06_no_HTTP", fault: "not-http", kind: "transport"},
	{name: "#19_500", fault: "500", kind: "server_error"},
	{name: "#19_502", fault: "502", kind: "server_error"},
	{name: "#19_503", fault: "503", kind: "server_error"},
	{name: "#19_504", fault: "504", kind: "server_error"},
	{name: "#19_500_with_html", fault: "500-html", kind: "server_error"},
	{name: "#21_slow_drip", fault: "drip", kind: "timeout", slow: true},
	{name: "#21_no_answer", fault: "hang", kind: "timeout", slow: true},
	{name: "#21_no_body", fault: "hang-after-headers", kind: "timeout", slow: true},
}

// What the world showed of a failure that passes.
type passed struct {
	began         time.Time
	before, after reading
	between       reading
	explained     report.Explanation // between two attempts
	busy          int                // workers then
	requests      []sim.Request
	job           report.Job
}

func TestAFailureThatPasses(t *testing.T) {
	got := make([]passed, len(transientRows))
	synctest.Test(t, func(t *testing.T) {
		// The backoff is long enough to look at what is between two attempts.
		e := newEdge(t, setup{products: len(transientRows), yaml: calm + "retry: {base: 1m, cap: 2m}\n"})
		day := fmt.Sprintf(partnerDay, e.today)
		for _, p := range e.conf.Products {
			e.set(p.ID, e.today, day)
		}
		e.startDaemon()
		time.Sleep(5 * time.Minute)
		for i, row := range transientRows {
			e.pass(&got[i], e.conf.Products[i].ID, row)
		}
		if st := e.status(); st.Source.State != "open" || st.Source.Failures != 0 {
			t.Errorf("afterwards source %+v, want it open and its count of failures at 0", st.Source)
		}
		e.checkLimit(30)
	})
	for i, row := range transientRows {
		t.Run(row.name, func(t *testing.T) { got[i].check(t, row) })
	}
}

func (e *edge) pass(g *passed, product int64, row transientRow) {
	e.t.Helper()
	g.before = e.readSlots(product, e.today)
	e.set(product, e.today, strings.ReplaceAll(fmt.Sprintf(partnerDay, e.today), `"remaining":2000`, `"remaining":1`))
	failures := 2
	if row.twice {
		failures *= 2
	}
	e.inject(sim.Injection{Fault: row.fault, Product: product, Times: failures})
	g.began = time.Now()
	e.refresh(product, e.today)
	for range 600 { // the backoff is random, down to nothing
		time.Sleep(100 * time.Millisecond)
		if x := e.explain(product, e.today); x.Place == "wheel" && x.Job != nil {
			g.explained, g.busy, g.between = x, e.status().Workers.Busy, e.readSlots(product, e.today)
			break
		}
	}
	time.Sleep(10 * time.Minute)
	g.after = e.readSlots(product, e.today)
	g.requests = of(product, e.since(g.began))
	g.job = e.jobs(fmt.Sprintf("product=%d&limit=1", product))[0]
}

func (g *passed) check(t *testing.T, row transientRow) {
	t.Helper()
	if x := g.explained; x.Job == nil || x.Job.State != "retrying" || !strings.Contains(x.LastError, row.kind+": ") || !strings.Contains(x.Verdict, "its last attempt failed") {
		t.Errorf("after a failure: %+v\nwant the job retrying after %s", x, row.kind)
	}
	if g.busy != 0 {
		t.Errorf("%d workers busy after a failure, want 0", g.busy)
	}
	if g.between.Code != http.StatusOK || g.between.Body != g.before.Body || g.between.ETag != g.before.ETag {
		t.Errorf("/slots after a failure = %+v, want what was there before", g.between)
	}
	if want := first(`"remaining":2000`, `"remaining":1`)(g.before.Body); g.after.Body != want {
		t.Errorf("/slots in the end = %s\nwant %s", g.after.Body, want)
	}
	if j := g.job; j.State != "done" || j.Outcome != "changed" || j.Attempts != 3 {
		t.Errorf("job %+v, want it done with the third attempt", j)
	}
	d := gaps(g.requests)
	if row.twice && len(d) == 4 {
		if d[0] > time.Second || d[2] > time.Second {
			t.Errorf("a dead connection was tried again after %s and %s, want at most 1 s", d[0], d[2])
		}
		d = []time.Duration{d[1], d[3]}
	}
	if len(d) != 2 {
		t.Fatalf("requests: %s\nwant three attempts", times(g.began, g.requests))
	}
	timeout := time.Duration(0)
	if row.slow {
		timeout = 10 * time.Second
	}
	for i, most := range []time.Duration{time.Minute, 2 * time.Minute} {
		if d[i] < timeout || d[i] > timeout+most+time.Second {
			t.Errorf("attempt %d came %s after the one before, want %s to %s more than that", i+2, d[i], timeout, most)
		}
	}
}
