package httpapi

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/engine/plan"
	"invd/engine/report"
	"invd/httpapi/openapi"
)

// Who asks, in the fuzzer's terms.
const (
	anonymous = iota
	withToken
	withWrongToken
	overSocket
	kindsOfCallers
)

// latest remembers the request that was served last.
type latest struct {
	unobserved
	handler string
	panics  int
}

func (o *latest) Served(handler string, _ int, _ time.Duration) { o.handler = handler }
func (o *latest) Panicked()                                     { o.panics++ }

// FuzzRoutes asks both listeners for any address with any method and body, and holds the
// answers to the OpenAPI documents: an address means the route that it is written as, or
// none; the status is a documented one and no 5xx, what is JSON has the documented members,
// ids and dates are read as written, and nothing changes for who may not change it.
func FuzzRoutes(f *testing.F) {
	catalogue := testCatalogue(f)
	store := newFakeStore()
	for ahead := range inventory.Date(3) { // the fuzzer runs in real time
		today := catalogue.Product(14).Today(time.Now())
		store.put(record(14, today+ahead, time.Now(), nightSafari(f, today+ahead)...))
	}
	observer := new(latest)
	public := mustPublic(f, PublicOptions{Reader: store, Catalogue: func() *plan.Catalogue { return catalogue }, CacheBytes: 1 << 20, Observer: observer})
	f.Cleanup(public.Close)
	controller := new(fakeController)
	operator := NewAdmin(AdminOptions{
		Controller: controller, Token: token, Observer: observer, Database: noDatabase{}, Log: slog.New(slog.DiscardHandler),
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { writeText(w, http.StatusOK, "") }),
		Events:  NewEvents(func() report.Budget { return report.Budget{} }, func() report.Source { return report.Source{} }),
		Reload:  func(context.Context) error { controller.say("reload"); return nil },
	})
	documents := map[bool]specification{false: mustSpec(f, openapi.Public), true: mustSpec(f, openapi.Admin)}
	for _, document := range documents {
		for path, operations := range document.Paths {
			path = strings.NewReplacer("{id}", "14", "{name}", "today", "{item}", "").Replace(path)
			for method := range operations {
				for who := range byte(kindsOfCallers) {
					f.Add(strings.ToUpper(method), path, "", who)
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, method, target, body string, who byte) {
		if strings.ContainsAny(method+target, " \r\n") || method == http.MethodOptions && target == "*" {
			return // another header, or for net/http alone
		}
		ask := func() (*http.Request, *sheet) {
			r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")))
			if err != nil {
				t.Skip() // net/http refuses it
			}
			r.Body, r.RemoteAddr = io.NopCloser(strings.NewReader(body)), "192.0.2.1:1"
			return r, &sheet{header: http.Header{}}
		}
		r, w := ask()
		public.ServeHTTP(w, r)
		documents[false].checkDocumented(t, r, observer.handler, w, true)
		checkParameters(t, documents[false].match(r.URL), r, w.code)

		r, w = ask()
		if strings.HasPrefix(r.URL.Path, "/debug/pprof/") {
			return // which takes seconds, and is the standard library's
		}
		h := operator
		switch who % kindsOfCallers {
		case withToken:
			r.RemoteAddr = "192.0.2.2:1" // who does not guess
			r.Header.Set("Authorization", "Bearer "+token)
		case withWrongToken:
			r.Header.Set("Authorization", "Bearer wrong")
		case overSocket:
			h = Trusted(operator)
		}
		controller.told = nil
		h.ServeHTTP(w, r)
		path := documents[true].match(r.URL)
		documents[true].checkDocumented(t, r, observer.handler, w, false)
		checkParameters(t, path, r, w.code)
		if !slices.Contains([]byte{withToken, overSocket}, who%kindsOfCallers) && len(controller.told) > 0 {
			if form, err := url.ParseQuery(body); path != "/retry" || err != nil || form.Get("token") != token {
				t.Errorf("somebody without the token had %q done", controller.told)
			}
		}
		if observer.panics > 0 {
			t.Fatal("a handler panicked")
		}
		for name, values := range w.header {
			if strings.ContainsAny(strings.Join(values, ""), "\r\n\x00") || name == "Location" && !strings.HasPrefix(values[0], "explain?") {
				t.Errorf("header %s: %q", name, values)
			}
		}
	})
}
