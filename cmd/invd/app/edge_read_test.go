package app_test

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/partner/sim"
)

const (
	badDate = `{"statusCode":400,"message":"Invalid or missing date parameter"}`
	badID   = `{"statusCode":400,"message":"Invalid product id"}`
	noSlots = `{"statusCode":404,"message":"No slots available for the given product and date"}`
	noDates = `{"statusCode":404,"message":"No available dates found"}`
)

// A readRow is one request of a reader. In paths {today}, {last} and {next} stand
// for dates: the first and the last of the horizon and the one after that. Products:
// 14 sells, 15 is closed, 16 is sold out, 17 was never answered.
type readRow struct {
	name         string
	method, path string
	header       string // "Name: value"; {etag} stands for the plain ETag of product 14 today
	code         int
	body         string            // "": any
	want         map[string]string // headers; "": absent
}

const (
	at14 = "/api/v1/experience/14/slots"
	sold = at14 + "?date={today}"
)

var (
	none    map[string]string
	unknown = map[string]string{"X-Inventory-State": "unknown", "Retry-After": "30"}
	closed  = map[string]string{"X-Inventory-State": "closed", "Retry-After": ""}
)

var readRows = []readRow{
	{"#60_date_missing", "GET", at14, "", 400, badDate, none},
	{"#60_date_empty", "GET", at14 + "?date=", "", 400, badDate, none},
	{"#60_date_that_does_not_exist", "GET", at14 + "?date=2025-02-30", "", 400, badDate, none},
	{"#60_date_without_zeros", "GET", at14 + "?date=2025-3-9", "", 400, badDate, none},
	{"#60_date_without_dashes", "GET", at14 + "?date=20250309", "", 400, badDate, none},
	{"#60_date_a_word", "GET", at14 + "?date=tomorrow", "", 400, badDate, none},
	{"#60_date_twice", "GET", sold + "&date={today}", "", 400, badDate, none},
	{"#60_date_with_spaces", "GET", at14 + "?date=%20{today}%20", "", 400, badDate, none},
	{"#60_date_of_10_kB", "GET", at14 + "?date=" + strings.Repeat("9", 10_000), "", 400, badDate, none},
	{"#61_id_a_word", "GET", "/api/v1/experience/abc/slots?date={today}", "", 400, badID, none},
	{"#61_id_negative", "GET", "/api/v1/experience/-1/slots?date={today}", "", 400, badID, none},
	{"#61_id_0", "GET", "/api/v1/experience/0/slots?date={today}", "", 400, badID, none},
	{"#61_id_14abc", "GET", "/api/v1/experience/14abc/slots?date={today}", "", 400, badID, none},
	{"#61_id_1e1", "GET", "/api/v1/experience/1e1/dates", "", 400, badID, none},
	{"#61_id_2^63", "GET", "/api/v1/experience/9223372036854775808/dates", "", 400, badID, none},
	{"#61_path_with_dots", "GET", "/api/v1/experience/14/../15/dates", "", 404, "", none},
	{"#62_unknown_product", "GET", "/api/v1/experience/999/slots?date={today}", "", 404, noSlots, map[string]string{"X-Inventory-State": "unknown"}},
	{"#62_unknown_product's_dates", "GET", "/api/v1/experience/999/dates", "", 404, noDates, map[string]string{"X-Inventory-State": "unknown"}},
	{"#62_never_fetched", "GET", "/api/v1/experience/17/slots?date={today}", "", 404, noSlots, unknown},
	{"#62_never_fetched_dates", "GET", "/api/v1/experience/17/dates", "", 404, noDates, unknown},
	{"#62_closed", "GET", "/api/v1/experience/15/slots?date={today}", "", 404, noSlots, closed},
	{"#01_closed_and_never_open", "GET", "/api/v1/experience/15/slots?date={today}", "", 404, "", map[string]string{"X-Inventory-State": "closed", "Age": "600"}},
	{"#62_sold_out", "GET", "/api/v1/experience/16/slots?date={today}", "", 200, "", map[string]string{"X-Inventory-State": "", "Age": "600"}},
	{"#62_sold_out_dates", "GET", "/api/v1/experience/16/dates", "", 404, noDates, map[string]string{"X-Inventory-State": "sold-out"}},
	{"#63_yesterday", "GET", at14 + "?date={yesterday}", "", 404, noSlots, map[string]string{"X-Inventory-State": "unknown"}},
	{"#63_after_the_horizon", "GET", at14 + "?date={after}", "", 404, noSlots, map[string]string{"X-Inventory-State": "unknown"}},
	{"#64_trailing_slash", "GET", "/api/v1/experience/14/dates/", "", 200, "", map[string]string{"Content-Type": "application/json; charset=utf-8"}},
	{"#64_HEAD", "HEAD", sold, "", 200, "", map[string]string{"Content-Length": "{length}", "ETag": "{etag}"}},
	{"#64_OPTIONS", "OPTIONS", sold, "Origin: https://shop.example", 204, "", map[string]string{"Access-Control-Allow-Origin": "*"}},
	{"#64_GET_from_another_origin", "GET", sold, "Origin: https://shop.example", 200, "", map[string]string{"Access-Control-Allow-Origin": "*"}},
	{"#64_POST", "POST", sold, "", 405, "", map[string]string{"Allow": "GET, HEAD, OPTIONS"}},
	{"#65_same_tag", "GET", sold, "If-None-Match: {etag}", 304, "", map[string]string{"ETag": "{etag}"}},
	{"#65_any_tag", "GET", sold, "If-None-Match: *", 304, "", none},
	{"#65_weak_tag", "GET", sold, "If-None-Match: W/{etag}", 304, "", none},
	{"#65_tag_in_a_list", "GET", sold, `If-None-Match: "a", {etag}`, 304, "", none},
	{"#65_other_tags", "GET", sold, `If-None-Match: "a", "b"`, 200, "", none},
	{"#65_garbage", "GET", sold, `If-None-Match: a{etag`, 200, "", none},
	{"#66_gzip", "GET", sold, "Accept-Encoding: gzip", 200, "", map[string]string{"Content-Encoding": "gzip", "Vary": "Accept-Encoding, Origin", "ETag": "{zipped}"}},
	{"#66_plain", "GET", sold, "Accept-Encoding: identity", 200, "", map[string]string{"Content-Encoding": "", "Vary": "Accept-Encoding, Origin", "ETag": "{etag}"}},
	{"#66_zipped_tag", "GET", sold, "If-None-Match: {zipped}", 304, "", none},
}

