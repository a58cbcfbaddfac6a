package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

const token = "correct horse battery staple"

// fakeController answers with what it holds and writes down what it is told.
type fakeController struct {
	mu          sync.Mutex // guards what it is told; read when nothing is served any more
	status      report.Status
	grid        report.Grid
	explanation report.Explanation // zero: one of the key that was asked for
	from, to    inventory.Date     // of the latest refresh
	jobs        []report.Job
	err         error
	told        []string
	filter      report.JobFilter
}

func (c *fakeController) say(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told = append(c.told, fmt.Sprintf(format, args...))
}

func (c *fakeController) Status(context.Context) (report.Status, error) { return c.status, c.err }

func (c *fakeController) Rates(context.Context) (report.Population, error) {
	return report.Population{Rates: report.RatesLearned, Products: 3}, c.err
}

func (c *fakeController) Plan(_ context.Context, assumed bool) (report.Plan, error) {
	rates := report.RatesLearned
	if assumed {
		rates = report.RatesAssumed
	}
	return report.Plan{Products: 450, Rates: rates}, c.err
}

func (c *fakeController) Grid(context.Context) (report.Grid, error) { return c.grid, c.err }

func (c *fakeController) Products(context.Context) ([]report.Product, error) {
	return nil, c.err
}

func (c *fakeController) Product(_ context.Context, id inventory.ProductID) (report.Product, error) {
	if id != 14 {
		return report.Product{}, fmt.Errorf("product %d: %w", id, inventory.ErrNotFound)
	}
	return report.Product{ID: id, Name: "Night Safari"}, c.err
}

func (c *fakeController) Explain(_ context.Context, k inventory.Key) (report.Explanation, error) {
	if c.explanation.Product != 0 {
		return c.explanation, c.err
	}
	return report.Explanation{Product: k.Product, Date: k.Date, LastError: "bad bytes: \xff"}, c.err
}

func (c *fakeController) Refresh(_ context.Context, id inventory.ProductID, from, to inventory.Date, by string) (report.Refreshed, error) {
	c.mu.Lock()
	c.from, c.to = from, to
	c.mu.Unlock()
	c.say("refresh %d from %d to %d by %s", id, from, to, by)
	return report.Refreshed{Product: id, Queued: 60}, c.err
}

func (c *fakeController) Pause(_ context.Context, s refresh.Scope, p refresh.Pause) error {
	span := "ever"
	if !p.Until.IsZero() {
		span = p.Until.Sub(p.Since).String()
	}
	c.say("pause %v for %s by %s: %q", s, span, p.By, p.Reason)
	return c.err
}

func (c *fakeController) Resume(_ context.Context, s refresh.Scope, by string) (bool, error) {
	c.say("resume %v by %s", s, by)
	return true, c.err
}

func (c *fakeController) Jobs(_ context.Context, f report.JobFilter) ([]report.Job, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.filter = f
	return c.jobs[:min(len(c.jobs), f.Limit)], c.err
}

func (c *fakeController) Job(_ context.Context, id uint64) (report.Job, error) {
	return report.Job{ID: id}, c.err
}

func newTestAdmin(o AdminOptions) (h http.Handler, c *fakeController, log *bytes.Buffer) {
	c, log = new(fakeController), new(bytes.Buffer)
	o.Controller, o.Metrics = c, http.NotFoundHandler()
	o.Events = NewEvents(func() report.Budget { return c.status.Budget }, func() report.Source { return c.status.Source })
	o.Log = slog.New(slog.NewJSONHandler(log, nil))
	return NewAdmin(o), c, log
}

