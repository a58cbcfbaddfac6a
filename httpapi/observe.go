package httpapi

import "time"

// An Observer counts what happens. Its methods are called on the way of every
// request, from any goroutine, and must be quick.
type Observer interface {
	// Served tells of a finished request. handler is one of Handlers, whatever
	// was asked for.
	Served(handler string, code int, took time.Duration)

	// Read tells of inventory shown to a reader: the schedule it follows, whether
	// its age was within that schedule's objective, and the age.
	Read(schedule string, fresh bool, age time.Duration)

	// NeverFetched tells of a read of a key that a schedule covers and that was
	// never answered.
	NeverFetched(schedule string)

	// Cached tells of a lookup of an encoded answer.
	Cached(hit bool)

	// Refused tells of a request to the admin listener that may not be made, and
	// why: one of Refusals.
	Refused(reason string)

	// Panicked tells of a panic in a handler, which is a bug.
	Panicked()
}

// The handler names, a closed set: a request can choose among them but never add
// one.
const (
	handlerSlots   = "slots"
	handlerDates   = "dates"
	handlerHealthy = "healthy"
	handlerReady   = "ready"
	handlerMetrics = "metrics"
	handlerProfile = "pprof"
	handlerPage    = "page"
	handlerQuery   = "query"  // an admin read
	handlerChange  = "change" // an admin change
	handlerEvents  = "events" // a stream; how long it was watched
	handlerSpec    = "openapi"
	handlerOther   = "other" // no route: 404, 405, refused before routing
)

// Handlers returns every handler name that Observer.Served can be called with.
func Handlers() []string {
	return []string{
		handlerSlots, handlerDates, handlerHealthy, handlerReady, handlerMetrics,
		handlerProfile, handlerPage, handlerQuery, handlerChange, handlerEvents, handlerSpec, handlerOther,
	}
}

// unobserved is the Observer of those who pass none.
type unobserved struct{}

func (unobserved) Served(string, int, time.Duration) {}
func (unobserved) Read(string, bool, time.Duration)  {}
func (unobserved) NeverFetched(string)               {}
func (unobserved) Cached(bool)                       {}
func (unobserved) Refused(string)                    {}
func (unobserved) Panicked()                         {}
