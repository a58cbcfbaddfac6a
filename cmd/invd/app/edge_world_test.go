package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/engine/partner/sim"
	"invd/engine/report"
)

// An edge is a world that keeps the partner's log. Its dates are counted from the
// day on which it began, in the partner's zone.
type edge struct {
	*world
	today inventory.Date

	logMu sync.Mutex
	log   []sim.Request
}

// morning is when most edges begin: far from midnight on both sides.
var morning = monday.Add(8 * time.Hour)

// calm is one date a product, fetched once a day: what is asked for is all that
// happens.
const calm = "schedules: [{name: today, days: 1, every: 24h, objective: 30h}]\n"

// newEdge makes a world without a daemon, so that the partner can be prepared.
func newEdge(t *testing.T, s setup) *edge {
	t.Helper()
	e := &edge{}
	s.sim.OnRequest = e.hear
	if s.start.IsZero() {
		s.start = morning
	}
	e.world = newWorld(t, s)
	e.today = inventory.DateOf(time.Now().In(mustZone(t, "Asia/Singapore")))
	return e
}

func (e *edge) hear(r sim.Request) {
	e.logMu.Lock()
	defer e.logMu.Unlock()
	e.log = append(e.log, r)
}

// since returns what the partner was asked from a moment on.
func (e *edge) since(from time.Time) (log []sim.Request) {
	e.logMu.Lock()
	defer e.logMu.Unlock()
	for _, r := range e.log {
		if !r.Time.Before(from) {
			log = append(log, r)
		}
	}
	return log
}

// of keeps the requests for one product.
func of(product int64, log []sim.Request) (kept []sim.Request) {
	for _, r := range log {
		if r.Product == product {
			kept = append(kept, r)
		}
	}
	return kept
}

// on keeps the requests for one date.
func on(date inventory.Date, log []sim.Request) (kept []sim.Request) {
	for _, r := range log {
		if r.Date == date.String() {
			kept = append(kept, r)
		}
	}
	return kept
}

// times lists when requests came, since a moment, for failing tests to show.
func times(from time.Time, log []sim.Request) string {
	var b strings.Builder
	for _, r := range log {
		fmt.Fprintf(&b, "%s %d/%s %d; ", r.Time.Sub(from), r.Product, r.Date, r.Status)
	}
	return b.String()
}

// gaps returns the time between one request and the next.
func gaps(log []sim.Request) (d []time.Duration) {
	for i := range log[min(1, len(log)):] {
		d = append(d, log[i+1].Time.Sub(log[i].Time))
	}
	return d
}

// A reading is what a reader of the public API gets.
type reading struct {
	Code            int
	State           string
	Body            string
	ETag, Modified  string
	Age, RetryAfter string
}

func (e *edge) read(path string) reading {
	e.t.Helper()
	resp, body := e.get(path)
	h := resp.Header
	return reading{resp.StatusCode, h.Get("X-Inventory-State"), string(body), h.Get("ETag"), h.Get("Last-Modified"), h.Get("Age"), h.Get("Retry-After")}
}

func (e *edge) readSlots(product int64, date inventory.Date) reading {
	e.t.Helper()
	return e.read(fmt.Sprintf("/api/v1/experience/%d/slots?date=%s", product, date))
}

func (e *edge) readDates(product int64) reading {
	e.t.Helper()
	return e.read(fmt.Sprintf("/api/v1/experience/%d/dates", product))
}

// refresh asks for a date of a product, now.
func (e *edge) refresh(product int64, date inventory.Date) {
	e.t.Helper()
	if code, text := e.tryRefresh(product, date, date); code != http.StatusOK {
		e.t.Fatalf("refresh %d/%s = %d %s", product, date, code, text)
	}
}

func (e *edge) tryRefresh(product int64, from, to inventory.Date) (int, string) {
	e.t.Helper()
	resp, body := e.post(fmt.Sprintf("/api/v1/products/%d/refresh", product), fmt.Sprintf(`{"from":%q,"to":%q}`, from, to))
	return resp.StatusCode, string(body)
}

// command posts to the admin API and fails the test if it is refused.
func (e *edge) command(path, body string) {
	e.t.Helper()
	if resp, text := e.post(path, body); resp.StatusCode != http.StatusOK {
		e.t.Fatalf("POST %s %s = %s %s", path, body, resp.Status, text)
	}
}

func (e *edge) explain(product int64, date inventory.Date) (x report.Explanation) {
	e.t.Helper()
	e.ask(fmt.Sprintf("/api/v1/explain?product=%d&date=%s", product, date), &x)
	return x
}

// jobs lists jobs, the newest first.
func (e *edge) jobs(query string) []report.Job {
	e.t.Helper()
	var page struct{ Jobs []report.Job }
	e.ask("/api/v1/jobs?"+query, &page)
	return page.Jobs
}

// inject breaks the partner.
func (e *edge) inject(i sim.Injection) {
	e.t.Helper()
	if err := e.partner.Inject(i); err != nil {
		e.t.Fatal(err)
	}
}

// set makes body the partner's answer for a date.
func (e *edge) set(product int64, date inventory.Date, body string) {
	e.t.Helper()
	if err := e.partner.Set(product, date.String(), []byte(body)); err != nil {
		e.t.Fatal(err)
	}
}

// open makes the partner sell a date whatever its weekday.
func (e *edge) open(product int64, date inventory.Date) {
	e.t.Helper()
	if err := e.partner.OpenDate(product, date.String()); err != nil {
		e.t.Fatal(err)
	}
}

// checkWindows fails the test when any window of a limit, both of its ends
// included, held more requests than the limit allows.
func (e *edge) checkWindows(requests int, per time.Duration) {
	e.t.Helper()
	log := e.since(time.Time{})
	for i := requests; i < len(log); i++ {
		if d := log[i].Time.Sub(log[i-requests].Time); d <= per {
			e.t.Errorf("%d requests within %s, want at most %d in %s", requests+1, d, requests, per)
			return
		}
	}
}

// decode reads a JSON answer.
func decode[T any](t *testing.T, body string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return v
}

// jobsText lists jobs in short, for failing tests to show.
func jobsText(jobs []report.Job) string {
	var b strings.Builder
	for _, j := range jobs {
		fmt.Fprintf(&b, "%d %d/%s %s %s %s %d; ", j.ID, j.Product, j.Date, j.Trigger, j.State, j.Outcome, j.Attempts)
	}
	return b.String()
}
