package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"invd/engine/inventory"
	"invd/engine/plan"
)

const (
	slotsOf14 = "/api/v1/experience/14/slots?date="
	tuesday   = slotsOf14 + "2025-03-25" // open
	wednesday = slotsOf14 + "2025-03-26" // closed
	thursday  = slotsOf14 + "2025-03-27" // sold out
)

// The numbers are the rows of the edge-case table in the domain reference.
func TestEveryRequestGetsTheAnswerOfItsRow(t *testing.T) {
	inBubble(t, mirrored(t), func(t *testing.T, p *Public, _ *heard) {
		const (
			date = badDate
			id   = badID
		)
		for _, tt := range []struct {
			row          int
			method, path string
			code         int
			message      string // of an error
			state        string // X-Inventory-State
		}{
			{60, "GET", "/api/v1/experience/14/slots", 400, date, ""},
			{60, "GET", slotsOf14, 400, date, ""},
			{60, "GET", slotsOf14 + "2025-02-30", 400, date, ""},
			{60, "GET", slotsOf14 + "2025-3-9", 400, date, ""},
			{60, "GET", slotsOf14 + "20250309", 400, date, ""},
			{60, "GET", slotsOf14 + "tomorrow", 400, date, ""},
			{60, "GET", tuesday + "&date=2025-03-26", 400, date, ""},
			{60, "GET", tuesday + "&%64ate=2025-03-25", 400, date, ""},
			{60, "GET", slotsOf14 + "+2025-03-25", 400, date, ""},
			{60, "GET", slotsOf14 + "%202025-03-25", 400, date, ""},
			{60, "GET", slotsOf14 + "2025-03-25%00", 400, date, ""},
			{60, "GET", slotsOf14 + "%zz", 400, date, ""},
			{60, "GET", slotsOf14 + "2025-03-25;x=1", 400, date, ""},
			{60, "GET", slotsOf14 + strings.Repeat("1", 10_000), 400, date, ""},
			{60, "GET", slotsOf14 + "2025%2D03%2D25&other=1&=&&date2=x", 200, "", ""},

			{61, "GET", "/api/v1/experience/abc/slots?date=2025-03-25", 400, id, ""},
			{61, "GET", "/api/v1/experience/-1/slots?date=2025-03-25", 400, id, ""},
			{61, "GET", "/api/v1/experience/0/slots?date=2025-03-25", 400, id, ""},
			{61, "GET", "/api/v1/experience/14abc/slots?date=2025-03-25", 400, id, ""},
			{61, "GET", "/api/v1/experience/1e1/slots?date=2025-03-25", 400, id, ""},
			{61, "GET", "/api/v1/experience/9223372036854775808/slots?date=2025-03-25", 400, id, ""},
			{61, "GET", "/api/v1/experience/014/slots?date=2025-03-25", 400, id, ""},
			{61, "GET", "/api/v1/experience/%31%34/slots?date=2025-03-25", 200, "", ""},
			{61, "GET", "/api/v1/experience/14%2F..%2F15/slots?date=2025-03-25", 404, "Cannot GET /api/v1/experience/14/../15/slots", ""},
			{61, "GET", "/api/v1/experience//slots?date=2025-03-25", 400, id, ""},
			{61, "GET", "/api/v1/experience/abc/dates", 400, id, ""},

			{62, "GET", "/api/v1/experience/99/slots?date=2025-03-25", 404, noSlots, "unknown"},
			{62, "GET", "/api/v1/experience/99/dates", 404, noDates, "unknown"},
			{62, "GET", slotsOf14 + "2025-05-01", 404, noSlots, "unknown"},
			{62, "GET", "/api/v1/experience/16/dates", 404, noDates, "unknown"},
			{62, "GET", wednesday, 404, noSlots, "closed"},
			{62, "GET", thursday, 200, "", ""},

			{63, "GET", slotsOf14 + "2025-03-24", 404, noSlots, "unknown"},
			{63, "GET", slotsOf14 + "2025-05-23", 404, noSlots, "unknown"}, // today+59
			{63, "GET", slotsOf14 + "2025-05-24", 404, noSlots, "unknown"},
			{63, "GET", slotsOf14 + "9999-12-31", 404, noSlots, "unknown"},
			{63, "GET", slotsOf14 + "1970-01-01", 404, noSlots, "unknown"},

			{64, "GET", "/api/v1/experience/14/dates/", 200, "", ""},
			{64, "GET", "/api/v1/experience/14/slots/?date=2025-03-25", 200, "", ""},
			{64, "HEAD", tuesday, 200, "", ""},
			{64, "HEAD", "/api/v1/experience/14/dates/", 200, "", ""},
			{64, "OPTIONS", tuesday, 204, "", ""},
			{64, "POST", tuesday, 405, "Method Not Allowed", ""},
			{64, "TRACE", tuesday, 405, "Method Not Allowed", ""},

			{0, "GET", "/", 404, "Cannot GET /", ""},
			{0, "GET", "/api/v1/experience/14/slots//?date=2025-03-25", 404, "Cannot GET /api/v1/experience/14/slots//", ""},
			{0, "GET", "/API/v1/experience/14/slots?date=2025-03-25", 404, "Cannot GET /API/v1/experience/14/slots", ""},
			{0, "OPTIONS", "/nowhere", 404, "Cannot OPTIONS /nowhere", ""},
			{0, "GET", "/metrics", 404, "Cannot GET /metrics", ""},
			{0, "GET", "/debug/pprof/", 404, "Cannot GET /debug/pprof/", ""},
			{0, "GET", `/%22%3Cscript%3E%0d%0a%00%ff`, 404, "Cannot GET /\"<script>\r\n\x00\ufffd", ""},
		} {
			w := ask(p, tt.method, tt.path)
			h := w.Result().Header
			if w.Code != tt.code || h.Get("X-Inventory-State") != tt.state || (h.Get("Retry-After") != "") != (tt.state == "unknown") {
				t.Errorf("row %d: %s %.80s = %d, state %q, Retry-After %q; want %d, %q, %v", tt.row, tt.method, tt.path,
					w.Code, h.Get("X-Inventory-State"), h.Get("Retry-After"), tt.code, tt.state, tt.state == "unknown")
			}
			if tt.message == "" {
				continue
			}
			var got, want struct {
				StatusCode int
				Message    string
			}
			want.StatusCode, want.Message = tt.code, tt.message
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got != want {
				t.Errorf("row %d: %s %.80s answered %q, %v; want message %q", tt.row, tt.method, tt.path, w.Body, err, tt.message)
			}
		}
	})
}

