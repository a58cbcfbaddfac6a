package httpapi

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
	"invd/httpapi/page"
)

// hostile is what a partner, a configuration or an operator could have written.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</textarea><svg onload=alert(1)>`,
	`javascript:alert(1)`, `{{.}}`, "\x00\xff\u202e", `]]>-->`,
}

// hostilePages returns the pages of a daemon all of whose texts are text.
func hostilePages(t *testing.T, text string) map[string]*httptest.ResponseRecorder {
	t.Helper()
	h, c, _ := newTestAdmin(AdminOptions{Token: token})
	pause := &refresh.Pause{Reason: text, By: text}
	source := report.Source{State: "broken", Reason: text, LastError: text, BlockedUntil: noon}
	c.status = report.Status{
		Version: text, Paused: pause, Source: source, Infeasible: text, Store: report.Store{Broken: text}, Jobs: report.Jobs{Dead: 1},
		Schedules: []report.Schedule{{Name: text, Paused: pause}}, Bands: []report.Band{{Name: text, Jobs: 1}},
	}
	c.grid = report.Grid{
		Schedules: []report.GridSchedule{{Name: text, Days: 1, Objective: time.Minute}},
		Rows:      []report.GridRow{{ID: 14, Name: text, State: text, Paused: pause, Cells: []report.Cell{{Age: 5}}}},
	}
	c.jobs = []report.Job{{ID: 1, Product: 14, State: text, Trigger: text, Outcome: text, Error: text}}
	c.explanation = report.Explanation{
		Product: 14, Name: text, Timezone: text, Schedule: text, State: text, Place: text, Band: text, Source: source,
		Paused: pause, PausedScope: text, LastError: text, Verdict: text, Checked: noon,
	}
	pages := map[string]*httptest.ResponseRecorder{
		"/":        ask(h, "GET", "/?find="+url.QueryEscape(text)),
		"/explain": ask(h, "GET", "/explain?product=14&date=2025-03-25"),
	}
	c.grid.Rows[0].Name = "x"
	c.err = &report.RefusedError{Reason: text}
	pages["/retry"] = postForm(h, "/retry", url.Values{"key": {"14/2025-03-25"}, "token": {token}})
	return pages
}

// tags matches the beginnings of elements, quoted the values of attributes, and
// handlers an attribute that is a script.
var (
	tags     = regexp.MustCompile(`<([a-zA-Z][a-zA-Z0-9]*)`)
	quoted   = regexp.MustCompile(`"[^"]*"`)
	handlers = regexp.MustCompile(`<[^>]*\son[a-z]+\s*=`)
)

func TestNoTextOfOthersBecomesMarkup(t *testing.T) {
	count := func(body string) map[string]int {
		n := map[string]int{}
		for _, m := range tags.FindAllStringSubmatch(body, -1) {
			n[strings.ToLower(m[1])]++
		}
		return n
	}
	harmless := hostilePages(t, "harmless")
	for _, text := range hostile {
		for name, w := range hostilePages(t, text) {
			body := w.Body.String()
			want, got := count(harmless[name].Body.String()), count(body)
			for tag, n := range got {
				// A row that the search did not find has no cells: fewer is no harm.
				if n > want[tag] {
					t.Errorf("%s with %q has %d <%s>; with harmless text %d", name, text, n, tag, want[tag])
				}
			}
			if m := handlers.FindString(quoted.ReplaceAllString(body, `""`)); m != "" {
				t.Errorf("%s with %q has an event handler: %s", name, text, m)
			}
			if strings.Contains(body, `href="javascript:`) {
				t.Errorf("%s with %q has a link that is a script", name, text)
			}
		}
	}
}

