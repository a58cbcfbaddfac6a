package httpapi

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/inventory"
	"invd/engine/plan"
)

// fetching is a Demand that has every key answered after took, if a reader waits
// that long; what it is asked for it remembers.
type fetching struct {
	store *fakeStore
	took  time.Duration
	slots []inventory.Slot
	waits []time.Duration
	plain bool // a plain read waits too
}

func (*fetching) Count(inventory.Key)            {}
func (*fetching) CountDates(inventory.ProductID) {}

func (f *fetching) Read(ctx context.Context, k inventory.Key, _ time.Time) bool {
	return f.plain && f.Await(ctx, k, time.Second)
}

func (f *fetching) Await(_ context.Context, k inventory.Key, wait time.Duration) bool {
	f.waits = append(f.waits, wait)
	time.Sleep(min(wait, f.took))
	if wait < f.took {
		return false
	}
	f.store.put(record(k.Product, k.Date, time.Now(), f.slots...))
	return true
}

// TestAReaderGetsWhatItWaitedFor reads 14 of 2025-03-25, which is a minute old, and
// a date of 15 that was never fetched.
func TestAReaderGetsWhatItWaitedFor(t *testing.T) {
	const old, none = "/api/v1/experience/14/slots?date=2025-03-25", "/api/v1/experience/15/slots?date=2025-05-01"
	tests := []struct {
		name, target string
		took         time.Duration
		plain        bool
		code         int
		fresh, age   string
		waited       time.Duration // 0: it did not
	}{
		{"young enough", old + "&max_age=60s", 200 * time.Millisecond, false, 200, "true", "60", 0},
		{"too old", old + "&max_age=59", 200 * time.Millisecond, false, 200, "true", "0", 1200 * time.Millisecond},
		{"its own wait", old + "&max_age=0&wait=300ms", 200 * time.Millisecond, false, 200, "true", "0", 300 * time.Millisecond},
		{"no wait", old + "&max_age=0s&wait=0", 200 * time.Millisecond, false, 200, "false", "60", 0},
		{"too late", old + "&max_age=30s", 2 * time.Second, false, 200, "false", "61", 1200 * time.Millisecond},
		{"a wait is capped", old + "&max_age=30s&wait=1h", 2 * time.Second, false, 200, "true", "0", 5 * time.Second},
		{"never fetched", none + "&max_age=1h", 200 * time.Millisecond, false, 200, "true", "0", 1200 * time.Millisecond},
		{"never fetched and too late", none + "&max_age=1h", 2 * time.Second, false, 404, "false", "", 1200 * time.Millisecond},
		{"plain", old, 200 * time.Millisecond, false, 200, "", "60", 0},
		{"read through", old, 200 * time.Millisecond, true, 200, "", "0", time.Second},
	}
	catalogue := testCatalogue(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(noon))
				store := mirrored(t)
				f := &fetching{store: store, took: tt.took, plain: tt.plain, slots: nightSafari(t, mustDate(t, "2025-03-25"))}
				p := mustPublic(t, PublicOptions{Reader: store, Catalogue: func() *plan.Catalogue { return catalogue }, CacheBytes: 1 << 20, Demand: f})
				defer p.Close()
				w := ask(p, http.MethodGet, tt.target)
				if w.Code != tt.code || w.Header().Get("X-Inventory-Fresh") != tt.fresh || w.Header().Get("Age") != tt.age {
					t.Errorf("%d, fresh %q, age %q; want %d, %q, %q", w.Code, w.Header().Get("X-Inventory-Fresh"), w.Header().Get("Age"), tt.code, tt.fresh, tt.age)
				}
				cut := map[bool]string{true: "5s"}[strings.Contains(tt.name, "capped")]
				if got := w.Header().Get("X-Inventory-Wait"); got != cut {
					t.Errorf("X-Inventory-Wait: %q, want %q", got, cut)
				}
				var waited time.Duration
				if len(f.waits) > 0 {
					waited = f.waits[0]
				}
				if waited != tt.waited {
					t.Errorf("it was ready to wait %s, want %s", waited, tt.waited)
				}
			})
		})
	}
}
