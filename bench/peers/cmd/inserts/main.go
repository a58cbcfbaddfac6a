// Command inserts stores the same changed answers in two ways, in turn: as rows, one
// INSERT each, through pgx and PostgreSQL, as the system did that invd replaces; and
// in invd's storage, with 64 callers. Both have them on disk before they go on to
// the next. It prints slots a second, and the ratio within each round.
//
//	inserts -postgres 'host=/run/postgresql dbname=postgres'
//
// It makes its tables in a schema of its own, invd_inserts, and drops it at the end.
// How to run a server for it is in docs/benchmarks.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"invd/bench/catalogue"
	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/storage"
)

func main() {
	dsn := flag.String("postgres", "", "connection string of a PostgreSQL server")
	rounds := flag.Int("rounds", 9, "rounds")
	keys := flag.Int("keys", 2_700, "dates that are stored already, in both")
	rows := flag.Int("rows", 40, "answers a round by rows")
	answers := flag.Int("answers", 2_500, "answers a round by invd, fewer than keys")
	flag.Parse()
	if err := run(context.Background(), *dsn, *rounds, *keys, *rows, *answers); err != nil {
		fmt.Fprintln(os.Stderr, "inserts:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dsn string, rounds, keys, rows, answers int) (err error) {
	c := catalogue.Catalogue{Keys: keys, First: inventory.DateOf(time.Now().UTC())}
	mirror, err := openMirror(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, mirror.close()) }()
	tables, err := openTables(ctx, dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tables.close(ctx)) }()
	if err := tables.fill(ctx, c); err != nil {
		return err
	}

	ways := []way{
		{name: "invd, 64 callers", callers: 64, answers: answers, store: mirror.store},
		{name: "rows, 1 connection", callers: 1, answers: rows, store: tables.store},
		{name: "rows, 8 connections", callers: 8, answers: rows, store: tables.store},
	}
	for round := range rounds {
		for i := range ways {
			w := ways[(i+round)%len(ways)].at(c, uint64(1+round))
			speed, err := w.measure(ctx)
			if err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
			ways[(i+round)%len(ways)].speeds = append(w.speeds, speed)
		}
	}
	for _, w := range ways {
		ratios := make([]float64, rounds)
		for i := range ratios {
			ratios[i] = ways[0].speeds[i] / w.speeds[i]
		}
		fmt.Printf("%-20s %9.0f slots/s   invd is %.1f times (%.1f–%.1f)\n", w.name,
			quantile(w.speeds, 2), quantile(ratios, 2), quantile(ratios, 1), quantile(ratios, 3))
	}
	return nil
}

// A way of storing answers, and how fast it was in each round.
type way struct {
	name             string
	callers, answers int
	store            func(context.Context, *inventory.Availability) error
	speeds           []float64 // slots/s

	catalogue catalogue.Catalogue
	version   uint64
}

func (w way) at(c catalogue.Catalogue, version uint64) way {
	w.catalogue, w.version = c, version
	return w
}

// measure stores another version of dates scattered over the catalogue.
func (w way) measure(ctx context.Context) (slotsPerSecond float64, err error) {
	days, slots := make([]*inventory.Availability, w.answers), 0
	for i := range days {
		days[i] = w.catalogue.Day(w.catalogue.Key(i*7_919%w.catalogue.Keys), w.version)
		slots += len(days[i].Slots)
	}
	began := time.Now()
	err = concurrently(w.callers, len(days), func(i int) error { return w.store(ctx, days[i]) })
	return float64(slots) / time.Since(began).Seconds(), err
}

// concurrently calls do with 0 to n-1 from so many callers, until one fails.
func concurrently(callers, n int, do func(i int) error) error {
	var next atomic.Int64
	failures := make([]error, callers)
	var wg sync.WaitGroup
	for caller := range callers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && failures[caller] == nil; i = int(next.Add(1)) - 1 {
				failures[caller] = do(i)
			}
		})
	}
	wg.Wait()
	return errors.Join(failures...)
}

func quantile(of []float64, quarter int) float64 {
	return slices.Sorted(slices.Values(of))[(len(of)-1)*quarter/4]
}

// A mirror is invd's storage in a temporary folder.
type mirror struct {
	dir string
	s   *storage.Store
}

func openMirror(c catalogue.Catalogue) (*mirror, error) {
	dir, err := os.MkdirTemp("", "inserts")
	if err != nil {
		return nil, err
	}
	m := &mirror{dir: dir}
	if m.s, err = storage.Open(dir, storage.Options{}); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := c.Fill(m.s); err != nil {
		return nil, errors.Join(err, m.close())
	}
	return m, nil
}

func (m *mirror) store(_ context.Context, a *inventory.Availability) error {
	a.RequestedAt = time.Now()
	a.CheckedAt = a.RequestedAt
	synced, err := m.s.Sync(a, uint64(a.RequestedAt.UnixNano()), refresh.End{})
	if err == nil && synced.Outcome != refresh.Changed {
		err = fmt.Errorf("%s is %s, want it changed", a.Key, synced.Outcome)
	}
	return err
}

func (m *mirror) close() error { return errors.Join(m.s.Close(), os.RemoveAll(m.dir)) }