// post sends body with the token, unless the request comes over the socket.
func post(h http.Handler, target, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Row A4 of the fault list.
func TestChangesNeedTheTokenOrTheSocket(t *testing.T) {
	const (
		needed = `{"statusCode":401,"message":"a bearer token is needed"}`
		socket = `{"statusCode":403,"message":"changes only over the unix socket"}`
	)
	for _, tt := range []struct {
		name   string
		token  string // configured
		sent   []string
		query  string
		socket bool
		code   int
		body   string // of a refusal
	}{
		{"right", token, []string{"Bearer " + token}, "", false, 200, ""},
		{"scheme in another case", token, []string{"bearer " + token}, "", false, 200, ""},
		{"none", token, nil, "", false, 401, needed},
		{"wrong", token, []string{"Bearer wrong"}, "", false, 401, needed},
		{"empty", token, []string{"Bearer "}, "", false, 401, needed},
		{"beginning of it", token, []string{"Bearer " + token[:5]}, "", false, 401, needed},
		{"with more behind", token, []string{"Bearer " + token + "x"}, "", false, 401, needed},
		{"other scheme", token, []string{"Basic " + token}, "", false, 401, needed},
		{"no scheme", token, []string{token}, "", false, 401, needed},
		{"twice", token, []string{"Bearer " + token, "Bearer " + token}, "", false, 401, needed},
		{"over-long", token, []string{"Bearer " + strings.Repeat("x", 10_000)}, "", false, 401, needed},
		{"in the query", token, nil, "?token=" + token, false, 401, needed},
		{"none configured", "", []string{"Bearer " + token}, "", false, 403, socket},
		{"none configured, empty one sent", "", []string{"Bearer "}, "", false, 403, socket},
		{"socket", "", nil, "", true, 200, ""},
		{"socket, wrong token", token, []string{"Bearer wrong"}, "", true, 200, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h, c, log := newTestAdmin(AdminOptions{Token: tt.token})
			if tt.socket {
				h = Trusted(h)
			}
			r := httptest.NewRequest("POST", "/api/v1/pause"+strings.ReplaceAll(tt.query, " ", "%20"), nil)
			r.Header["Authorization"] = tt.sent
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != tt.code || tt.body != "" && w.Body.String() != tt.body {
				t.Errorf("got %d %s; want %d %s", w.Code, w.Body, tt.code, tt.body)
			}
			if done := len(c.told) > 0; done != (tt.code == 200) {
				t.Errorf("the controller was told %q; want something: %v", c.told, tt.code == 200)
			}
			if (w.Code == 401) != (w.Header().Get("WWW-Authenticate") != "") {
				t.Errorf("%d with WWW-Authenticate %q", w.Code, w.Header().Get("WWW-Authenticate"))
			}
			if strings.Contains(log.String(), token) || log.Len() == 0 {
				t.Errorf("log has the token, or nothing: %s", log)
			}
		})
	}
}

// Row A8 of the fault list.
func TestBrowsersOfOtherSitesAreRefused(t *testing.T) {
	loopback := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8081}
	for _, tt := range []struct {
		name, method, host string
		local              net.Addr
		headers            []string
		code               int
	}{
		{"no browser", "POST", "127.0.0.1:8081", loopback, nil, 200},
		{"the status page's own", "POST", "127.0.0.1:8081", loopback, []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"another site", "POST", "127.0.0.1:8081", loopback, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"another port", "POST", "127.0.0.1:8081", loopback, []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"an old browser", "POST", "127.0.0.1:8081", loopback, []string{"Origin", "http://evil.example"}, 403},
		{"a sandboxed page", "POST", "127.0.0.1:8081", loopback, []string{"Origin", "null"}, 403},
		{"DNS rebinding, change", "POST", "evil.example:8081", loopback, nil, 403},
		{"DNS rebinding, read", "GET", "evil.example:8081", loopback, nil, 403},
		{"localhost", "GET", "localhost:8081", loopback, nil, 200},
		{"IPv6", "GET", "[::1]:8081", &net.TCPAddr{IP: net.IPv6loopback}, nil, 200},
		{"IPv6 without a port", "GET", "[::1]", &net.TCPAddr{IP: net.IPv6loopback}, nil, 200},
		{"by name over the network", "GET", "invd.internal:8081", &net.TCPAddr{IP: net.IPv4(10, 0, 0, 7)}, nil, 200},
		{"socket", "POST", "invd", &net.UnixAddr{Name: "admin.sock"}, nil, 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h, _, _ := newTestAdmin(AdminOptions{Token: token})
			target := "/api/v1/pause"
			if tt.method == "GET" {
				target = "/api/v1/status"
			}
			r := httptest.NewRequest(tt.method, target, nil)
			r.Host = tt.host
			r.Header.Set("Authorization", "Bearer "+token)
			for i := 0; i < len(tt.headers); i += 2 {
				r.Header.Set(tt.headers[i], tt.headers[i+1])
			}
			r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, tt.local))
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != tt.code {
				t.Errorf("got %d %s; want %d", w.Code, w.Body, tt.code)
			}
			if cors := w.Header().Get("Access-Control-Allow-Origin"); cors != "" {
				t.Errorf("Access-Control-Allow-Origin = %q; want none", cors)
			}
		})
	}
}

