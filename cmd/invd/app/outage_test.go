package app_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/inventory"
	"invd/engine/partner/sim"
)

// TestAnOutageOfSixHoursFailsNoRead is edge case 74.
func TestAnOutageOfSixHoursFailsNoRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setup{products: 10, start: monday.Add(4 * time.Hour)})
		w.startDaemon()
		time.Sleep(2 * time.Hour)
		today := w.product(16).Today
		before := readable(w, today)
		if len(before) == 0 {
			t.Fatal("nothing readable after two hours")
		}
		if err := w.partner.Inject(sim.Injection{Fault: "500"}); err != nil {
			t.Fatal(err)
		}
		sent := w.partner.Stats().Requests
		for range 6 {
			time.Sleep(time.Hour)
			if got := readable(w, today); len(got) != len(before) {
				t.Errorf("%d dates readable during the outage, want %d", len(got), len(before))
			}
		}
		if n := w.partner.Stats().Requests - sent; n < 60 || n > 10+6*60/4 {
			t.Errorf("%d requests in an outage of 6 h, want ten and then a probe every 5 minutes or so", n)
		}
		if st := w.status(); st.Source.State != "broken" {
			t.Errorf("source is %s, want broken", st.Source.State)
		}
		if _, _, h := w.slots(16, today); h.Get("Age") == "" {
			t.Error("a stale answer has no Age")
		}
		w.partner.Clear()
		time.Sleep(90 * time.Minute)
		st := w.status()
		for _, s := range st.Schedules[:2] {
			if s.Keys.Stale+s.Keys.Never > 0 {
				t.Errorf("90 minutes after the outage schedule %s: %+v, want all fresh", s.Name, s.Keys)
			}
		}
		w.checkLimit(30)
	})
}

// readable returns the dates of every product that /dates shows or /slots knows.
func readable(w *world, today inventory.Date) (paths []string) {
	for _, id := range w.conf.Products {
		for ahead := range 7 {
			path := fmt.Sprintf("/api/v1/experience/%d/slots?date=%s", id.ID, today.AddDays(ahead))
			resp, _ := w.get(path)
			if resp.StatusCode == http.StatusOK || resp.Header.Get("X-Inventory-State") == "closed" {
				paths = append(paths, path)
			}
		}
	}
	return paths
}
