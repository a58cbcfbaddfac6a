package app

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"invd/cmd/invd/config"
	"invd/cmd/invd/supervisor"
	"invd/engine"
	"invd/engine/backoff"
	"invd/engine/partner"
	"invd/engine/plan"
	"invd/engine/report"
	"invd/engine/worker"
	"invd/httpapi"
)

// A core is what follows from the configuration: the engine, its client and the
// admin handler. A reload stops one and starts another on the same store, which
// has all that the next one needs to know: what is due, queued, paused and spent.
// The listeners, the store and the cache of answers stay.
type core struct {
	config    *config.Config
	catalogue *plan.Catalogue
	plan      atomic.Pointer[report.Plan] // what was predicted last
	engine    *engine.Engine
	client    *partner.Client
	admin     http.Handler
	snapshots func(context.Context) // nil: none are taken
	foresee   func(context.Context)

	cancel context.CancelFunc
	done   chan struct{} // closed when everything has ended
	err    error         // set before
}

// secrets are read before a running core is stopped for its successor.
type secrets struct {
	key, token    string
	public, admin *tls.Certificate // nil: plain HTTP
}

func readSecrets(c *config.Config) (s secrets, err error) {
	var err2, err3 error
	s.key, err = c.ReadAPIKey()
	s.token, err2 = c.ReadAdminToken()
	s.public, s.admin, err3 = c.ReadCertificates()
	return s, errors.Join(err, err2, err3)
}

// newCore makes a core that does not run yet. No other may run on the store: the
// engine reads there what was spent of the budget.
func (d *daemon) newCore(conf *config.Config, s secrets) (*core, error) {
	c := &core{config: conf, catalogue: Catalogue(conf), done: make(chan struct{})}
	plan := Plan(conf, report.Population{})
	c.plan.Store(&plan)
	c.foresee = func(ctx context.Context) { d.foresee(ctx, c) }
	c.client = partner.New(partner.Options{
		BaseURL: conf.Partner.BaseURL, Key: partner.NewSecret(s.key), Timeout: conf.Partner.Timeout, MaxBody: conf.Partner.MaxBody,
		Transport: d.Transport, Permit: worker.Permit, Observe: d.attempted, UserAgent: "invd/" + d.Version,
	})
	var err error
	c.engine, err = engine.New(engine.Options{
		Catalogue: c.catalogue, Store: d.store, Fetcher: c.client, Limits: Limits(conf), Policy: newPolicy(conf), Concurrency: conf.Partner.Concurrency,
		MaxAttempts: conf.Retry.MaxAttempts, Retry: backoff.Policy{Base: conf.Retry.Base, Cap: conf.Retry.Cap},
		ReadThrough: conf.Refresh.ReadThrough, Drain: fetchDrain, Observer: d.metrics.Engine, Tell: d.events.Tell, Log: d.Log,
	})
	if err != nil {
		return nil, err
	}
	o := httpapi.AdminOptions{
		Controller: controller{c.engine, d, c}, Database: d, Metrics: d.metrics.Handler(), Events: d.events, Token: s.token,
		Ready: d.ready, Healthy: d.healthy, Observer: d.metrics.HTTP, Log: d.Log, Audit: d.Audit,
	}
	if d.Load != nil {
		o.Reload = d.askReload
	}
	c.admin = httpapi.NewAdmin(o)
	if conf.Snapshots != nil {
		c.snapshots = func(ctx context.Context) { d.takeSnapshots(ctx, conf.Snapshots) }
	}
	return c, nil
}

// start runs the core until ctx is done, stop is called or the engine has failed.
func (c *core) start(ctx context.Context) {
	ctx, c.cancel = context.WithCancel(ctx)
	go func() {
		defer close(c.done)
		var beside sync.WaitGroup
		if c.snapshots != nil {
			beside.Go(func() { c.snapshots(ctx) })
		}
		beside.Go(func() { c.foresee(ctx) })
		c.err = c.engine.Run(ctx)
		c.cancel()
		beside.Wait()
		c.client.CloseIdle()
	}()
}

// stop drains the core and returns how its engine ended.
func (c *core) stop() error {
	c.cancel()
	<-c.done
	return c.err
}

// askReload has serve's goroutine reload, and returns what is wrong with the new
// configuration.
func (d *daemon) askReload(ctx context.Context) error {
	answer := make(chan error, 1)
	select {
	case d.reloads <- answer:
		return <-answer
	case <-ctx.Done():
		return ctx.Err()
	}
}

// reload puts the configuration in force that the file holds now. A bad one
// changes nothing. Fetches in flight are let finish, reads go on all the while.
func (d *daemon) reload(ctx context.Context) error {
	began := time.Now()
	d.tell(supervisor.Reloading)
	defer d.tellReady()
	conf, err := d.Load()
	var s secrets
	if err == nil {
		s, err = readSecrets(conf)
	}
	if err != nil {
		d.metrics.Reloaded(false)
		d.events.Tell(report.Event{Kind: report.EventReload, Data: report.Reload{Error: err.Error()}})
		d.Log.LogAttrs(ctx, slog.LevelError, "reload refused", slog.Any("err", err))
		return err
	}
	old := d.core.Load()
	if err := old.stop(); err != nil {
		return err // the store has failed; wait sees it next
	}
	d.store.SetRetention(conf.Jobs.Keep, conf.Jobs.KeepMax)
	c, err := d.newCore(conf, s)
	if err != nil {
		old.err = err // likewise: it is done
		return err
	}
	d.metrics.SetSchedules(scheduleNames(c.catalogue), bands(conf, c.catalogue))
	d.public.SetCacheBytes(conf.Cache.MaxBytes)
	d.useCertificates(&s)
	d.core.Store(c)
	c.start(ctx)
	d.metrics.Reloaded(true)
	d.events.Tell(report.Event{Kind: report.EventReload, Data: report.Reload{OK: true}})
	d.Log.LogAttrs(ctx, slog.LevelInfo, "reloaded", slog.Int("products", len(conf.Products)), slog.Duration("took", time.Since(began)))
	return nil
}

// controller adds to the engine what only the daemon knows.
type controller struct {
	*engine.Engine
	d    *daemon
	core *core
}

func (c controller) Status(ctx context.Context) (report.Status, error) {
	st, err := c.Engine.Status(ctx)
	ready, _ := c.d.ready()
	st.Version, st.Started, st.Ready, st.Cache = c.d.Version, c.d.started, ready, c.d.public.Cache()
	plan := c.core.plan.Load()
	st.Predicted, st.PredictedBy = plan.InForce().FreshShare, plan.Rates
	return st, err
}