func TestChangesReachTheController(t *testing.T) {
	for _, tt := range []struct {
		path, body string
		code       int
		told       string
		answer     string
	}{
		{"/api/v1/pause", ``, 200, `pause global for ever by token: ""`, `{"scope":"global","paused":{"reason":"","by":"token","since":"2000-01-01T00:00:00Z"}}`},
		{"/api/v1/pause", `{"reason":"works","for":"2h"}`, 200, `pause global for 2h0m0s by token: "works"`,
			`{"scope":"global","paused":{"reason":"works","by":"token","since":"2000-01-01T00:00:00Z","until":"2000-01-01T02:00:00Z"}}`},
		{"/api/v1/schedules/today/pause", `{"for":"7d"}`, 200, `pause schedule/today for 168h0m0s by token: ""`, ""},
		{"/api/v1/products/14/pause", `{"reason":"<b>"}`, 200, `pause product/14 for ever by token: "<b>"`, ""},
		{"/api/v1/resume", `{}`, 200, `resume global by token`, `{"scope":"global","was_paused":true}`},
		{"/api/v1/schedules/week/resume", ``, 200, `resume schedule/week by token`, ""},
		{"/api/v1/products/14/resume", ``, 200, `resume product/14 by token`, ""},
		{"/api/v1/products/14/refresh", ``, 200, `refresh 14 from 0 to 0 by token`,
			`{"product":14,"from":"1970-01-01","to":"1970-01-01","queued":60,"running":0}`},
		{"/api/v1/products/14/refresh", `{"from":"1970-01-02","to":"1970-01-11"}`, 200, `refresh 14 from 1 to 10 by token`, ""},
		{"/api/v1/products/14/refresh", `{"to":"1970-01-01"}`, 200, `refresh 14 from 0 to 1 by token`, ""},

		{"/api/v1/products/14/refresh", `{"from":"1970-01-03","to":"1970-01-02"}`, 400, "", ""},
		{"/api/v1/products/14/refresh", `{"from":"tomorrow"}`, 400, "", ""},
		{"/api/v1/products/abc/refresh", ``, 400, "", ""},
		{"/api/v1/products/0/pause", ``, 400, "", ""},
		{"/api/v1/pause", `{"reasons":"typo"}`, 400, "", ""},
		{"/api/v1/pause", `{"reason":"a\nb"}`, 400, "", ""},
		{"/api/v1/pause", `{"reason":"\u001b[2J"}`, 400, "", ""},
		{"/api/v1/pause", `{"reason":"a","reason":"b"}`, 400, "", ""},
		{"/api/v1/pause", `{"for":"-2h"}`, 400, "", ""},
		{"/api/v1/pause", `{"for":"0d"}`, 400, "", ""},
		{"/api/v1/pause", `{"for":"999999h"}`, 400, "", ""},
		{"/api/v1/pause", `{"for":"soon"}`, 400, "", ""},
		{"/api/v1/pause", `{"for":7200}`, 400, "", ""},
		{"/api/v1/pause", `[]`, 400, "", ""},
		{"/api/v1/pause", `{} {}`, 400, "", ""},
		{"/api/v1/pause", `{"reason":"` + strings.Repeat("x", 501) + `"}`, 400, "", ""},
		{"/api/v1/resume", `{"for":"2h"}`, 400, "", ""},
		{"/api/v1/pause?for=2h", "", 400, "", `{"statusCode":400,"message":"no query here: members go into the body, a JSON object"}`},
		{"/api/v1/products/14/refresh?from=2026-04-09", "", 400, "", ""},
		{"/api/v1/pause", `{"reason":"` + strings.Repeat("x", 70_000) + `"}`, 413, "", ""},
	} {
		synctest.Test(t, func(t *testing.T) { // so that the clock stands still
			h, c, log := newTestAdmin(AdminOptions{Token: token})
			w := post(h, tt.path, tt.body)
			told := strings.Join(c.told, "; ")
			if w.Code != tt.code || told != tt.told || tt.answer != "" && strings.TrimSpace(w.Body.String()) != tt.answer {
				t.Errorf("POST %s %.40s = %d %s, told %q; want %d %s, %q", tt.path, tt.body, w.Code, w.Body, told, tt.code, tt.answer, tt.told)
			}
			if !json.Valid(w.Body.Bytes()) || w.Body.Len() > 500 {
				t.Errorf("POST %s %.40s: %q; want short JSON", tt.path, tt.body, w.Body)
			}
			if n := strings.Count(log.String(), `"msg":"admin change"`); n != 1 {
				t.Errorf("POST %s %.40s: %d lines in the audit trail; want 1: %s", tt.path, tt.body, n, log)
			}
		})
	}
}

