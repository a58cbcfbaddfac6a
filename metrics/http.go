package metrics

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// HTTP counts what is served. Its methods may be called from any goroutine, on a
// nil HTTP too. They are on the way of every read, so all series are looked up
// beforehand.
type HTTP struct {
	handlers map[string]*handlerSeries // does not change after newHTTP
	reads    *prometheus.CounterVec
	bySched  atomic.Pointer[map[string]*readSeries] // replaced by prepare
	ages     prometheus.Observer
	hit      prometheus.Counter
	miss     prometheus.Counter
	refused  map[string]prometheus.Counter // does not change after newHTTP
	panics   prometheus.Counter
}

type handlerSeries struct {
	byClass [5]prometheus.Counter // as codeClasses
	seconds prometheus.Observer
}

type readSeries struct{ fresh, stale, never prometheus.Counter }

func newHTTP(r *registrar, o Options) *HTTP {
	requests := r.counter("invd_http_requests_total")
	seconds := r.histogram("invd_http_request_duration_seconds")
	lookups := r.counter("invd_cache_requests_total")
	h := &HTTP{
		handlers: map[string]*handlerSeries{},
		reads:    r.counter("invd_served_reads_total"),
		ages:     r.histogram("invd_served_age_seconds").WithLabelValues(),
		hit:      lookups.WithLabelValues(cacheResults[0]),
		miss:     lookups.WithLabelValues(cacheResults[1]),
		refused:  map[string]prometheus.Counter{},
		panics:   r.counter("invd_panics_recovered_total").WithLabelValues("http"),
	}
	for _, name := range append(slices.Clone(o.Handlers), other) {
		s := &handlerSeries{seconds: seconds.WithLabelValues(name)}
		for i, class := range codeClasses {
			s.byClass[i] = requests.WithLabelValues(name, class)
		}
		h.handlers[name] = s
	}
	refused := r.counter("invd_admin_refused_total")
	for _, reason := range append(slices.Clone(o.Refusals), other) {
		h.refused[reason] = refused.WithLabelValues(reason)
	}
	h.bySched.Store(&map[string]*readSeries{})
	return h
}

// prepare makes the series of schedules exist.
func (h *HTTP) prepare(schedules []string) {
	all := map[string]*readSeries{}
	for _, name := range schedules {
		all[name] = h.series(name)
	}
	h.bySched.Store(&all)
}

func (h *HTTP) series(schedule string) *readSeries {
	return &readSeries{ // as freshValues
		fresh: h.reads.WithLabelValues(schedule, freshValues[0]),
		stale: h.reads.WithLabelValues(schedule, freshValues[1]),
		never: h.reads.WithLabelValues(schedule, freshValues[2]),
	}
}

// of returns a schedule's series. One that prepare was not told of yet, in the
// moment of a reload, costs a lookup.
func (h *HTTP) of(schedule string) *readSeries {
	if s := (*h.bySched.Load())[schedule]; s != nil {
		return s
	}
	return h.series(schedule)
}

// Served counts a finished request. A handler that Options did not name is
// counted as "other".
func (h *HTTP) Served(handler string, code int, took time.Duration) {
	if h == nil {
		return
	}
	s := h.handlers[handler]
	if s == nil {
		s = h.handlers[other]
	}
	s.byClass[min(max(code/100, 1), len(codeClasses))-1].Inc()
	s.seconds.Observe(took.Seconds())
}

// Read counts inventory shown to a reader, with its age.
func (h *HTTP) Read(schedule string, fresh bool, age time.Duration) {
	if h == nil {
		return
	}
	s := h.of(schedule)
	if fresh {
		s.fresh.Inc()
	} else {
		s.stale.Inc()
	}
	h.ages.Observe(age.Seconds())
}

// NeverFetched counts a read of a key that was never answered.
func (h *HTTP) NeverFetched(schedule string) {
	if h != nil {
		h.of(schedule).never.Inc()
	}
}

// Cached counts a lookup of an encoded answer.
func (h *HTTP) Cached(hit bool) {
	switch {
	case h == nil:
	case hit:
		h.hit.Inc()
	default:
		h.miss.Inc()
	}
}

// Refused counts a request to the admin listener that was refused. A reason that
// Options did not name is counted as "other".
func (h *HTTP) Refused(reason string) {
	if h == nil {
		return
	}
	c := h.refused[reason]
	if c == nil {
		c = h.refused[other]
	}
	c.Inc()
}

// Panicked counts a panic in a handler.
func (h *HTTP) Panicked() {
	if h != nil {
		h.panics.Inc()
	}
}
