package app

import (
	"context"
	"time"

	"invd/cmd/invd/config"
	"invd/engine"
	"invd/engine/partner"
	"invd/engine/plan"
	"invd/engine/report"
	"invd/httpapi"
	"invd/metrics"
	"invd/storage"
)

func newMetrics(conf *config.Config, c *plan.Catalogue, version string) *metrics.Metrics {
	return metrics.New(metrics.Options{
		Schedules: scheduleNames(c), Bands: bands(conf, c), Handlers: httpapi.Handlers(), Refusals: httpapi.Refusals(), Outcomes: partner.Outcomes(),
		Key: engine.BudgetKey, Version: version, Schema: storage.SchemaVersion,
	})
}

func scheduleNames(c *plan.Catalogue) (names []string) {
	for _, s := range c.Rules.Schedules() {
		names = append(names, s.Name)
	}
	return names
}

func (d *daemon) attempted(a partner.Attempt) {
	d.metrics.Engine.Attempt(a.Outcome, a.Took, a.Bytes)
}

// scrapeTimeout bounds how long a scrape waits for the scheduler.
const scrapeTimeout = 5 * time.Second

// status returns what a scrape shows: what is known without the scheduler, if that
// does not answer.
func (d *daemon) status() report.Status {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	c := d.core.Load()
	st, _ := controller{c.engine, d, c}.Status(ctx) // partly filled in when the scheduler has stopped
	return st
}

// healthy says whether what was stored can be read. Both listeners are bound
// before anybody can ask.
func (d *daemon) healthy() error { return d.store.Err() }

// sweepGrace is how long a daemon that never heard of a product's today waits for
// it before it is ready all the same: the partner may be down, or slow.
const sweepGrace = 3 * time.Second

// ready says whether to send requests here: not before every key is scheduled and
// every product's today is known, or has had its time to be, and not while
// draining. The partner being down is no reason: reads go on.
func (d *daemon) ready() (bool, []httpapi.Check) {
	select {
	case <-d.core.Load().engine.Ready():
		d.booted.Store(true) // and a reload does not take that back
	default:
	}
	select {
	case <-d.core.Load().engine.Swept():
		d.swept.Store(true) // likewise
	default:
	}
	booted := d.booted.Load()
	swept := booted && (d.swept.Load() || time.Since(d.started) >= sweepGrace)
	checks := []httpapi.Check{
		{Name: "scheduler", OK: booted, Detail: unless(booted, "taking up jobs")},
		{Name: "first_sweep", OK: swept, Detail: unless(swept, "asking for today for the first time")},
		{Name: "store", OK: d.store.Err() == nil},
		{Name: "serving", OK: !d.draining.Load(), Detail: unless(!d.draining.Load(), "draining")},
	}
	for _, c := range checks {
		if !c.OK {
			return false, checks
		}
	}
	return true, checks
}

func unless(ok bool, text string) string {
	if ok {
		return ""
	}
	return text
}