func TestACompressedBodyIsRefused(t *testing.T) {
	h, c, _ := newTestAdmin(AdminOptions{})
	r := httptest.NewRequest("POST", "/api/v1/pause", strings.NewReader("{}"))
	r.Header.Set("Content-Encoding", "gzip")
	w := httptest.NewRecorder()
	Trusted(h).ServeHTTP(w, r)
	if w.Code != 415 || len(c.told) > 0 {
		t.Errorf("got %d, told %q; want 415, nothing", w.Code, c.told)
	}
}

func TestTheAuditTrailMayHaveALoggerOfItsOwn(t *testing.T) {
	var trail bytes.Buffer
	h, _, log := newTestAdmin(AdminOptions{Token: token, Audit: slog.New(slog.NewJSONHandler(&trail, nil))})
	post(h, "/api/v1/pause", "")
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/api/v1/pause", nil))
	if n := strings.Count(trail.String(), `"msg":"admin change`); n != 2 || log.Len() > 0 {
		t.Errorf("a change and a refused one: %d lines in the trail and %q in the log; want 2 and none", n, log)
	}
}

func TestTheAuditTrailSaysWhoDidWhatToWhat(t *testing.T) {
	h, _, log := newTestAdmin(AdminOptions{Token: token})
	post(h, "/api/v1/products/14/pause", `{"reason":"works \"msg\":\"forged\"","for":"2h"}`)
	var got map[string]any
	if err := json.Unmarshal(log.Bytes(), &got); err != nil {
		t.Fatalf("%v: %s", err, log)
	}
	delete(got, "time")
	want := map[string]any{
		"level": "INFO", "msg": "admin change", "action": "pause", "target": "product/14", "who": "token",
		"remote": "192.0.2.1:1234", "reason": "works \"msg\":\"forged\"", "for": "2h",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("audit line (- want, + got):\n%s", diff)
	}
}

func TestControllerErrors(t *testing.T) {
	for _, tt := range []struct {
		err  error
		code int
		body string
	}{
		{&report.RefusedError{Reason: `paused by token: "works"`}, 409, `{"statusCode":409,"message":"paused by token: \"works\""}`},
		{fmt.Errorf("product 9: %w", inventory.ErrNotFound), 404, `{"statusCode":404,"message":"product 9: not found"}`},
		{context.Canceled, 503, `{"statusCode":503,"message":"stopped before it was done"}`},
		{errors.New("secret detail"), 500, `{"statusCode":500,"message":"Internal server error"}`},
	} {
		h, c, _ := newTestAdmin(AdminOptions{Token: token})
		c.err = tt.err
		for _, w := range []*httptest.ResponseRecorder{
			post(h, "/api/v1/products/14/refresh", ""), post(h, "/api/v1/pause", ""), post(h, "/api/v1/resume", ""),
			ask(h, "GET", "/api/v1/status"), ask(h, "GET", "/api/v1/products"), ask(h, "GET", "/api/v1/schedules"),
			ask(h, "GET", "/api/v1/schedules/today"), ask(h, "GET", "/"), ask(h, "GET", "/api/v1/jobs"), ask(h, "GET", "/api/v1/jobs/1"),
		} {
			if w.Code != tt.code || w.Body.String() != tt.body {
				t.Errorf("%v: %d %s; want %d %s", tt.err, w.Code, w.Body, tt.code, tt.body)
			}
		}
	}
}

func TestReload(t *testing.T) {
	h, _, _ := newTestAdmin(AdminOptions{Token: token})
	if w := post(h, "/-/reload", ""); w.Code != 404 {
		t.Errorf("without a function to call: %d; want 404", w.Code)
	}
	var fails error
	h, _, _ = newTestAdmin(AdminOptions{Token: token, Reload: func(context.Context) error { return fails }})
	if w := post(h, "/-/reload", ""); w.Code != 200 || strings.TrimSpace(w.Body.String()) != `{"reloaded":true}` {
		t.Errorf("got %d %s; want 200", w.Code, w.Body)
	}
	fails = errors.New("invd.yaml:7: unknown key \"partnr\"")
	if w := post(h, "/-/reload", ""); w.Code != 400 || w.Body.String() != `{"statusCode":400,"message":"invd.yaml:7: unknown key \"partnr\""}` {
		t.Errorf("got %d %s; want 400 and the reason", w.Code, w.Body)
	}
	if w := ask(h, "GET", "/-/reload"); w.Code != 405 || w.Header().Get("Allow") != "POST" {
		t.Errorf("GET = %d, Allow %q; want 405 and POST", w.Code, w.Header().Get("Allow"))
	}
	if w := ask(h, "POST", "/-/reload"); w.Code != 401 {
		t.Errorf("without a token: %d; want 401", w.Code)
	}
	if w := ask(h, "OPTIONS", "/api/v1/status"); w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("OPTIONS = %d, Allow %q; want 405 and GET, HEAD", w.Code, w.Header().Get("Allow"))
	}
}

