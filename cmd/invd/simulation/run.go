package simulation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"sync"
	"time"

	"invd/engine"
	"invd/engine/backoff"
	"invd/engine/inventory"
	"invd/engine/limit"
	"invd/engine/partner"
	"invd/engine/partner/sim"
	"invd/engine/partner/world"
	"invd/engine/worker"
	"invd/metrics"
	"invd/storage"
)

// Run replays one policy in one market. Any number of runs may go on at once.
func Run(ctx context.Context, o Options) (r Result, err error) {
	policy, ok := policies[o.Policy]
	if !ok {
		return r, fmt.Errorf("no policy %q", o.Policy)
	}
	if policy.onRead != "" {
		o.OnRead = policy.onRead
	}
	dir, err := os.MkdirTemp("", "invd-simulate-")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	began := time.Now()
	w := world.New(o.World)
	err = inBubble(func() error {
		run, err := newRun(o, w, policy, dir)
		if err != nil {
			return err
		}
		r, err = run.replay(ctx)
		return errors.Join(err, run.store.Close())
	})
	r.Took = time.Since(began)
	return r, err
}

// A run is one engine in one market.
type run struct {
	Options
	world   *world.World
	start   time.Time
	partner *sim.Partner
	store   *storage.Store
	engine  *engine.Engine
	journal *journal
	tally   *tally
	judge   *judge

	mu      sync.Mutex
	failure error // the first; guarded by mu
}

// newRun waits until the first day begins. Call it in a bubble.
func newRun(o Options, w *world.World, policy policy, dir string) (*run, error) {
	r := &run{Options: o, world: w, start: Monday.Start(o.World.Location)}
	time.Sleep(time.Until(r.start))
	ids := make([]int64, len(o.World.Products))
	for i, id := range o.World.Products {
		ids[i] = int64(id)
	}
	r.partner = sim.New(sim.Options{
		Products: ids, Limit: o.Limits[0].Requests, Per: o.Limits[0].Per, Location: o.World.Location, Body: w.Body,
	})
	base, err := url.Parse("http://partner/api/v1")
	if err != nil {
		return nil, err
	}
	client := partner.New(partner.Options{BaseURL: base, Transport: transport{r.partner, o.Latency}, Permit: worker.Permit})
	r.journal = &journal{client: client, answers: map[inventory.Key][2]answer{}}
	log := slog.New(slog.DiscardHandler)
	r.store, err = storage.Open(dir, storage.Options{NoSync: true, Volatile: true, KeepMax: 10_000, Log: log})
	if err != nil {
		return nil, err
	}
	r.engine, err = engine.New(engine.Options{
		Catalogue: o.Catalogue.Within(limit.PerDay(o.Limits)), Store: r.store, Fetcher: r.journal, Limits: o.Limits, Policy: r.judged(policy.make(o, w)),
		Concurrency: o.Concurrency, MaxAttempts: 4, Retry: backoff.Policy{Base: time.Second, Cap: 5 * time.Minute},
		Drain: time.Second, ReadThrough: o.OnRead == Wait, Observer: (*metrics.Engine)(nil), Log: log,
	})
	if err != nil {
		return nil, errors.Join(err, r.store.Close())
	}
	r.tally = newTally(o, r.start)
	return r, nil
}

// replay lets the engine run while readers come and go.
func (r *run) replay(outer context.Context) (Result, error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.engine.Run(ctx) }()
	failed := r.read(ctx, outer)
	cancel()
	err := errors.Join(failed, <-ended)
	result := r.tally.result()
	result.Calibration = r.judge.result()
	return result, err
}
