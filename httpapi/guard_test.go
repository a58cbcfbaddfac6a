package httpapi

import (
	"bytes"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/julienschmidt/httprouter"
)

func TestAPanicIsA500OrABrokenConnection(t *testing.T) {
	for _, tt := range []struct {
		name   string
		handle http.HandlerFunc
		code   int
		body   string
		aborts bool
		bug    bool
	}{
		{"before the answer", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Etag", `"half"`)
			panic("bug")
		}, 500, `{"statusCode":500,"message":"Internal server error"}`, false, true},
		{"in the middle of it", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte("["))
			panic("bug")
		}, 200, "[", true, true},
		{"after its header", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(404)
			panic("bug")
		}, 404, "", true, true},
		{"after an interim answer", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			panic("bug")
		}, 500, `{"statusCode":500,"message":"Internal server error"}`, false, true},
		{"on purpose", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 0, "", true, false},
		{"with something that cannot be compared", func(http.ResponseWriter, *http.Request) { panic([]int{1}) },
			500, `{"statusCode":500,"message":"Internal server error"}`, false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var log bytes.Buffer
			o := new(heard)
			g := newGuard(o, slog.New(slog.NewTextHandler(&log, nil)))
			router := newRouter([]route{{"GET", "/", handlerPage, func(w http.ResponseWriter, r *http.Request, _ httprouter.Params) { tt.handle(w, r) }}}, nil)
			w := &sheet{header: http.Header{}}
			aborted := func() (aborted bool) {
				defer func() { aborted = recover() == http.ErrAbortHandler }()
				g.serve(router, w, httptest.NewRequest("GET", "/", nil))
				return false
			}()
			if w.code != tt.code || string(w.body) != tt.body || aborted != tt.aborts || w.code == 500 && w.header.Get("Etag") != "" {
				t.Errorf("got %d %q %v, aborted %v; want %d %q, aborted %v", w.code, w.body, w.header, aborted, tt.code, tt.body, tt.aborts)
			}
			if logged := strings.Contains(log.String(), "handler panicked"); logged != tt.bug || (o.panics == 1) != tt.bug {
				t.Errorf("logged %v, %d panics counted; want %v: %s", logged, o.panics, tt.bug, &log)
			}
			if o.handlers[handlerPage] != 1 || o.codes[500] != 1 {
				t.Errorf("counted %v %v; want one 500 of %s", o.handlers, o.codes, handlerPage)
			}
		})
	}
}

func TestRequestsAreCountedUnderNamesOfAClosedSet(t *testing.T) {
	catalogueOf14 := mirrored(t)
	inBubble(t, catalogueOf14, func(t *testing.T, p *Public, o *heard) {
		rng := rand.New(rand.NewPCG(3, 4))
		methods := []string{"GET", "HEAD", "POST", "OPTIONS", "BREW", "G\x00T"}
		for range 100_000 {
			r := &http.Request{Method: methods[rng.IntN(len(methods))], URL: mustURL(fmt.Sprintf("/api/v1/experience/%d/slots%d", rng.Int64(), rng.Int64()))}
			if rng.IntN(2) == 0 {
				r.URL.Path = fmt.Sprintf("/%x/%x", rng.Int64(), rng.Int64())
			}
			p.ServeHTTP(&sheet{header: http.Header{}}, r)
		}
		ask(p, "GET", tuesday)
		ask(p, "GET", datesOf14)
		ask(p, "GET", "/-/ready")
		synctest.Wait()
		for name := range o.handlers {
			if !slices.Contains(Handlers(), name) {
				t.Errorf("a request was counted as %q; want one of %v", name, Handlers())
			}
		}
		if o.handlers[handlerSlots] != 1 || o.handlers[handlerDates] != 1 || o.handlers[handlerReady] != 1 || o.handlers[handlerOther] != 100_000 {
			t.Errorf("counted %v; want one of slots, dates and ready each, 100000 others", o.handlers)
		}
	})
}