// TestEveryRead asks a running daemon each of them.
func TestEveryRead(t *testing.T) {
	type answer struct {
		resp *http.Response
		body string
	}
	var got []answer
	var fill *strings.Replacer
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 4, yaml: calm})
		e.open(14, e.today)
		e.set(15, e.today, "[]")
		e.set(16, e.today, soldOut(fmt.Sprintf(partnerDay, e.today)))
		e.inject(sim.Injection{Fault: "null", Product: 17})
		e.startDaemon()
		time.Sleep(10 * time.Minute)
		resp, body := e.request("GET", at14+"?date="+e.today.String(), "")
		tag := resp.Header.Get("ETag")
		fill = strings.NewReplacer("{today}", e.today.String(), "{yesterday}", e.today.AddDays(-1).String(), "{after}", e.today.AddDays(60).String(),
			"{etag}", tag, "{zipped}", strings.TrimSuffix(tag, `"`)+`-gzip"`, "{length}", strconv.Itoa(len(body)))
		sent := len(e.since(time.Time{}))
		for _, row := range readRows {
			resp, body := e.request(row.method, fill.Replace(row.path), fill.Replace(row.header))
			got = append(got, answer{resp, body})
		}
		for _, r := range e.since(time.Time{})[sent:] {
			if r.Product != 17 { // never answered: worth asking for again when somebody wants it
				t.Errorf("reads made the daemon ask for %d on %s, want nothing", r.Product, r.Date)
			}
		}
	})
	for i, row := range readRows {
		t.Run(row.name, func(t *testing.T) {
			if got[i].resp.StatusCode != row.code || row.body != "" && got[i].body != row.body {
				t.Errorf("%s %s = %d %s, want %d %s", row.method, row.path, got[i].resp.StatusCode, got[i].body, row.code, row.body)
			}
			for name, want := range row.want {
				if have := got[i].resp.Header.Get(name); have != fill.Replace(want) {
					t.Errorf("%s: %q, want %q", name, have, fill.Replace(want))
				}
			}
		})
	}
}

// soldOut takes every place of a partner's day.
func soldOut(day string) string {
	for _, n := range []string{"2000", "1000", "170", "150", "10"} {
		day = strings.ReplaceAll(day, `"remaining":`+n+`,`, `"remaining":0,`)
	}
	return day
}

// request asks the public listener for a path as it is written.
func (e *edge) request(method, path, header string) (*http.Response, string) {
	e.t.Helper()
	req, err := http.NewRequestWithContext(e.t.Context(), method, "http://localhost/", http.NoBody)
	if err != nil {
		e.t.Fatal(err)
	}
	path, query, _ := strings.Cut(path, "?")
	req.URL.Opaque, req.URL.RawQuery = path, query
	req.Header.Set("Accept-Encoding", "identity") // else the transport asks for gzip and hides it
	if name, value, ok := strings.Cut(header, ": "); ok {
		req.Header.Set(name, value)
	}
	resp, err := e.public.Transport.RoundTrip(req)
	if err != nil {
		e.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		e.t.Fatal(err)
	}
	return resp, string(body)
}

// TestAnEmptyStoreIsUnknownNotClosed is edge case 73.
func TestAnEmptyStoreIsUnknownNotClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 4, sim: simLatency(10 * time.Second)})
		e.startDaemon()
		time.Sleep(time.Second)
		for _, p := range e.conf.Products {
			for _, r := range []reading{e.readSlots(p.ID, e.today), e.readDates(p.ID)} {
				if r.Code != http.StatusNotFound || r.State != "unknown" || r.RetryAfter != "30" || r.Age != "" {
					t.Errorf("#73 product %d before the first answer = %+v, want 404 unknown with Retry-After and without Age", p.ID, r)
				}
			}
		}
		for _, s := range e.status().Schedules {
			if s.Keys.Never == 0 || s.Keys.Fresh+s.Keys.Stale > 0 {
				t.Errorf("#73 schedule %s has keys %+v, want never for all", s.Name, s.Keys)
			}
		}
	})
}
