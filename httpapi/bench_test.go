package httpapi

import (
	"net/http"
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/engine/plan"
	"invd/metrics"
)

// warm returns a handler that is counted as in the daemon, a request that it has cached the answer to, and a
// writer that costs nothing.
func warm(tb testing.TB, path string, header http.Header) (p *Public, r *http.Request, w *sheet) {
	catalogue := testCatalogue(tb)
	store := newFakeStore()
	today := catalogue.Product(14).Today(time.Now())
	for ahead := range inventory.Date(3) { // the date may change under the test
		store.put(record(14, today+ahead, time.Now(), nightSafari(tb, today+ahead)...))
	}
	p = mustPublic(tb, PublicOptions{
		Reader: store, Catalogue: func() *plan.Catalogue { return catalogue }, CacheBytes: 1 << 20,
		Observer: metrics.New(metrics.Options{Schedules: []string{"today", "week", "month", "season"}, Handlers: Handlers()}).HTTP,
	})
	tb.Cleanup(p.Close)
	r = &http.Request{Method: http.MethodGet, URL: mustURL(path), Header: header}
	r.URL.RawQuery = "date=" + (today + 1).String()
	w = &sheet{header: http.Header{}}
	p.ServeHTTP(w, r)
	p.answers.entries.Wait()
	if w.code != http.StatusOK {
		tb.Fatalf("%s = %d %s; want 200", path, w.code, w.body)
	}
	return p, r, w
}

func hotPaths() []struct {
	name, path string
	header     http.Header
} {
	return []struct {
		name, path string
		header     http.Header
	}{
		{"slots", "/api/v1/experience/14/slots", nil},
		{"gzip", "/api/v1/experience/14/slots", http.Header{"Accept-Encoding": {"gzip"}}},
		{"304", "/api/v1/experience/14/slots", http.Header{"If-None-Match": {"*"}}},
		{"dates", "/api/v1/experience/14/dates", nil},
	}
}

// One is httprouter's list of parameters.
func TestACachedReadAllocatesAtMostOnce(t *testing.T) {
	for _, tt := range hotPaths() {
		if tt.name == "304" { // answers 304 to the first request already
			continue
		}
		p, r, w := warm(t, tt.path, tt.header)
		if n := testing.AllocsPerRun(1000, func() {
			clear(w.header)
			p.ServeHTTP(w, r)
		}); n > 1 {
			t.Errorf("%s: %v allocations; want 1", tt.name, n)
		}
	}
}

func BenchmarkSlots(b *testing.B) {
	for _, tt := range hotPaths() {
		b.Run(tt.name, func(b *testing.B) {
			header := tt.header
			p, r, w := warm(b, tt.path, http.Header{})
			r.Header = header
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				p.ServeHTTP(w, r)
			}
		})
	}
	b.Run("miss", func(b *testing.B) {
		p, r, w := warm(b, "/api/v1/experience/14/slots", nil)
		p.answers.close()
		p.answers = &answers{}
		b.ReportAllocs()
		for b.Loop() {
			clear(w.header)
			p.ServeHTTP(w, r)
		}
	})
}
