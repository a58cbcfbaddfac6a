package httpapi

import (
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/julienschmidt/httprouter"
)

// A guard stands around a whole listener: it counts every request under a name
// of a closed set, and turns a panic into a 500, or into a broken connection when
// part of an answer is out already. (An answer cut short must not look complete.)
type guard struct {
	observer Observer
	log      *slog.Logger
	pool     sync.Pool // of *response
}

func newGuard(o Observer, log *slog.Logger) *guard {
	if o == nil {
		o = unobserved{}
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &guard{observer: o, log: log, pool: sync.Pool{New: func() any { return new(response) }}}
}

func (g *guard) serve(h http.Handler, w http.ResponseWriter, r *http.Request) {
	res := g.pool.Get().(*response)
	res.ResponseWriter, res.handler, res.code, res.start = w, handlerOther, 0, time.Now()
	defer g.finish(res, r)
	if ambiguous(r.URL) {
		notFound(res, r)
		return
	}
	h.ServeHTTP(res, r)
}

// ambiguous reports whether httprouter might take a path for a route that it is not
// written as: an escaped slash for one between segments, which a proxy in front takes for
// a part of one.
func ambiguous(u *url.URL) bool {
	return u.RawPath != "" && strings.Contains(strings.ToLower(u.RawPath), "%2f")
}

// finish is deferred by serve, and so the place where recover works.
func (g *guard) finish(res *response, r *http.Request) {
	v := recover()
	abort := v == http.ErrAbortHandler
	if v != nil && !abort {
		g.observer.Panicked()
		g.log.LogAttrs(r.Context(), slog.LevelError, "handler panicked",
			slog.String("handler", res.handler), slog.Any("panic", v), slog.String("stack", string(debug.Stack())))
		if abort = res.code != 0; !abort {
			clear(res.Header())
			writeError(res, http.StatusInternalServerError, internalError)
		}
	}
	code := res.code
	switch {
	case abort:
		code = http.StatusInternalServerError
	case code == 0:
		code = http.StatusOK // net/http sends it for a handler that wrote nothing
	}
	g.observer.Served(res.handler, code, time.Since(res.start))
	res.ResponseWriter = nil
	g.pool.Put(res)
	if abort {
		panic(http.ErrAbortHandler)
	}
}

// A response remembers which handler answered and with what code. It lives in
// guard.pool: no handler may keep it after it returned.
type response struct {
	http.ResponseWriter
	handler string
	code    int       // 0: nothing was sent
	start   time.Time // when the request came in
}

// began returns when the request came in that w answers. It is a read's now: a
// clock is not asked twice.
func began(w http.ResponseWriter) time.Time { return w.(*response).start } // guard.serve wraps every writer

func (r *response) WriteHeader(code int) {
	if r.code == 0 && code >= 200 { // 1xx come before the answer
		r.code = code
	}
	r.ResponseWriter.WriteHeader(code)
}

func (r *response) Write(b []byte) (int, error) {
	if r.code == 0 {
		r.code = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach deadlines and Flush.
func (r *response) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// A route is one row of a listener's table.
type route struct {
	method, path string // path in httprouter's terms
	handler      string // the name it is counted under
	handle       httprouter.Handle
}

// newRouter makes a router of the table; a GET answers HEAD too. Paths match as
// they are: a redirect would lose a POST's body and could be led to another host.
// options answers OPTIONS; nil: it is not allowed.
func newRouter(routes []route, options http.Handler) *httprouter.Router {
	router := httprouter.New()
	router.RedirectTrailingSlash, router.RedirectFixedPath = false, false
	router.HandleOPTIONS, router.GlobalOPTIONS = options != nil, options
	router.HandleMethodNotAllowed = true
	router.MethodNotAllowed = methodNotAllowed(options != nil)
	router.NotFound = http.HandlerFunc(notFound)
	for _, rt := range routes {
		router.Handle(rt.method, rt.path, named(rt))
		if rt.method == http.MethodGet {
			router.Handle(http.MethodHead, rt.path, named(rt))
		}
	}
	return router
}

func named(rt route) httprouter.Handle {
	return func(w http.ResponseWriter, r *http.Request, ps httprouter.Params) {
		w.(*response).handler = rt.handler // guard.serve wraps every writer
		rt.handle(w, r, ps)
	}
}
