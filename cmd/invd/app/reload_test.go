package app_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"invd/cmd/invd/config"
	"invd/engine/partner/sim"
)

// TestAReloadChangesWhatIsFetchedAndLosesNothing reloads while a backlog is being
// fetched: other products, another schedule, other limits.
func TestAReloadChangesWhatIsFetchedAndLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setup{products: 16, start: monday.Add(9 * time.Hour), sim: simLatency(300 * time.Millisecond), yaml: "products: [{id: 14}, {id: 16}]\n"})
		w.startDaemon()
		time.Sleep(10 * time.Minute)
		today := w.product(16).Today
		before := readable(w, today)
		next := mustConfig(t, "limits: [{requests: 10, per: 1m}]",
			"products: [{id: 16}, {id: 17}]\nschedules: [{name: often, days: 3, every: 5m}]\njobs: {keep: 1h, keep_max: 5}\n", nil)
		w.load = func() (*config.Config, error) { return next, nil }
		if resp, body := w.post("/-/reload", ""); resp.StatusCode != http.StatusOK {
			t.Fatalf("reload = %s %s", resp.Status, body)
		}
		sent := w.partner.Stats().Requests
		time.Sleep(30 * time.Minute)
		if n := w.partner.Stats().Requests - sent; n > 30*10 || n < 20 {
			t.Errorf("%d requests in 30 minutes at 10 a minute with 6 keys due every 5 minutes", n)
		}
		if resp, _ := w.get("/api/v1/experience/14/dates"); resp.StatusCode != http.StatusNotFound {
			t.Errorf("a product that was taken out is answered %s, want 404", resp.Status)
		}
		st := w.status()
		if len(st.Schedules) != 1 || st.Schedules[0].Name != "often" || st.Schedules[0].Keys.Fresh != 6 {
			t.Errorf("schedules %+v, want often alone with 6 fresh keys", st.Schedules)
		}
		w.conf = next
		if after := readable(w, today); len(after) < len(before)/2 { // product 16's stay
			t.Errorf("%d dates readable, %d before", len(after), len(before))
		}
		_, body := w.do(w.admin, http.MethodGet, "/metrics", nil)
		for _, line := range []string{`invd_freshness_keys{schedule="often",state="fresh"} 6`, `invd_config_reloads_total{result="success"} 1`, "invd_config_last_reload_successful 1"} {
			if !strings.Contains(string(body), line+"\n") {
				t.Errorf("metrics do not have %s", line)
			}
		}
		w.checkLimit(30)
		w.stop()
		w.checkFile()
	})
}

// TestAReloadedLimitCountsWhatWasSpentBefore adds a limit whose window is longer than
// that of any before, when half of it is spent.
func TestAReloadedLimitCountsWhatWasSpentBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 20, sim: sim.Options{Limit: -1, Latency: 100 * time.Millisecond}, partner: "limits: [{requests: 3, per: 2s}]"})
		e.startDaemon()
		time.Sleep(6 * time.Minute)
		e.checkWindows(3, 2*time.Second)
		spent := len(e.since(time.Time{}))
		next := mustConfig(t, "limits: [{requests: 3, per: 2s}, {requests: 1000, per: 1h}]", "products: [{id: 1}]\n", nil)
		next.Products, next.Timezone = e.conf.Products, e.conf.Timezone
		e.load = func() (*config.Config, error) { return next, nil }
		if resp, body := e.post("/-/reload", ""); resp.StatusCode != http.StatusOK {
			t.Fatalf("reload = %s %s", resp.Status, body)
		}
		if used := e.status().Budget.Limits[1].Used; used < spent {
			t.Errorf("%d of the hour are used after the reload, want the %d that were spent, at least", used, spent)
		}
		time.Sleep(50 * time.Minute)
		if n := len(e.since(time.Time{})); spent < 400 || n != 1000 {
			t.Errorf("%d requests until the reload and %d in the hour, want 400 at least and 1000", spent, n)
		}
	})
}

func TestABadReloadChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setup{products: 2, start: monday})
		w.startDaemon()
		time.Sleep(time.Minute)
		before := w.status()
		w.load = func() (*config.Config, error) { return nil, errors.New("invd.yaml:7: partnr: unknown key") }
		resp, body := w.post("/-/reload", "")
		if resp.StatusCode != http.StatusBadRequest || !strings.Contains(string(body), "invd.yaml:7: partnr: unknown key") {
			t.Errorf("a bad reload = %s %s, want 400 with the reason", resp.Status, body)
		}
		if after := w.status(); after.Schedules[0].Keys != before.Schedules[0].Keys || after.Timers != before.Timers {
			t.Errorf("status after a bad reload %+v, before %+v", after, before)
		}
		if _, body := w.do(w.admin, http.MethodGet, "/metrics", nil); !strings.Contains(string(body), "invd_config_last_reload_successful 0\n") {
			t.Error("metrics do not tell of the bad reload")
		}
	})
}
