package sim_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"invd/engine/partner/sim"
)

// clock is a clock that tests turn.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func newClock() *clock { return &clock{now: time.Date(2025, 3, 20, 12, 0, 0, 0, time.UTC)} }

func get(p *sim.Partner, target, key string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Header.Set("x-api-key", key)
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w
}

const (
	firstSlotOfTuesday = `{"startDate":"2025-03-25","startTime":"04:00","endTime":"04:00",` +
		`"providerSlotId":"225532707686_2025-03-25T04:00","remaining":2000,"currencyCode":"SGD","variantId":32,` +
		`"paxAvailability":[{"max":20,"min":1,"remaining":1000,"type":"ADULT_12~99","isPrimary":true,` +
		`"description":"12-99 years","name":"Adult",` +
		`"price":{"discount":0,"finalPrice":212.14,"originalPrice":312.14,"currencyCode":"SGD"}}]}`

	secondSlotOfTuesday = `{"startDate":"2025-03-25","startTime":"04:30","endTime":"04:30",` +
		`"providerSlotId":"225532707686_2025-03-25T04:30","remaining":2000,"currencyCode":"SGD","variantId":32,` +
		`"paxAvailability":[{"max":20,"min":1,"remaining":1000,"type":"ADULT_12~99","isPrimary":true,` +
		`"description":"12-99 years","name":"Adult",` +
		`"price":{"discount":0,"finalPrice":242.14,"originalPrice":342.14,"currencyCode":"SGD"}},` +
		`{"max":20,"min":1,"remaining":1000,"type":"CHILD_3~11",` +
		`"description":"3-11 years","name":"Child",` +
		`"price":{"discount":0,"finalPrice":73,"originalPrice":173,"currencyCode":"SGD"}}]}`

	sundayOf15 = `[{"startDate":"2025-03-30","startTime":"00:00","endTime":"00:00",` +
		`"providerSlotId":"225532707687_2025-03-30T00:00","remaining":170,"currencyCode":"SGD","variantId":122,` +
		`"paxAvailability":[{"max":20,"min":1,"remaining":150,"type":"ADULT_12~99","isPrimary":true,` +
		`"description":"12-99 years","name":"Adult",` +
		`"price":{"discount":0,"finalPrice":341,"originalPrice":441,"currencyCode":"SGD"}},` +
		`{"max":20,"min":1,"remaining":10,"type":"CHILD_5~15","description":"5-15 years","name":"Child",` +
		`"price":{"discount":0,"finalPrice":137,"originalPrice":237,"currencyCode":"SGD"}},` +
		`{"max":20,"min":1,"remaining":10,"type":"INFANT_0~4","description":"0-4 years","name":"Infant",` +
		`"price":{"discount":0,"finalPrice":0,"originalPrice":0,"currencyCode":"SGD"}}]}]`
)

func TestProducts14And15AnswerByteForByteAsTheRealAPI(t *testing.T) {
	p := sim.New(sim.Options{APIKey: "secret", Limit: -1})
	w := get(p, "/api/v1/inventory/14?date=2025-03-25", "secret")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("status %d, Content-Type %q; want 200, JSON", w.Code, w.Header().Get("Content-Type"))
	}
	body := w.Body.String()
	if want := "[" + firstSlotOfTuesday + "," + secondSlotOfTuesday + ","; !strings.HasPrefix(body, want) {
		t.Errorf("product 14 begins with\n%.*s\nwant\n%s", len(want), body, want)
	}
	var starts []string
	for _, s := range p.Truth(14, "2025-03-25", time.Now()) {
		starts = append(starts, s.Start)
	}
	want := []string{"04:00", "04:30", "05:00", "05:30", "06:00", "06:30", "07:00", "07:30", "08:00"}
	if d := cmp.Diff(want, starts); d != "" {
		t.Errorf("slots of product 14 (-want +got):\n%s", d)
	}

	if got := get(p, "/api/v1/inventory/15?date=2025-03-30", "secret").Body.String(); got != sundayOf15 {
		t.Errorf("product 15 answers\n%s\nwant\n%s", got, sundayOf15)
	}
}

