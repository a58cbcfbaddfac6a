package httpapi

import (
	"compress/gzip"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/julienschmidt/httprouter"

	"invd/engine/plan"
	"invd/engine/report"
	"invd/httpapi/openapi"
)

// calendarDays is how far ahead /dates looks, today included.
const calendarDays = 60

// PublicOptions is what the public listener needs. Reader and Catalogue must be
// given.
type PublicOptions struct {
	Reader     Reader
	Catalogue  func() *plan.Catalogue // the one in force; any goroutine may call it
	CacheBytes int64                  // for encoded answers; 0 or less: none are kept
	Ready      func() (bool, []Check) // nil: always ready
	Healthy    func() error           // nil: always healthy
	Demand     Demand                 // nil: nobody wants to know
	Observer   Observer               // nil: nothing is counted
	Log        *slog.Logger           // nil: nothing is logged
}

// Public answers the public listener. Make one with NewPublic. It may serve any
// number of requests at once.
type Public struct {
	reader    Reader
	catalogue func() *plan.Catalogue
	demand    Demand
	answers   *answers
	zip       *compressor
	guard     *guard
	router    *httprouter.Router

	hits, misses atomic.Uint64 // lookups of encoded answers
}

// NewPublic makes the handler of the public listener. Close ends it.
func NewPublic(o PublicOptions) (*Public, error) {
	if o.Reader == nil || o.Catalogue == nil {
		return nil, errors.New("public API: reader and catalogue must be given")
	}
	if o.Demand == nil {
		o.Demand = unheard{}
	}
	cached, err := newAnswers(o.CacheBytes)
	if err != nil {
		return nil, err
	}
	p := &Public{
		reader: o.Reader, catalogue: o.Catalogue, demand: o.Demand,
		answers: cached, zip: newCompressor(gzip.DefaultCompression), guard: newGuard(o.Observer, o.Log),
	}
	p.router = newRouter(p.routes(probes{ready: o.Ready, healthy: o.Healthy}), http.HandlerFunc(preflight))
	return p, nil
}

// SetCacheBytes bounds the cache of answers anew. It has no effect on a public API
// that was made without one.
func (p *Public) SetCacheBytes(n int64) {
	if p.answers.entries != nil {
		p.answers.entries.UpdateMaxCost(n)
	}
}

// Cache returns how full the cache of answers is, and what it was good for.
func (p *Public) Cache() report.Cache {
	found := report.Cache{Hits: p.hits.Load(), Misses: p.misses.Load()}
	if c := p.answers.entries; c != nil {
		found.MaxBytes = c.MaxCost()
		found.Bytes = found.MaxBytes - c.RemainingCost()
	}
	return found
}

// cached counts a lookup of an encoded answer.
func (p *Public) cached(hit bool) {
	if hit {
		p.hits.Add(1)
	} else {
		p.misses.Add(1)
	}
	p.guard.observer.Cached(hit)
}

// Close ends the cache's goroutines. Call it when no request is being served any
// more.
func (p *Public) Close() { p.answers.close() }

func (p *Public) routes(probes probes) []route {
	return []route{
		{http.MethodGet, "/api/v1/experience/:id/slots", handlerSlots, p.slots},
		{http.MethodGet, "/api/v1/experience/:id/slots/", handlerSlots, p.slots},
		{http.MethodGet, "/api/v1/experience/:id/dates", handlerDates, p.dates},
		{http.MethodGet, "/api/v1/experience/:id/dates/", handlerDates, p.dates},
		{http.MethodGet, "/-/healthy", handlerHealthy, probes.serveHealthy},
		{http.MethodGet, "/-/ready", handlerReady, probes.serveReady},
		{http.MethodGet, "/openapi.json", handlerSpec, spec(openapi.Public)},
	}
}

// ServeHTTP answers one request.
func (p *Public) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.guard.serve(p.router, w, r) }

// preflight answers OPTIONS: any page may read, and ask whether what it has is
// current.
func preflight(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h["Access-Control-Allow-Origin"] = anyOrigin
	h.Set("Access-Control-Allow-Methods", "GET, HEAD")
	h.Set("Access-Control-Allow-Headers", "If-None-Match")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}
