package scheduler

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/engine/limit"
	"invd/engine/plan"
	"invd/engine/queue"
	"invd/engine/refresh"
	"invd/engine/report"
	"invd/storage"
)

// An ending context ends at a look that is chosen before.
type ending struct {
	context.Context
	looks int
}

func (e *ending) Err() error {
	if e.looks--; e.looks < 0 {
		return context.Canceled
	}
	return nil
}

// A boot of many keys is stopped at each look in turn, on the data of all those before:
// it ends there, and the one that is not stopped has a job for each key, and one.
func TestABootStopsAtEveryLookAndTheNextMissesNothing(t *testing.T) {
	const days = 700
	now := time.Date(2026, 4, 6, 9, 0, 0, 0, time.UTC)
	rules := plan.NewRules([]plan.Schedule{{Name: "all", Days: days, Every: time.Hour, Objective: 2 * time.Hour, MaxAge: 4 * time.Hour}})
	var products []plan.Product
	for id := range inventory.ProductID(20) {
		products = append(products, plan.Product{ID: 1 + id, Zone: time.UTC, Enabled: true})
	}
	catalogue := plan.NewCatalogue(rules, products)
	dir, made, jobs := t.TempDir(), 0, 0
	for looks := 0; jobs == 0; looks++ {
		store, err := storage.Open(dir, storage.Options{NoSync: true, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		policy := NewCadence(PolicyOptions{Catalogue: catalogue, PerDay: 2000, Now: now})
		s := New(Options{
			Catalogue: catalogue, Store: store, Gate: limit.NewGate(rand.Int64N), Desk: newDesk(products, now),
			Policy: policy, Queue: queue.New[refresh.ID](queue.Options{Bands: len(Bands(policy))}),
			Observer: nobody{}, Tell: func(report.Event) {}, Log: slog.New(slog.DiscardHandler),
		})
		s.epoch = now
		ctx := &ending{t.Context(), looks}
		err = s.boot(ctx, now)
		pending := store.JobCounts()[refresh.Pending]
		switch {
		case err == nil:
			jobs = pending
			if looks < 30 {
				t.Errorf("a whole boot looks %d times, want at least 30", looks)
			}
		case !errors.Is(err, context.Canceled):
			t.Fatalf("stopped at look %d: %v", looks, err)
		case ctx.looks < -2:
			t.Errorf("stopped at look %d, it looked %d times more", looks, -2-ctx.looks)
		case pending > 0:
			made++
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if want := days * len(products); jobs != want || made == 0 {
		t.Errorf("%d jobs of %d keys, and %d boots that were stopped among them", jobs, want, made)
	}
}
