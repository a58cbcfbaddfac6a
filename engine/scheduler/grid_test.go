package scheduler

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"invd/engine/inventory"
	"invd/engine/limit"
	"invd/engine/plan"
	"invd/engine/queue"
	"invd/engine/refresh"
	"invd/engine/report"
	"invd/storage"
)

// running starts a scheduler of products, each with 60 dates, whose keys wait in the
// queue because nobody fetches, and returns what stops it.
func running(t testing.TB, products int) (s *Scheduler, stop func()) {
	t.Helper()
	store, err := storage.Open(t.TempDir(), storage.Options{NoSync: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	rules := plan.NewRules([]plan.Schedule{
		{Name: "today", Days: 1, Every: 15 * time.Minute, Objective: 20 * time.Minute},
		{Name: "season", Days: 60, Every: 72 * time.Hour, Objective: 80 * time.Hour},
	})
	var list []plan.Product
	for i := range products {
		list = append(list, plan.Product{ID: inventory.ProductID(14 + i), Name: fmt.Sprint("Product ", i), Zone: time.UTC, Enabled: i != 1})
	}
	catalogue := plan.NewCatalogue(rules, list)
	policy := NewCadence(PolicyOptions{Catalogue: catalogue})
	s = New(Options{
		Catalogue: catalogue, Policy: policy, Store: store, Gate: limit.NewGate(rand.Int64N), Desk: newDesk(list, time.Now()), Observer: nobody{},
		Queue: queue.New[refresh.ID](queue.Options{Bands: len(policy.Bands())}), Tell: func(report.Event) {}, Log: slog.New(slog.DiscardHandler),
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()
	<-s.Ready()
	return s, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestTheGridHasEveryProductInOrderAndEveryDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const products = 2*partProducts + 3 // three visits
		s, stop := running(t, products)
		defer stop()
		if err := s.Pause(t.Context(), refresh.Scope{Product: 16}, refresh.Pause{Reason: "works"}); err != nil {
			t.Fatal(err)
		}
		if err := s.Pause(t.Context(), refresh.Scope{Schedule: "today"}, refresh.Pause{}); err != nil {
			t.Fatal(err)
		}
		g, err := s.Grid(t.Context())
		if err != nil || len(g.Rows) != products {
			t.Fatalf("Grid = %d rows, %v; want %d", len(g.Rows), err, products)
		}
		want := []report.GridSchedule{{Name: "today", Days: 1, Objective: 20 * time.Minute}, {Name: "season", Days: 60, Objective: 80 * time.Hour}}
		if diff := cmp.Diff(want, g.Schedules); diff != "" {
			t.Errorf("schedules (- want, + got):\n%s", diff)
		}
		for i, r := range g.Rows {
			dates, paused := 60, 1
			state := "active"
			switch i {
			case 1:
				dates, paused, state = 0, 0, "disabled"
			case 2:
				paused, state = 60, "paused"
			}
			n := 0
			for _, c := range r.Cells {
				if c.Marks.Has(report.Paused) {
					n++
				} else if !c.Marks.Has(report.Waiting) {
					t.Fatalf("row %d has a cell that is neither paused nor waits: %+v", i, c)
				}
				if c.Age != report.Never {
					t.Fatalf("row %d has a cell of age %d that was never answered", i, c.Age)
				}
			}
			if r.ID != inventory.ProductID(14+i) || len(r.Cells) != dates || n != paused || r.State != state || (r.Paused != nil) != (i == 2) {
				t.Errorf("row %d = %d %s, %d dates, %d paused; want %d %s, %d, %d", i, r.ID, r.State, len(r.Cells), n, 14+i, state, dates, paused)
			}
		}
	})
}

func TestTheGridAndTheStatusCountTheSame(t *testing.T) {
	now := time.Date(2026, 4, 9, 8, 0, 0, 0, time.UTC)
	b := newBench(t, t.TempDir(), now, 1)
	for id := range b.keys { // of every age
		if id%5 != 0 {
			b.keys[id].checked = now.Add(-time.Duration(id) * 7 * time.Minute).UnixNano()
		}
	}
	none := refresh.Scope{Product: 999}
	for _, scope := range []refresh.Scope{none, {Product: 15}, {Schedule: "today"}, refresh.Everything} {
		b.pauses[scope] = refresh.Pause{}
		var g report.Grid
		b.copyGrid(&g, b.products, now)
		var got, want report.Keys
		for _, r := range g.Rows {
			for _, c := range r.Cells {
				switch age := time.Duration(c.Age) * time.Second; {
				case c.Marks.Has(report.Paused):
					got.Paused++
				case c.Age == report.Never:
					got.Never++
				case age <= g.Schedules[c.Schedule].Objective:
					got.Fresh++
				default:
					got.Stale++
				}
			}
		}
		for id := range b.keys {
			b.tallyKeys(&b.keys[id], &want, now)
		}
		if got != want {
			t.Errorf("with pauses %v the grid has %+v; the status %+v", b.pauses, got, want)
		}
	}
}

// BenchmarkStatus is one status of 300,000 keys, all of which wait in the queue.
func BenchmarkStatus(b *testing.B) {
	s, stop := running(b, 5000)
	defer stop()
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Status(b.Context(), new(report.Status)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGrid is one look at 300,000 keys while the scheduler runs; held is the
// longest that one visit keeps it.
func BenchmarkGrid(b *testing.B) {
	s, stop := running(b, 5000)
	defer stop()
	var longest time.Duration
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Grid(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	for from := 0; from < len(s.products); from += partProducts {
		var g report.Grid
		began := time.Now()
		s.copyGrid(&g, s.products[from:min(from+partProducts, len(s.products))], began) // it idles: nothing is due
		longest = max(longest, time.Since(began))
	}
	b.ReportMetric(float64(longest.Microseconds()), "held-µs")
}
