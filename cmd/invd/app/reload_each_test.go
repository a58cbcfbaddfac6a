package app_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"invd/cmd/invd/config"
)

// reloadRows are changes of one thing each, made while the daemon runs from
// reloadBase.
var reloadRows = []struct {
	name, partner, yaml string
	check               func(t *testing.T, w *world)
}{
	{"re-zoned", "", reloadSchedule + "products: [{id: 16, timezone: America/New_York}, {id: 17}]\n", func(t *testing.T, w *world) {
		p := w.product(16)
		if p.Timezone != "America/New_York" || p.Today.String() != "2026-11-22" {
			t.Errorf("product 16 is at %s in %s, want 2026-11-22 in America/New_York", p.Today, p.Timezone)
		}
		if p.Keys.Fresh != 2 {
			t.Errorf("%+v, want yesterday's date, which is today now, fetched too", p.Keys)
		}
		if other := w.product(17); other.Today.String() != "2026-11-23" {
			t.Errorf("product 17 is at %s, want the zone it had", other.Today)
		}
	}},
	{"re-weighted", "", reloadSchedule + "products: [{id: 16, weight: 40}, {id: 17}]\n", func(t *testing.T, w *world) {
		if p, q := w.product(16), w.product(17); p.Weight != 40 || q.Weight != 1 {
			t.Errorf("weights %g and %g, want 40 and 1", p.Weight, q.Weight)
		}
	}},
	{"disabled", "", reloadSchedule + "products: [{id: 16, enabled: false}, {id: 17}]\n", func(t *testing.T, w *world) {
		if p := w.product(16); p.State != "disabled" {
			t.Errorf("product 16 is %s, want disabled", p.State)
		}
	}},
	{"limits", "limits: [{requests: 5, per: 1m}, {requests: 100, per: 1h}]", reloadSchedule + reloadProducts, func(t *testing.T, w *world) {
		limits := w.status().Budget.Limits
		if len(limits) != 2 || limits[0].Requests != 5 || limits[1].Requests != 100 || limits[1].Used == 0 {
			t.Errorf("limits %+v, want 5 a minute and 100 an hour, with what was spent before counted", limits)
		}
	}},
	{"schedules", "", "schedules: [{name: often, days: 3, every: 10m}]\n" + reloadProducts, func(t *testing.T, w *world) {
		s := w.status().Schedules
		if len(s) != 1 || s[0].Name != "often" || s[0].EverySeconds != 600 || s[0].Keys.Fresh != 6 {
			t.Errorf("schedules %+v, want often alone with 6 fresh keys", s)
		}
	}},
}

const (
	reloadSchedule = "schedules: [{name: today, days: 2, every: 30m}]\n"
	reloadProducts = "products: [{id: 16}, {id: 17}]\n"
)

func TestAReloadChangesEachThingAlone(t *testing.T) {
	for _, row := range reloadRows {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, setup{products: 4, start: monday.Add(9 * time.Hour), yaml: reloadSchedule + reloadProducts})
				w.startDaemon()
				time.Sleep(5 * time.Minute)
				today := w.product(17).Today
				before, known, _ := w.slots(17, today)
				next := mustConfig(t, row.partner, row.yaml, nil)
				w.load = func() (*config.Config, error) { return next, nil }
				if resp, body := w.post("/-/reload", ""); resp.StatusCode != http.StatusOK {
					t.Fatalf("reload = %s %s", resp.Status, body)
				}
				time.Sleep(5 * time.Minute)
				row.check(t, w)
				if code, text, _ := w.slots(17, today); code != before || text != known || code == http.StatusServiceUnavailable {
					t.Errorf("product 17 is answered %d %s, before the reload %d %s", code, text, before, known)
				}
				w.checkLimit(30)
				w.stop()
				w.checkFile()
			})
		})
	}
}