func TestASoldOutDateIsShownWithNothingRemaining(t *testing.T) {
	inBubble(t, mirrored(t), func(t *testing.T, p *Public, _ *heard) {
		body := ask(p, "GET", thursday).Body.String()
		if n := strings.Count(body, `"remaining":0,"paxAvailability"`); n != 9 {
			t.Errorf("%d slots with remaining 0; want 9: %s", n, body)
		}
	})
}

func TestDatesWithNothingOpenSayWhy(t *testing.T) {
	today := mustDate(t, "2025-03-25")
	for _, tt := range []struct {
		name  string
		days  []inventory.State
		state string
	}{
		{"row 73: nothing fetched yet", nil, "unknown"},
		{"all closed", []inventory.State{inventory.Closed, inventory.Closed}, "closed"},
		{"one sold out", []inventory.State{inventory.Closed, inventory.SoldOut, inventory.Closed}, "sold-out"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			store := newFakeStore()
			for i, state := range tt.days {
				var slots []inventory.Slot
				if state == inventory.SoldOut {
					slots = soldOut(nightSafari(t, today))
				}
				store.put(record(14, today.AddDays(i), noon, slots...))
			}
			inBubble(t, store, func(t *testing.T, p *Public, _ *heard) {
				for range 2 { // not cached, cached
					w := ask(p, "GET", "/api/v1/experience/14/dates")
					h := w.Result().Header
					if w.Code != 404 || h.Get("X-Inventory-State") != tt.state || (h.Get("Retry-After") != "") != (tt.state == "unknown") {
						t.Errorf("got %d, %q, Retry-After %q; want 404, %q, %v",
							w.Code, h.Get("X-Inventory-State"), h.Get("Retry-After"), tt.state, tt.state == "unknown")
					}
					time.Sleep(time.Second)
				}
			})
		})
	}
}