func TestPagesForbidBrowsersEverythingButTheirOwn(t *testing.T) {
	for name, w := range hostilePages(t, "x") {
		if got := w.Header().Get("Content-Security-Policy"); got != page.Policy || !strings.Contains(got, "default-src 'none'") || strings.Contains(got, "unsafe") {
			t.Errorf("%s: Content-Security-Policy = %q; want that of package page", name, got)
		}
		for header, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "Content-Type": "text/html; charset=utf-8"} {
			if got := w.Header().Get(header); got != want {
				t.Errorf("%s: %s = %q; want %q", name, header, got, want)
			}
		}
		for _, bad := range []string{"<style", " style=", "http://", "https://", "//cdn"} {
			if strings.Contains(w.Body.String(), bad) {
				t.Errorf("%s has %q, which the policy forbids or which loads from elsewhere", name, bad)
			}
		}
	}
}

func TestPagesAreZippedForThoseWhoAcceptIt(t *testing.T) {
	h, _, _ := newTestAdmin(AdminOptions{})
	plain, zipped := ask(h, "GET", "/"), ask(h, "GET", "/", "Accept-Encoding", "gzip")
	if got := plain.Header().Get("Content-Encoding"); got != "" {
		t.Errorf("Content-Encoding = %q for who accepts none", got)
	}
	r, err := gzip.NewReader(zipped.Body)
	if err != nil || zipped.Header().Get("Content-Encoding") != "gzip" || zipped.Header().Get("Vary") != "Accept-Encoding" {
		t.Fatalf("%v, Content-Encoding %q; want gzip", err, zipped.Header().Get("Content-Encoding"))
	}
	if body, err := io.ReadAll(r); err != nil || string(body) != plain.Body.String() {
		t.Errorf("unzipped it differs from the plain page: %v", err)
	}
}

func TestEveryAssetOfAPageIsServed(t *testing.T) {
	h, _, _ := newTestAdmin(AdminOptions{})
	body := ask(h, "GET", "/").Body.String()
	found := regexp.MustCompile(`(?:href|src)="(assets/[^"]+)"`).FindAllStringSubmatch(body, -1)
	if len(found) != 3 {
		t.Fatalf("the page refers to %q; want a style, a script and an icon", found)
	}
	for _, m := range found {
		w := ask(h, "GET", "/"+m[1])
		if w.Code != 200 || w.Body.Len() == 0 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s = %d, %d bytes, Cache-Control %q; want 200, some, immutable", m[1], w.Code, w.Body.Len(), w.Header().Get("Cache-Control"))
		}
	}
	if w := ask(h, "GET", "/assets/status.html"); w.Code != 404 {
		t.Errorf("a template = %d; want 404", w.Code)
	}
}

