package metrics

import (
	"net/http"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"invd/engine/report"
)

// Options say which label values there are.
type Options struct {
	Schedules []string // names, as in the configuration
	Bands     []string // names of the queue's bands
	Handlers  []string // what HTTP.Served is called with; anything else is "other"
	Refusals  []string // what HTTP.Refused is called with; anything else is "other"
	Outcomes  []string // what Engine.Attempt is called with; nil: the partner client's
	Key       string   // name of the one API key; "": "partner"
	Version   string
	Revision  string
	Schema    int // version of the on-disk format
}

// Metrics is a registry and the verbs that fill it. All its methods may be called
// from any goroutine.
type Metrics struct {
	Engine  *Engine
	Storage *Storage
	HTTP    *HTTP

	registry *prometheus.Registry
	status   atomic.Pointer[func() report.Status]
	blank    atomic.Pointer[report.Status] // for as long as there is no status
	key      string

	reloads                   *prometheus.CounterVec
	reloadOK, reloadSuccess   prometheus.Gauge
	publicExpiry, adminExpiry prometheus.Gauge
}

// New makes the metrics and registers them, those of the Go runtime and of the
// process too.
func New(o Options) *Metrics {
	if o.Key == "" {
		o.Key = "partner"
	}
	if o.Outcomes == nil {
		o.Outcomes = defaultOutcomes
	}
	m := &Metrics{registry: prometheus.NewRegistry(), key: o.Key}
	r := newRegistrar(m.registry)
	m.Engine = newEngine(r, o)
	m.Storage = newStorage(r)
	m.HTTP = newHTTP(r, o)
	m.SetSchedules(o.Schedules, o.Bands)

	r.gauge("invd_build_info").WithLabelValues(o.Version, o.Revision, runtime.Version()).Set(1)
	r.gauge("invd_store_schema_version").WithLabelValues().Set(float64(o.Schema))
	m.reloads = r.counter("invd_config_reloads_total")
	each(m.reloads, results)
	m.reloadOK = r.gauge("invd_config_last_reload_successful").WithLabelValues()
	m.reloadSuccess = r.gauge("invd_config_last_reload_success_timestamp_seconds").WithLabelValues()
	expiry := r.gauge("invd_tls_certificate_expiry_timestamp_seconds")
	m.publicExpiry, m.adminExpiry = expiry.WithLabelValues("public"), expiry.WithLabelValues("admin")
	m.loaded(true) // who gets here has a configuration

	m.registry.MustRegister(
		newStatusCollector(m.current),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// Registry returns the registry.
func (m *Metrics) Registry() *prometheus.Registry { return m.registry }

// Handler answers /metrics, at most two scrapes at once.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		MaxRequestsInFlight: 2,
		Timeout:             5 * time.Second,
	})
}

// SetStatus says where the gauges come from: status is called once for each
// scrape. Until then they are zero. Its Budget.Key is not looked at: the label is
// Options.Key everywhere, since counters and gauges are divided by each other.
func (m *Metrics) SetStatus(status func() report.Status) { m.status.Store(&status) }

// SetSchedules makes the series of schedules and bands exist after a reload. Those
// of a schedule that is gone stay as they are until the daemon restarts.
func (m *Metrics) SetSchedules(schedules, bands []string) {
	m.Engine.prepare(schedules)
	m.HTTP.prepare(schedules)
	blank := &report.Status{Budget: report.Budget{Key: m.key}}
	for _, name := range schedules {
		blank.Schedules = append(blank.Schedules, report.Schedule{Name: name})
	}
	for _, name := range bands {
		blank.Bands = append(blank.Bands, report.Band{Name: name})
	}
	m.blank.Store(blank)
}

// Reloaded counts a reload of the configuration.
func (m *Metrics) Reloaded(ok bool) {
	m.reloads.WithLabelValues(result(ok)).Inc()
	m.loaded(ok)
}

// SetCertificates says until when each listener's certificate is valid; zero: it has
// none.
func (m *Metrics) SetCertificates(public, admin time.Time) {
	m.publicExpiry.Set(unix(public))
	m.adminExpiry.Set(unix(admin))
}

func (m *Metrics) loaded(ok bool) {
	m.reloadOK.Set(truth(ok))
	if ok {
		m.reloadSuccess.SetToCurrentTime()
	}
}

// current returns the state of now.
func (m *Metrics) current() report.Status {
	read := m.status.Load()
	if read == nil {
		return *m.blank.Load()
	}
	s := (*read)()
	s.Budget.Key = m.key
	return s
}
