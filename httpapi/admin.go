package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/pprof"

	"github.com/julienschmidt/httprouter"

	"invd/httpapi/openapi"
)

// AdminOptions is what the admin listener needs. Controller, Metrics and Events must
// be given.
type AdminOptions struct {
	Controller Controller
	Metrics    http.Handler                // answers /metrics
	Events     *Events                     // answers /api/v1/events
	Token      string                      // what changes over TCP need; "": they are refused
	Reload     func(context.Context) error // nil: there is no /-/reload
	Database   Database                    // nil: its routes are not there
	Ready      func() (bool, []Check)      // nil: always ready
	Healthy    func() error                // nil: always healthy
	Observer   Observer                    // nil: nothing is counted
	Log        *slog.Logger                // nil: nothing is logged
	Audit      *slog.Logger                // the audit trail: every change, made or refused; nil: Log
}

// admin answers the admin listener.
type admin struct {
	controller Controller
	events     *Events
	reload     func(context.Context) error
	database   Database
	log, audit *slog.Logger
	auth       *authority
}

// NewAdmin makes the handler of the admin listener. Reads are for everybody who
// reaches it, changes for holders of the token and for the socket (see Trusted).
func NewAdmin(o AdminOptions) http.Handler {
	g := newGuard(o.Observer, o.Log)
	audit := o.Audit
	if audit == nil {
		audit = g.log
	}
	a := &admin{
		controller: o.Controller, events: o.Events, reload: o.Reload, database: o.Database,
		log: g.log, audit: audit, auth: newAuthority(o.Token, g.observer, audit),
	}
	router := newRouter(a.routes(probes{ready: o.Ready, healthy: o.Healthy, verbose: true}, o.Metrics), nil)
	inner := a.auth.localNamesOnly(a.auth.sameSiteOnly(router))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { g.serve(inner, w, r) })
}

func (a *admin) routes(probes probes, metrics http.Handler) []route {
	routes := []route{
		{http.MethodGet, "/", handlerPage, a.page},
		{http.MethodGet, "/explain", handlerPage, a.explainPage},
		{http.MethodPost, "/retry", handlerChange, a.retry},
		{http.MethodGet, "/assets/:name", handlerPage, a.asset},
		{http.MethodGet, "/metrics", handlerMetrics, plain(metrics)},
		{http.MethodGet, "/-/healthy", handlerHealthy, probes.serveHealthy},
		{http.MethodGet, "/-/ready", handlerReady, probes.serveReady},
		{http.MethodGet, "/debug/pprof/*item", handlerProfile, profile},
		{http.MethodGet, "/openapi.json", handlerSpec, spec(openapi.Admin)},

		{http.MethodGet, "/api/v1/status", handlerQuery, a.status},
		{http.MethodGet, "/api/v1/plan", handlerQuery, a.plan},
		{http.MethodGet, "/api/v1/rates", handlerQuery, a.rates},
		{http.MethodGet, "/api/v1/explain", handlerQuery, a.explain},
		{http.MethodGet, "/api/v1/products", handlerQuery, a.products},
		{http.MethodGet, "/api/v1/products/:id", handlerQuery, a.product},
		{http.MethodGet, "/api/v1/schedules", handlerQuery, a.schedules},
		{http.MethodGet, "/api/v1/schedules/:name", handlerQuery, a.schedule},
		{http.MethodGet, "/api/v1/jobs", handlerQuery, a.jobs},
		{http.MethodGet, "/api/v1/jobs/:id", handlerQuery, a.job},
		{http.MethodGet, "/api/v1/events", handlerEvents, a.stream},

		{http.MethodPost, "/api/v1/jobs/:id/retry", handlerChange, a.change("retry", a.retryJob)},
		{http.MethodGet, "/api/v1/backfills", handlerQuery, a.backfills},
		{http.MethodPost, "/api/v1/backfills", handlerChange, a.change("backfill", a.startBackfill)},
		{http.MethodPost, "/api/v1/backfills/:id/cancel", handlerChange, a.change("cancel", a.cancelBackfill)},
		{http.MethodPost, "/api/v1/retry", handlerChange, a.change("retry", a.retryJobs)},
		{http.MethodPost, "/api/v1/purge", handlerChange, a.change("purge", a.purgeJobs)},
		{http.MethodPost, "/api/v1/pause", handlerChange, a.pause(everything)},
		{http.MethodPost, "/api/v1/resume", handlerChange, a.resume(everything)},
		{http.MethodPost, "/api/v1/schedules/:name/pause", handlerChange, a.pause(oneSchedule)},
		{http.MethodPost, "/api/v1/schedules/:name/resume", handlerChange, a.resume(oneSchedule)},
		{http.MethodPost, "/api/v1/schedules/:name/trigger", handlerChange, a.change("trigger", a.trigger)},
		{http.MethodPost, "/api/v1/products/:id/pause", handlerChange, a.pause(oneProduct)},
		{http.MethodPost, "/api/v1/products/:id/resume", handlerChange, a.resume(oneProduct)},
		{http.MethodPost, "/api/v1/products/:id/refresh", handlerChange, a.change("refresh", a.refreshProduct)},
	}
	if a.database != nil {
		routes = append(routes,
			route{http.MethodGet, "/api/v1/database", handlerQuery, a.contents},
			route{http.MethodPost, "/api/v1/snapshot", handlerChange, a.snapshot})
	}
	if a.reload != nil {
		routes = append(routes, route{http.MethodPost, "/-/reload", handlerChange, a.change("reload", a.reloadConfig)})
	}
	return routes
}

func plain(h http.Handler) httprouter.Handle {
	return func(w http.ResponseWriter, r *http.Request, _ httprouter.Params) { h.ServeHTTP(w, r) }
}

// profile serves /debug/pprof/. Index serves every profile without a handler of
// its own; those that take a while move the write deadline themselves.
func profile(w http.ResponseWriter, r *http.Request, ps httprouter.Params) {
	switch ps.ByName("item") {
	case "/cmdline":
		pprof.Cmdline(w, r)
	case "/profile":
		pprof.Profile(w, r)
	case "/symbol":
		pprof.Symbol(w, r)
	case "/trace":
		pprof.Trace(w, r)
	default:
		pprof.Index(w, r)
	}
}
