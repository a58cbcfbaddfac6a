package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"invd/bench/catalogue"
	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/storage"
)

// A point is what was measured at a number of keys, in the order of columns.
type point struct {
	keys   int
	values []float64
}

// A column is one curve.
type column struct{ name, unit string }

var columns = []column{
	{"file", "MB"},
	{"open", "ms"},
	{"recover jobs of 1%", "ms"},
	{"heap while open", "MB"},
	{"snapshot", "ms"},
	{"writing as many bytes", "ms"},
	{"prune one date", "ms"},
	{"file after it was pruned and filled anew", "MB"},
	{"a day, cold", "µs"},
	{"a calendar", "µs"},
}

// measure fills a data dir and measures what an operator waits for, and what readers do.
func measure(dir string, keys int) (p point, err error) {
	data := filepath.Join(dir, "data")
	c := catalogue.Catalogue{Keys: keys, First: inventory.DateOf(time.Now().UTC())}
	if err := fill(data, c); err != nil {
		return p, err
	}
	file := filepath.Join(data, storage.FileName)
	p.keys = keys
	add := func(v float64) { p.values = append(p.values, v) }
	add(megabytes(file))

	heap := heapMB()
	var s *storage.Store
	add(milliseconds(func() { s, err = storage.Open(data, storage.Options{}) }))
	if err != nil {
		return p, err
	}
	defer func() {
		if e := s.Close(); err == nil {
			err = e
		}
	}()
	var recovered []refresh.Job
	add(milliseconds(func() { recovered, err = s.Recover() }))
	if err != nil || len(recovered) != keys/100 {
		return p, fmt.Errorf("recovered %d jobs, want %d: %w", len(recovered), keys/100, err)
	}
	add(heapMB() - heap)

	snapshot := filepath.Join(dir, "snapshot.db")
	add(milliseconds(func() { err = s.Snapshot(snapshot) }))
	if err != nil {
		return p, err
	}
	add(milliseconds(func() { err = catalogue.CopyFile(filepath.Join(dir, "sequential"), snapshot) }))
	if err != nil {
		return p, err
	}
	add(milliseconds(func() { _, err = s.Purge(c.First.AddDays(1)) }))
	if err != nil {
		return p, err
	}
	if err := tomorrow(s, c); err != nil {
		return p, err
	}
	add(megabytes(file))
	return p, reads(s, c, add)
}

// tomorrow stores the date after the last one of every product, as a midnight does.
func tomorrow(s *storage.Store, c catalogue.Catalogue) error {
	var wg sync.WaitGroup
	failed := make(chan error, c.Products())
	for product := range c.Products() {
		wg.Go(func() {
			k := inventory.Key{Product: inventory.ProductID(1 + product), Date: c.First.AddDays(catalogue.Dates)}
			if _, err := s.Sync(c.Day(k, 0), 0, refresh.End{}); err != nil {
				failed <- err
			}
		})
	}
	wg.Wait()
	close(failed)
	return <-failed // nil when none did
}

func reads(s *storage.Store, c catalogue.Catalogue, add func(float64)) (err error) {
	const n = 5_000
	r := rand.New(rand.NewPCG(1, 2))
	add(milliseconds(func() {
		for range n {
			k := c.Key(r.IntN(c.Keys/catalogue.Dates)*catalogue.Dates + 1 + r.IntN(catalogue.Dates-1))
			if _, e := s.Availability(k); e != nil {
				err = e
			}
		}
	}) * 1e3 / n)
	add(milliseconds(func() {
		for range n {
			if _, e := s.Calendar(c.Key(r.IntN(c.Keys)).Product, c.First, catalogue.Dates); e != nil {
				err = e
			}
		}
	}) * 1e3 / n)
	return err
}

// fill makes the data dir: all keys, and one unfinished job for each hundredth.
func fill(dir string, c catalogue.Catalogue) error {
	s, err := storage.Open(dir, storage.Options{NoSync: true})
	if err != nil {
		return err
	}
	err = c.Fill(s)
	jobs := make([]refresh.Job, c.Keys/100)
	for i := range jobs {
		jobs[i] = refresh.Job{Key: c.Key(100 * i), Schedule: "season", Created: time.Now()}
	}
	if err == nil {
		err = s.CreateJobs(jobs)
	}
	if e := s.Close(); err == nil {
		err = e
	}
	return err
}

func milliseconds(do func()) float64 {
	began := time.Now()
	do()
	return time.Since(began).Seconds() * 1e3
}

func megabytes(file string) float64 {
	info, err := os.Stat(file)
	if err != nil {
		return 0 // the store, which has it open, will say why
	}
	return float64(info.Size()) / 1e6
}

func heapMB() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / 1e6
}
