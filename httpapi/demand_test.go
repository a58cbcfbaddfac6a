package httpapi

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	table "invd/engine/demand"
	"invd/engine/inventory"
	"invd/engine/plan"
)

// counting is a Demand that only counts.
type counting struct{ *table.Table }

func (counting) Read(context.Context, inventory.Key, time.Time) bool      { return false }
func (counting) Await(context.Context, inventory.Key, time.Duration) bool { return false }

// Reads count for the key that was asked for, whatever the answer: what is closed,
// unknown or in the reader's own cache is asked for all the same.
func TestEveryReadOfACoveredDateIsCounted(t *testing.T) {
	catalogue, store := testCatalogue(t), mirrored(t)
	today := mustDate(t, "2025-03-25")
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(noon))
		counted := table.New([]inventory.ProductID{14, 15}, 60)
		p := mustPublic(t, PublicOptions{Reader: store, Catalogue: func() *plan.Catalogue { return catalogue }, CacheBytes: 1 << 20, Demand: counting{counted}})
		defer p.Close()
		for _, r := range []struct{ method, target string }{
			{http.MethodGet, "/api/v1/experience/14/slots?date=2025-03-25"},
			{http.MethodGet, "/api/v1/experience/14/slots?date=2025-03-25"},
			{http.MethodHead, "/api/v1/experience/14/slots/?date=2025-03-26"},             // closed
			{http.MethodGet, "/api/v1/experience/14/slots?date=2025-05-23"},               // day 59, never fetched
			{http.MethodGet, "/api/v1/experience/14/slots?date=2025-05-24"},               // beyond the horizon
			{http.MethodGet, "/api/v1/experience/14/slots?date=2025-03-24"},               // over
			{http.MethodGet, "/api/v1/experience/14/slots?date=2025-03-25&max_age=x"},     // refused
			{http.MethodGet, "/api/v1/experience/99/slots?date=2025-03-25"},               // no such product
			{http.MethodGet, "/api/v1/experience/16/slots?date=2025-03-25"},               // never fetched at all
			{http.MethodGet, "/api/v1/experience/15/dates"}, {http.MethodGet, "/-/ready"}, // no inventory
		} {
			ask(p, r.method, r.target)
		}
		if w := ask(p, http.MethodGet, "/api/v1/experience/14/slots?date=2025-03-25", "If-None-Match", "*"); w.Code != http.StatusNotModified {
			t.Errorf("with If-None-Match: %d, want 304", w.Code)
		}
		got := map[inventory.Key]int{}
		counted.Drain(time.Now(), func(k inventory.Key, n int) { got[k] = n })
		want := map[inventory.Key]int{
			{Product: 14, Date: today}: 3, {Product: 14, Date: today + 1}: 1, {Product: 14, Date: today + 59}: 1,
			{Product: 15, Date: table.AllDates}: 1,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("counted (-want +got):\n%s", diff)
		}
	})
}
