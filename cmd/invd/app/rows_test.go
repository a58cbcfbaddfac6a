package app_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// An answer whose bytes are those of the last one is not decoded, and its slots are
// counted all the same.
func TestSlotsOfAnAnswerThatSaysTheSameAreCountedAsUnchanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setup{products: 4, start: monday.Add(4 * time.Hour), yaml: "products: [{id: 17}]\nschedules: [{name: week, days: 7, every: 24h}]\n"})
		w.startDaemon()
		time.Sleep(time.Minute)
		added := metric(w, `invd_sync_rows_total{change="added"}`)
		if resp, b := w.post("/api/v1/products/17/refresh", ""); resp.StatusCode != http.StatusOK {
			t.Fatalf("refresh = %s: %s", resp.Status, b)
		}
		time.Sleep(time.Minute)
		if got := metric(w, `invd_sync_rows_total{change="unchanged"}`); got != added || added == "0" {
			t.Errorf("%s slots unchanged after a second answer with the %s of the first; want as many", got, added)
		}
	})
}

// metric returns the value of a series as it is scraped.
func metric(w *world, series string) string {
	w.t.Helper()
	_, b := w.do(w.admin, http.MethodGet, "/metrics", nil)
	_, after, found := strings.Cut(string(b), "\n"+series+" ")
	if !found {
		w.t.Fatalf("no series %s", series)
	}
	value, _, _ := strings.Cut(after, "\n")
	return value
}