func postForm(h http.Handler, target string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestRetryFetchesOneDateAndLeadsToIt(t *testing.T) {
	h, c, log := newTestAdmin(AdminOptions{Token: token})
	w := postForm(h, "/retry", url.Values{"key": {"14/2025-03-25"}, "token": {token}})
	if got := w.Header().Get("Location"); w.Code != 303 || got != "explain?date=2025-03-25&product=14" {
		t.Errorf("got %d to %q; want 303 to explain?date=2025-03-25&product=14", w.Code, got)
	}
	day := mustDate(t, "2025-03-25")
	if len(c.told) != 1 || !strings.HasPrefix(c.told[0], "refresh 14 from ") || !strings.HasSuffix(c.told[0], " by token") || c.from != day || c.to != day {
		t.Errorf("told %q, from %s to %s; want a refresh of product 14 on 2025-03-25 by token", c.told, c.from, c.to)
	}
	if n := strings.Count(log.String(), `"msg":"admin change"`); n != 1 || strings.Contains(log.String(), token) {
		t.Errorf("%d lines in the audit trail, want 1 and no token in it: %s", n, log)
	}
}

func TestRetryIsForHoldersOfTheTokenAndTheSocket(t *testing.T) {
	right := url.Values{"key": {"14/2025-03-25"}, "token": {token}}
	with := func(name, value string) url.Values {
		v := url.Values{"key": right["key"], "token": right["token"]}
		v.Set(name, value)
		return v
	}
	for _, tt := range []struct {
		name, token, target string
		form                url.Values
		headers             []string
		socket              bool
		code                int
	}{
		{name: "right", token: token, form: right, code: 303},
		{name: "wrong token", token: token, form: with("token", "wrong"), code: 403},
		{name: "no token", token: token, form: with("token", ""), code: 403},
		{name: "none configured", form: with("token", ""), code: 403},
		{name: "token in the address", token: token, target: "/retry?token=" + url.QueryEscape(token), form: with("token", ""), code: 403},
		{name: "in a header", token: token, form: with("token", ""), headers: []string{"Authorization", "Bearer " + token}, code: 403},
		{name: "socket", form: with("token", ""), socket: true, code: 303},
		{name: "the page's own", token: token, form: right, headers: []string{"Sec-Fetch-Site", "same-origin"}, code: 303},
		{name: "another site", token: token, form: right, headers: []string{"Sec-Fetch-Site", "cross-site"}, code: 403},
		{name: "an old browser", token: token, form: right, headers: []string{"Origin", "http://evil.example"}, code: 403},
		{name: "no key", token: token, form: with("key", ""), code: 400},
		{name: "no date", token: token, form: with("key", "14"), code: 400},
		{name: "no such date", token: token, form: with("key", "14/2025-02-30"), code: 400},
	} {
		h, c, _ := newTestAdmin(AdminOptions{Token: tt.token})
		if tt.socket {
			h = Trusted(h)
		}
		target := tt.target
		if target == "" {
			target = "/retry"
		}
		w := postForm(h, target, tt.form, tt.headers...)
		if w.Code != tt.code || (len(c.told) > 0) != (tt.code == 303) {
			t.Errorf("%s: %d, told %q; want %d", tt.name, w.Code, c.told, tt.code)
		}
	}
}

func TestPagesSayWhatWentWrong(t *testing.T) {
	for _, tt := range []struct {
		err  error
		code int
		has  string
	}{
		{inventory.ErrNotFound, 404, "not found"},
		{&report.RefusedError{Reason: "everything is paused"}, 409, "everything is paused"},
		{errors.New("secret"), 500, "Internal server error"},
	} {
		h, c, _ := newTestAdmin(AdminOptions{Token: token})
		c.err = tt.err
		w := postForm(h, "/retry", url.Values{"key": {"14/2025-03-25"}, "token": {token}})
		if body, _ := io.ReadAll(w.Body); w.Code != tt.code || !strings.Contains(string(body), tt.has) {
			t.Errorf("retry, %v: %d %s; want %d with %s", tt.err, w.Code, body, tt.code, tt.has)
		}
	}
	h, c, _ := newTestAdmin(AdminOptions{})
	for _, bad := range []string{"", "?product=14", "?product=x&date=2025-03-25", "?product=14&date=tomorrow"} {
		if w := ask(h, "GET", "/explain"+bad); w.Code != 400 || !strings.Contains(w.Body.String(), "No such date") {
			t.Errorf("/explain%s = %d %.200s; want 400", bad, w.Code, w.Body)
		}
	}
	c.err = inventory.ErrNotFound
	if w := ask(h, "GET", "/explain?product=14&date=2025-03-25"); w.Code != 404 {
		t.Errorf("/explain of an unknown product = %d; want 404", w.Code)
	}
}

func TestWithoutATokenThePageSaysWhatToType(t *testing.T) {
	for configured, want := range map[string]string{"": "invd products refresh", token: `type="password"`} {
		h, c, _ := newTestAdmin(AdminOptions{Token: configured})
		c.status.Jobs.Dead = 1
		c.jobs = []report.Job{{ID: 1, Product: 14, Error: "boom"}}
		body := ask(h, "GET", "/").Body.String()
		if button := strings.Contains(body, `value="14/1970-01-01">Retry`); button != (configured != "") || !strings.Contains(body, want) {
			t.Errorf("token %q: a button: %v, %q: %v", configured, button, want, strings.Contains(body, want))
		}
	}
}