func TestRealProductsOpenOnTheirWeekdays(t *testing.T) {
	p := sim.New(sim.Options{Limit: -1})
	for _, tt := range []struct {
		product int64
		open    string // of the week that begins on Sunday 2025-03-23
	}{
		{14, "x-x-x-x"},
		{15, "x------"},
	} {
		got := ""
		for i := range 7 {
			date := time.Date(2025, 3, 23+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
			if string(p.Body(tt.product, date, time.Now())) == "[]" {
				got += "-"
			} else {
				got += "x"
			}
		}
		if got != tt.open {
			t.Errorf("product %d is open %s from Sunday, want %s", tt.product, got, tt.open)
		}
	}
}

func TestRequestsThatNameNothingAreRefused(t *testing.T) {
	p := sim.New(sim.Options{APIKey: "secret", Limit: -1, Products: sim.Catalogue(3)})
	for _, tt := range []struct {
		method, target, key string
		want                int
		body                string
	}{
		{"GET", "/api/v1/inventory/16?date=2025-03-25", "", 401, `{"statusCode":401,"message":"Unauthorized"}`},
		{"GET", "/api/v1/inventory/16?date=2025-03-25", "Secret", 401, `{"statusCode":401,"message":"Unauthorized"}`},
		{"GET", "/api/v1/inventory/17?date=2025-03-25", "secret", 404, `{"statusCode":404,"message":"Product not found"}`},
		{"GET", "/api/v1/inventory/abc?date=2025-03-25", "secret", 400, `{"statusCode":400,"message":"Bad Request"}`},
		{"GET", "/api/v1/inventory/16?date=2025-02-30", "secret", 400, `{"statusCode":400,"message":"Bad Request"}`},
		{"GET", "/api/v1/inventory/16?date=2025-3-9", "secret", 400, `{"statusCode":400,"message":"Bad Request"}`},
		{"GET", "/api/v1/inventory/16", "secret", 400, `{"statusCode":400,"message":"Bad Request"}`},
		{"GET", "/api/v1/products", "secret", 404, `{"statusCode":404,"message":"Not Found"}`},
		{"POST", "/api/v1/inventory/16?date=2025-03-25", "secret", 405, `{"statusCode":405,"message":"Method Not Allowed"}`},
	} {
		r := httptest.NewRequest(tt.method, tt.target, nil)
		r.Header.Set("x-api-key", tt.key)
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		if w.Code != tt.want || w.Body.String() != tt.body {
			t.Errorf("%s %s with key %q = %d %s; want %d %s", tt.method, tt.target, tt.key, w.Code, w.Body, tt.want, tt.body)
		}
	}
	if got := p.Stats().Requests; got != 9 {
		t.Errorf("Stats().Requests = %d, want 9: whatever arrives is counted", got)
	}
}

func TestTheThirtyFirstRequestOfAMinuteIsRefused(t *testing.T) {
	c := newClock()
	start := c.now
	p := sim.New(sim.Options{Now: c.Now})
	const url = "/api/v1/inventory/15?date=2025-03-30"
	for i := range 30 {
		if w := get(p, url, ""); w.Code != http.StatusOK {
			t.Fatalf("request %d = %d, want 200", i+1, w.Code)
		}
	}

	c.now = start.Add(time.Minute) // the first 30 are exactly a minute old: still in the window
	w := get(p, url, "")
	want := `{"statusCode":429,"message":"Too Many Requests","rateLimitState":` +
		`{"success":false,"limit":30,"remaining":0,"reset":1742472060001,"pending":0}}`
	if w.Code != http.StatusTooManyRequests || w.Body.String() != want {
		t.Errorf("a minute after the first = %d %s; want 429 %s", w.Code, w.Body, want)
	}

	c.now = time.UnixMilli(1742472060001)
	if w := get(p, url, ""); w.Code != http.StatusOK {
		t.Errorf("at reset = %d, want 200", w.Code)
	}
	wantStats := sim.Stats{Requests: 32, Refused: 1, Fullest: 31}
	if got := p.Stats(); got != wantStats {
		t.Errorf("Stats() = %+v, want %+v", got, wantStats)
	}
}

func TestAWrongKeyUsesUpNoLimit(t *testing.T) {
	p := sim.New(sim.Options{Now: newClock().Now, APIKey: "secret", Limit: 1})
	const url = "/api/v1/inventory/15?date=2025-03-30"
	for i, want := range []int{401, 200, 429, 401} {
		key := "secret"
		if want == 401 {
			key = "guess"
		}
		if w := get(p, url, key); w.Code != want {
			t.Errorf("request %d = %d, want %d", i, w.Code, want)
		}
	}
	if got := p.Stats().Fullest; got != 4 {
		t.Errorf("Fullest = %d, want 4: requests without the key are seen too", got)
	}
}

func TestTheLogHasEveryRequest(t *testing.T) {
	c := newClock()
	var log []sim.Request
	p := sim.New(sim.Options{Now: c.Now, Limit: 2, OnRequest: func(r sim.Request) { log = append(log, r) }})
	mustInject(t, p, sim.Injection{Fault: "bom", Product: 14})
	mustInject(t, p, sim.Injection{Fault: "503", Product: 14})
	for _, target := range []string{"15?date=2025-03-30", "14?date=2025-03-25", "14?date=2025-03-27", "14?date=never"} {
		get(p, "/api/v1/inventory/"+target, "")
		c.now = c.now.Add(time.Second)
	}
	start := newClock().now
	want := []sim.Request{
		{Time: start, Product: 15, Date: "2025-03-30", Status: 200},
		{Time: start.Add(time.Second), Product: 14, Date: "2025-03-25", Status: 503, Fault: "bom+503"},
		{Time: start.Add(2 * time.Second), Product: 14, Date: "2025-03-27", Status: 429},
		{Time: start.Add(3 * time.Second), Date: "never", Status: 429},
	}
	if d := cmp.Diff(want, log); d != "" {
		t.Errorf("log (-want +got):\n%s", d)
	}
	if got, ok := p.LastRequest(14, "2025-03-27"); !ok || !got.Equal(start.Add(2*time.Second)) {
		t.Errorf("LastRequest(14, 2025-03-27) = %v, %v; want %v", got, ok, start.Add(2*time.Second))
	}
	if got, ok := p.LastRequest(14, "2025-03-29"); ok {
		t.Errorf("LastRequest of a date nobody asked for = %v", got)
	}
}

func mustInject(t *testing.T, p *sim.Partner, i sim.Injection) {
	t.Helper()
	if err := p.Inject(i); err != nil {
		t.Fatal(err)
	}
}
