package httpapi

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/engine/plan"
)

func mustURL(path string) *url.URL { return &url.URL{Path: path} }

// Row A3 of the fault list: whatever is asked, the answer is one of a few and
// never a 5xx.
func FuzzPublic(f *testing.F) {
	catalogue := testCatalogue(f)
	today := catalogue.Product(14).Today(time.Now()) // the fuzzer runs in real time
	store := newFakeStore()
	for ahead := range inventory.Date(30) {
		var slots []inventory.Slot
		if ahead%3 != 2 {
			slots = nightSafari(f, today+ahead)
		}
		store.put(record(14, today+ahead, time.Now(), slots...))
	}
	for _, seed := range []struct{ method, path, query, match, encoding string }{
		{"GET", "/api/v1/experience/14/slots", "date=" + today.String(), `"a", W/"b"`, "gzip;q=0.5"},
		{"HEAD", "/api/v1/experience/14/slots/", "max_age=30s&wait=1&date=" + today.AddDays(2).String(), "*", "*;q=0"},
		{"GET", "/api/v1/experience/14/dates", "", "", ""},
		{"OPTIONS", "/api/v1/experience/14/../15/dates/", "%zz&&=;", `"`, ","},
		{"POST", "/-/ready", "verbose", "W/", ";;"},
		{"CONNECT", "", "", "", ""},
		{"OPTIONS", "*", "", "", ""},
	} {
		f.Add(seed.method, seed.path, seed.query, seed.match, seed.encoding)
	}
	p := mustPublic(f, PublicOptions{Reader: store, Catalogue: func() *plan.Catalogue { return catalogue }, CacheBytes: 1 << 20})
	f.Cleanup(p.Close)
	allowed := []int{200, 204, 304, 400, 404, 405}
	f.Fuzz(func(t *testing.T, method, path, query, match, encoding string) {
		r := &http.Request{Method: method, URL: &url.URL{Path: path, RawQuery: query}, Header: http.Header{
			"If-None-Match": {match}, "Accept-Encoding": {encoding},
		}}
		w := &sheet{header: http.Header{}}
		p.ServeHTTP(w, r)
		if !slices.Contains(allowed, w.code) {
			t.Fatalf("%q %q?%q = %d; want one of %v", method, path, query, w.code, allowed)
		}
		if strings.HasPrefix(w.header.Get("Content-Type"), "application/json") && w.header.Get("Content-Encoding") == "" &&
			method != http.MethodHead && !json.Valid(w.body) {
			t.Errorf("%q %q?%q: not JSON: %q", method, path, query, w.body)
		}
		for name, values := range w.header {
			if strings.ContainsAny(strings.Join(values, ""), "\r\n\x00") {
				t.Errorf("%q %q?%q: header %s = %q", method, path, query, name, values)
			}
		}
	})
}