func TestJobsArePaged(t *testing.T) {
	h, c, _ := newTestAdmin(AdminOptions{})
	for id := uint64(9); id > 4; id-- {
		c.jobs = append(c.jobs, report.Job{ID: id})
	}
	page := func(target string) (ids []uint64, next string) {
		t.Helper()
		var got struct {
			Jobs []struct{ ID uint64 }
			Next string `json:"next_cursor"`
		}
		w := ask(h, "GET", target)
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 {
			t.Fatalf("%s = %d %s, %v", target, w.Code, w.Body, err)
		}
		for _, j := range got.Jobs {
			ids = append(ids, j.ID)
		}
		return ids, got.Next
	}
	if ids, next := page("/api/v1/jobs?limit=3"); !cmp.Equal(ids, []uint64{9, 8, 7}) || next != "7" {
		t.Errorf("first page = %v, next %q; want 9 8 7, 7", ids, next)
	}
	if ids, next := page("/api/v1/jobs?limit=5"); len(ids) != 5 || next != "" {
		t.Errorf("the only page = %v, next %q; want five and no next", ids, next)
	}
	page("/api/v1/jobs?state=dead,retrying&state=pending&product=14&cursor=7&limit=10")
	want := report.JobFilter{States: []refresh.State{refresh.Dead, refresh.Retrying, refresh.Pending}, Product: 14, Before: 7, Limit: 11}
	if diff := cmp.Diff(want, c.filter); diff != "" {
		t.Errorf("filter (- want, + got):\n%s", diff)
	}
	for _, bad := range []string{"state=asleep", "state=", "product=x", "limit=0", "limit=1001", "limit=x", "cursor=0", "cursor=-1"} {
		if w := ask(h, "GET", "/api/v1/jobs?"+bad); w.Code != 400 {
			t.Errorf("%s = %d; want 400", bad, w.Code)
		}
	}
}

func TestReadsNeedNoToken(t *testing.T) {
	h, c, _ := newTestAdmin(AdminOptions{Token: token})
	c.status = report.Status{Now: time.Unix(0, 0), Schedules: []report.Schedule{{Name: "today"}}}
	for _, tt := range []struct {
		target string
		code   int
		has    string
	}{
		{"/api/v1/status", 200, `"schedules":[{"name":"today"`},
		{"/api/v1/plan", 200, `{"products":450,"rates":"learned"`},
		{"/api/v1/plan?rates=assumed", 200, `{"products":450,"rates":"assumed"`},
		{"/api/v1/plan?rates=true", 400, "Invalid rates parameter"},
		{"/api/v1/rates", 200, `{"rates":"learned","products":3,`},
		{"/api/v1/schedules", 200, `{"schedules":[{"name":"today"`},
		{"/api/v1/schedules/today", 200, `{"name":"today"`},
		{"/api/v1/schedules/tonight", 404, `no such schedule`},
		{"/api/v1/products", 200, `{"products":[]}`},
		{"/api/v1/products/14", 200, `"name":"Night Safari"`},
		{"/api/v1/products/9", 404, `not found`},
		{"/api/v1/products/x", 400, badID},
		{"/api/v1/explain?product=14&date=2025-03-25", 200, "\"last_error\":\"bad bytes: \ufffd\""},
		{"/api/v1/explain?product=14", 400, badDate},
		{"/api/v1/explain?date=2025-03-25", 400, badID},
		{"/api/v1/jobs/7", 200, `"id":7`},
		{"/api/v1/jobs/0", 400, `Invalid job id`},
		{"/debug/pprof/", 200, `goroutine`},
		{"/debug/pprof/cmdline", 200, `test`},
		{"/debug/pprof/symbol", 200, `num_symbols`},
		{"/debug/pprof/goroutine?debug=1", 200, `goroutine profile`},
		{"/debug/pprof/nonsense", 404, `Unknown profile`},
	} {
		w := ask(h, "GET", tt.target)
		if body := w.Body.String(); w.Code != tt.code || !strings.Contains(body, tt.has) {
			t.Errorf("%s = %d %.300s; want %d with %s", tt.target, w.Code, body, tt.code, tt.has)
		}
	}
}
