package engine_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"invd/engine"
	"invd/engine/backoff"
	"invd/engine/inventory"
	"invd/engine/limit"
	"invd/engine/partner"
	"invd/engine/partner/sim"
	"invd/engine/plan"
	"invd/engine/refresh"
	"invd/engine/worker"
	"invd/metrics"
	"invd/storage"
)

// A world is a simulated partner and an engine that asks it, in a bubble: real
// store, real HTTP, virtual time.
type world struct {
	*engine.Engine
	t       *testing.T
	partner *sim.Partner
	asked   atomic.Pointer[sim.Partner] // partner, until there is another one
	store   *storage.Store
	metrics *metrics.Metrics
	today   inventory.Date
	cancel  context.CancelFunc // stops the engine
	stop    func()             // and waits for it
	dir     string             // of the store
	seen    storage.Observer   // likewise
	options engine.Options     // of the engine, but for its store

	mu  sync.Mutex
	log []sim.Request
}

// A setup is what differs between worlds. Limits and days that are not given are 30
// a minute and 60.
type setup struct {
	products, days int
	every          time.Duration   // of the one schedule; its objective is 4/3 of that
	schedules      []plan.Schedule // several, instead of days and every
	limits         []limit.Limit
	concurrency    int
	through        bool
	sim            sim.Options
	front          func(http.Handler) http.Handler       // stands before the partner; may be nil
	fetcher        func(worker.Fetcher) worker.Fetcher   // put around the client; may be nil
	observer       func(*metrics.Engine) engine.Observer // put around the metrics; may be nil
	committed      storage.Observer                      // may be nil
}

// plenty is a budget that nothing waits for.
var plenty = []limit.Limit{{Requests: 1_000, Per: time.Second}}

// morning is when worlds begin: a Monday in UTC, which is everybody's zone.
var morning = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

func newWorld(t *testing.T, s setup) *world {
	t.Helper()
	time.Sleep(time.Until(morning))
	if s.days == 0 {
		s.days = 60
	}
	if s.limits == nil {
		s.limits = []limit.Limit{{Requests: 30, Per: time.Minute}}
	}
	if s.concurrency == 0 {
		s.concurrency = 4
	}
	w := &world{t: t, today: inventory.DateOf(morning)}
	s.sim.Products = sim.Catalogue(s.products)
	s.sim.OnRequest = func(r sim.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.log = append(w.log, r)
	}
	w.partner = sim.New(s.sim)
	w.asked.Store(w.partner)
	var front http.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.asked.Load().ServeHTTP(rw, r) })
	if s.front != nil {
		front = s.front(front)
	}
	l, dial := sim.Listen()
	server := &http.Server{Handler: front, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	served := make(chan error)
	go func() { served <- server.Serve(l) }()
	if s.schedules == nil {
		s.schedules = []plan.Schedule{{Name: "all", Days: s.days, Every: s.every, Objective: s.every * 4 / 3}}
	}
	rules := plan.NewRules(s.schedules)
	var names []string
	for _, schedule := range s.schedules {
		names = append(names, schedule.Name)
	}
	var products []plan.Product
	for _, id := range s.sim.Products {
		products = append(products, plan.Product{ID: inventory.ProductID(id), Zone: time.UTC, Enabled: true})
	}
	w.metrics = metrics.New(metrics.Options{Schedules: names, Bands: rules.Bands()})
	var observer engine.Observer = w.metrics.Engine
	if s.observer != nil {
		observer = s.observer(w.metrics.Engine)
	}
	transport := &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 64}
	var fetcher worker.Fetcher = partner.New(partner.Options{
		BaseURL: &url.URL{Scheme: "http", Host: "partner", Path: "/api/v1"}, Timeout: 10 * time.Second, MaxBody: 8 << 20, Transport: transport, Permit: worker.Permit,
		Observe: func(partner.Attempt) {},
	})
	if s.fetcher != nil {
		fetcher = s.fetcher(fetcher)
	}
	w.dir, w.seen = t.TempDir(), s.committed
	w.options = engine.Options{
		Catalogue: plan.NewCatalogue(rules, products), Fetcher: fetcher, Limits: s.limits, Concurrency: s.concurrency,
		MaxAttempts: 4, Retry: backoff.Policy{Base: time.Second, Cap: time.Minute}, ReadThrough: s.through, Drain: time.Second,
		Observer: observer, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	w.start()
	t.Cleanup(func() {
		w.end()
		transport.CloseIdleConnections()
		_ = server.Close() // its listener is in memory
		<-served
	})
	return w
}

// start runs an engine on what is stored, until stop.
func (w *world) start() {
	w.t.Helper()
	var err error
	if w.store, err = storage.Open(w.dir, storage.Options{NoSync: true, Observer: w.seen}); err != nil {
		w.t.Fatal(err)
	}
	o := w.options
	o.Store = w.store
	if w.Engine, err = engine.New(o); err != nil {
		w.t.Fatal(err)
	}
	var ctx context.Context
	ctx, w.cancel = context.WithCancel(w.t.Context())
	e, ran := w.Engine, make(chan error, 1)
	go func() { ran <- e.Run(ctx) }()
	w.stop = sync.OnceFunc(func() {
		w.cancel()
		if err := <-ran; err != nil {
			w.t.Errorf("the engine ended with %v", err)
		}
	})
	<-w.Ready()
}

// end stops the engine and closes the store.
func (w *world) end() {
	w.stop()
	if err := w.store.Close(); err != nil {
		w.t.Error(err)
	}
}

// since returns what the partner was asked from a moment on.
func (w *world) since(from time.Time) (log []sim.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.log {
		if !r.Time.Before(from) {
			log = append(log, r)
		}
	}
	return log
}

// fullest returns the most requests that any window of length per held, both of
// its ends included.
func fullest(log []sim.Request, per time.Duration) (most int) {
	first := 0
	for i := range log {
		for log[i].Time.Sub(log[first].Time) > per {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

func (w *world) key(product int, ahead int) inventory.Key {
	return inventory.Key{Product: inventory.ProductID(14 + product), Date: w.today.AddDays(ahead)}
}

// await has a reader wait for a key, and tells how long that took.
func (w *world) await(k inventory.Key, wait time.Duration) (bool, time.Duration) {
	began := time.Now()
	ok := w.Desk().Await(w.t.Context(), k, wait)
	return ok, time.Since(began)
}

// age returns how old what readers see of a key is.
func (w *world) age(k inventory.Key) time.Duration {
	w.t.Helper()
	r, err := w.store.Availability(k)
	if err != nil {
		w.t.Fatalf("availability of %s: %v", k, err)
	}
	return time.Since(r.CheckedAt)
}

// made counts the jobs that were made with a trigger.
func (w *world) made(trigger refresh.Trigger) int {
	w.t.Helper()
	return int(w.value("invd_jobs_created_total", trigger.String()))
}

// value returns the sum of a metric's series that have a label value.
func (w *world) value(name, label string) (sum float64) {
	w.t.Helper()
	families, err := w.metrics.Registry().Gather()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, s := range f.GetMetric() {
			for _, l := range s.GetLabel() {
				if l.GetValue() == label {
					sum += s.GetCounter().GetValue() + s.GetGauge().GetValue()
				}
			}
		}
	}
	return sum
}

// inBubble runs test in a world of its own.
func inBubble(t *testing.T, s setup, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, newWorld(t, s)) })
}