func TestDatesMoveOnAtTheProductsMidnight(t *testing.T) {
	inBubble(t, mirrored(t), func(t *testing.T, p *Public, _ *heard) {
		first := func(id int) string {
			var got struct{ Data []struct{ Date string } }
			if err := json.Unmarshal(ask(p, "GET", fmt.Sprintf("/api/v1/experience/%d/dates", id)).Body.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			return got.Data[0].Date
		}
		if got := first(14); got != "2025-03-25" {
			t.Errorf("first date before midnight = %s; want 2025-03-25", got)
		}
		time.Sleep(12 * time.Hour) // midnight in Singapore
		if got := first(14); got != "2025-03-29" {
			t.Errorf("first date after midnight = %s; want 2025-03-29: yesterday is left out, the 27th is sold out", got)
		}
		if got := ask(p, "GET", tuesday).Code; got != 404 {
			t.Errorf("yesterday's slots = %d; want 404", got)
		}
	})
}

// Row 74: the partner is down.
func TestReadsGoOnWhenNothingIsRefreshed(t *testing.T) {
	inBubble(t, mirrored(t), func(t *testing.T, p *Public, o *heard) {
		time.Sleep(6 * time.Hour)
		w := ask(p, "GET", tuesday)
		h := w.Result().Header
		if w.Code != 200 || h.Get("Age") != "21660" || h.Get("Cache-Control") != "max-age=0" {
			t.Errorf("six hours later: %d, Age %s, Cache-Control %s; want 200, 21660, max-age=0", w.Code, h.Get("Age"), h.Get("Cache-Control"))
		}
		want := []read{{"today", false, 6*time.Hour + time.Minute}}
		if diff := cmp.Diff(want, o.reads); diff != "" {
			t.Errorf("reads (- want, + got):\n%s", diff)
		}
	})
}

func TestAStoreThatCannotBeReadIs500(t *testing.T) {
	store := newFakeStore()
	store.err = errors.New("disk on fire")
	inBubble(t, store, func(t *testing.T, p *Public, _ *heard) {
		for _, path := range []string{tuesday, "/api/v1/experience/14/dates"} {
			w := ask(p, "GET", path)
			if want := `{"statusCode":500,"message":"Internal server error"}`; w.Code != 500 || w.Body.String() != want {
				t.Errorf("%s = %d %s; want 500 %s", path, w.Code, w.Body, want)
			}
		}
	})
}

func TestBoundedStalenessIsTold(t *testing.T) {
	inBubble(t, mirrored(t), func(t *testing.T, p *Public, _ *heard) {
		// Tuesday is a minute old, Wednesday two.
		for _, tt := range []struct {
			path, fresh string
			code        int
		}{
			{tuesday, "", 200},
			{tuesday + "&max_age=60", "true", 200},
			{tuesday + "&max_age=1m", "true", 200},
			{tuesday + "&max_age=59s", "false", 200},
			{tuesday + "&max_age=1d", "true", 200},
			{tuesday + "&max_age=0&wait=1200ms", "false", 200},
			{tuesday + "&max_age=1h&wait=999s", "true", 200},
			{wednesday + "&max_age=1m", "false", 404},
			{slotsOf14 + "2025-05-01&max_age=1h", "false", 404},
			{tuesday + "&max_age=", "", 400},
			{tuesday + "&max_age=-1s", "", 400},
			{tuesday + "&max_age=soon", "", 400},
			{tuesday + "&max_age=1s&max_age=2s", "", 400},
			{tuesday + "&max_age=99999999999999999999", "", 400},
			{tuesday + "&wait=-1", "", 400},
			{tuesday + "&max_age=1s&wait=maybe", "", 400},
		} {
			w := ask(p, "GET", tt.path)
			if got := w.Result().Header.Get("X-Inventory-Fresh"); got != tt.fresh || w.Code != tt.code {
				t.Errorf("%s = %d, X-Inventory-Fresh %q; want %d, %q", tt.path, w.Code, got, tt.code, tt.fresh)
			}
		}
	})
}

func TestProbes(t *testing.T) {
	catalogue := testCatalogue(t)
	ready, sick := false, error(nil)
	o := PublicOptions{
		Reader: newFakeStore(), Catalogue: func() *plan.Catalogue { return catalogue },
		Ready:   func() (bool, []Check) { return ready, []Check{{"store", true, ""}, {"partner", false, "key refused"}} },
		Healthy: func() error { return sick },
	}
	public := mustPublic(t, o)
	admin := NewAdmin(AdminOptions{Ready: o.Ready, Healthy: o.Healthy, Metrics: http.NotFoundHandler()})
	expect := func(h http.Handler, path string, code int, body string) {
		t.Helper()
		for _, method := range []string{"GET", "HEAD"} {
			if w := ask(h, method, path); w.Code != code || w.Body.String() != body {
				t.Errorf("%s %s = %d %q; want %d %q", method, path, w.Code, w.Body, code, body)
			}
		}
	}
	expect(public, "/-/ready", 503, "invd is not ready.\n")
	expect(public, "/-/healthy", 200, "invd is healthy.\n")
	ready, sick = true, errors.New("listener gone")
	expect(public, "/-/ready?verbose", 200, "invd is ready.\n")
	expect(admin, "/-/ready?verbose", 200, "[+] store\n[-] partner: key refused\ninvd is ready.\n")
	expect(admin, "/-/ready", 200, "invd is ready.\n")
	expect(public, "/-/healthy", 503, "invd is not healthy.\n")
	expect(admin, "/-/healthy", 503, "invd is not healthy.\nlistener gone\n")
}

func TestALongPathIsRepeatedInPart(t *testing.T) {
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/"+strings.Repeat("ü", 5000), nil)
	mustPublic(t, PublicOptions{Reader: newFakeStore(), Catalogue: func() *plan.Catalogue { return nil }}).ServeHTTP(w, r)
	if n := w.Body.Len(); w.Code != 404 || n > 300 || !json.Valid(w.Body.Bytes()) || strings.Contains(w.Body.String(), "\ufffd") {
		t.Errorf("got %d, %d bytes: %s; want 404 of at most 300 bytes cut between characters", w.Code, n, w.Body)
	}
}
