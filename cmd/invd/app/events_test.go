package app_test

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"invd/cmd/invd/config"
	"invd/engine/partner/sim"
	"invd/engine/report"
)

// TestWatchersHearWhatTheDaemonDoes follows the events of a daemon over fetches, a
// pause, a failure, a reload and the end.
func TestWatchersHearWhatTheDaemonDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 2, yaml: calm + "retry: {max_attempts: 1}\n"})
		e.load = func() (*config.Config, error) { return e.conf, nil }
		e.startDaemon()
		time.Sleep(time.Minute)
		resp, err := e.admin.Get("http://localhost/api/v1/events")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		heard := make(chan string, 1000)
		go func() {
			defer close(heard)
			for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
				if text := lines.Text(); text != "" {
					heard <- text
				}
			}
		}()
		// next returns the data of the next event of a kind.
		next := func(kind string) string {
			t.Helper()
			for line := range heard {
				if line == "event: "+kind {
					return strings.TrimPrefix(<-heard, "data: ")
				}
			}
			t.Fatalf("the stream ended before %s", kind)
			return ""
		}
		if s := decode[report.Source](t, next("source")); s.State != "open" {
			t.Errorf("source = %+v; want it open", s)
		}
		if b := decode[report.Budget](t, next("budget")); len(b.Limits) != 1 || b.Limits[0].Requests != 30 {
			t.Errorf("budget = %+v; want 30 a minute", b)
		}

		e.refresh(14, e.today)
		if j := decode[report.JobEnd](t, next("job")); j.Product != 14 || j.Date != e.today || j.State != "done" || j.Trigger != "manual" {
			t.Errorf("job = %+v; want product 14 today done by hand", j)
		}
		e.inject(sim.Injection{Fault: "500", Product: 15})
		e.refresh(15, e.today)
		if j := decode[report.JobEnd](t, next("job")); j.Product != 15 || j.State != "dead" || !strings.Contains(j.Error, "500") {
			t.Errorf("job = %+v; want product 15 dead of a 500", j)
		}

		e.command("/api/v1/products/15/pause", `{"reason":"works","for":"30s"}`)
		if p := decode[report.PauseChange](t, next("pause")); p.Scope != "product/15" || p.Paused == nil || p.Paused.Reason != "works" {
			t.Errorf("pause = %+v; want product/15 paused", p)
		}
		if p := decode[report.PauseChange](t, next("pause")); p.Scope != "product/15" || p.Paused != nil || p.By != "expiry" {
			t.Errorf("pause = %+v; want its end", p)
		}
		e.command("/api/v1/pause", "{}")
		if s := decode[report.Source](t, next("source")); s.State != "paused" {
			t.Errorf("source = %+v; want it paused", s)
		}

		e.command("/-/reload", "")
		if r := decode[report.Reload](t, next("reload")); !r.OK {
			t.Errorf("reload = %+v; want it good", r)
		}
		e.command("/api/v1/resume", "") // of the engine that the reload started
		if s := decode[report.Source](t, next("source")); s.State != "open" {
			t.Errorf("source = %+v; want it open", s)
		}

		began := time.Now()
		e.stop()
		if took := time.Since(began); took > time.Second {
			t.Errorf("the daemon waited %s for a watcher; want it to end the stream", took)
		}
		for range heard { // until it has ended
		}
	})
}

// TestThePageOfARealDaemon asks for the pages of a daemon that has fetched, failed
// and been paused.
func TestThePageOfARealDaemon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 3, yaml: calm + "retry: {max_attempts: 1}\n"})
		e.inject(sim.Injection{Fault: "500", Product: 15})
		e.startDaemon()
		time.Sleep(time.Minute)
		e.command("/api/v1/products/16/pause", `{"reason":"works & more"}`)
		day := e.today.String()
		for path, want := range map[string][]string{
			"/": {
				`<a class="g0" href="explain?product=14&amp;date=` + day,   // fresh
				`<a class="g4 x" href="explain?product=15&amp;date=` + day, // never answered, failed
				`<a class="g5" href="explain?product=16&amp;date=` + day,   // paused
				"product 16", "works &amp; more", `value="15/` + day + `">Retry`, "status 500",
			},
			"/?show=failing":                      {`explain?product=15&amp;date=` + day, "1–1 of 1"},
			"/explain?product=15&date=" + day:     {"Never answered", "status 500", "dead"},
			"/explain?product=14&date=" + day:     {"fresh"},
			"/explain?product=14&date=2001-01-01": {"lies outside"},
		} {
			_, body := e.do(e.admin, http.MethodGet, path, nil)
			for _, text := range want {
				if !strings.Contains(string(body), text) {
					t.Errorf("%s lacks %s", path, text)
				}
			}
		}
	})
}
