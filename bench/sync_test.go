package bench

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"invd/engine/refresh"
	"invd/storage"
)

// BenchmarkSync is an answer's way into the store, with the end of its job: one
// operation is one answer. impl=update does the same puts in a transaction of its
// own for each, as a program would that has no committer.
func BenchmarkSync(b *testing.B) {
	for _, changed := range []int{0, 5, 100} { // percent
		for _, callers := range []int{1, 16, 64} {
			for _, keys := range sizes() {
				b.Run(fmt.Sprintf("changed=%d/concurrent=%d/keys=%d/impl=invd", changed, callers, keys), func(b *testing.B) {
					benchmarkSync(b, changed, callers, keys)
				})
				if changed == 100 {
					b.Run(fmt.Sprintf("changed=%d/concurrent=%d/keys=%d/impl=update", changed, callers, keys), func(b *testing.B) {
						benchmarkUpdate(b, callers, keys)
					})
				}
			}
		}
	}
}

func benchmarkSync(b *testing.B, changed, callers, keys int) {
	s, c := openCatalogue(b, keys)
	jobs := make([]refresh.Job, b.N)
	for i := range jobs {
		jobs[i] = refresh.Job{Key: c.Key(at(i, keys)), Schedule: "today", Created: time.Now()}
	}
	for rest := jobs; len(rest) > 0; { // as many at once as a midnight makes
		n := min(len(rest), 1000)
		if err := s.CreateJobs(rest[:n]); err != nil {
			b.Fatal(err)
		}
		rest = rest[n:]
	}
	var slots, changes atomic.Int64
	before := s.Stats().Commits
	m := startMeter(b)
	concurrently(b, callers, func(i int) error {
		version := uint64(0)
		if at(i, 100) < changed {
			version = uint64(1 + i/keys)
		}
		a := c.Day(c.Key(at(i, keys)), version)
		synced, err := s.Sync(a, version, refresh.End{Job: jobs[i].ID, At: a.CheckedAt})
		slots.Add(int64(len(a.Slots)))
		if synced.Outcome == refresh.Changed {
			changes.Add(1)
		}
		return err
	})
	if err := s.Flush(); err != nil { // confirmations are part of it
		b.Fatal(err)
	}
	m.report(b, slots.Load(), changes.Load(), s.Stats().Commits-before)
}

// benchmarkUpdate puts what a sync does: the day, its product's calendar, and the
// job's place in the history.
func benchmarkUpdate(b *testing.B, callers, keys int) {
	dir, c := copyOf(b, keys)
	db, err := bbolt.Open(filepath.Join(dir, storage.FileName), 0o600,
		&bbolt.Options{FreelistType: bbolt.FreelistMapType, NoFreelistSync: true, InitialMmapSize: 1 << 30})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	var slots, commits atomic.Int64
	m := startMeter(b)
	concurrently(b, callers, func(i int) error {
		k := c.Key(at(i, keys))
		slots.Add(int64(len(c.Day(k, 1).Slots)))
		commits.Add(1)
		product := binary.BigEndian.AppendUint64(nil, uint64(k.Product))
		day := binary.BigEndian.AppendUint32(product, uint32(k.Date))
		job := binary.BigEndian.AppendUint64(nil, uint64(1+i))
		return db.Update(func(tx *bbolt.Tx) error {
			for bucket, key := range map[string][]byte{"days": day, "calendars": product} {
				value := append([]byte{}, tx.Bucket([]byte(bucket)).Get(key)...)
				if err := tx.Bucket([]byte(bucket)).Put(key, value); err != nil {
					return err
				}
			}
			return tx.Bucket([]byte("history")).Put(job, make([]byte, 80))
		})
	})
	m.report(b, slots.Load(), int64(b.N), uint64(commits.Load()))
}

// BenchmarkFetch is all that the store does for one fetch of the daemon: its job, its
// permit, its answer. Of the answers, so many of a hundred are changed.
func BenchmarkFetch(b *testing.B) {
	for _, changed := range []int{0, 5, 100} {
		for _, callers := range []int{1, 4} {
			b.Run(fmt.Sprintf("changed=%d/concurrent=%d/keys=%d", changed, callers, sizes()[0]), func(b *testing.B) {
				benchmarkFetch(b, changed, callers, sizes()[0])
			})
		}
	}
}

func benchmarkFetch(b *testing.B, changed, callers, keys int) {
	s, c := openCatalogue(b, keys)
	before := s.Stats().Commits
	var slots, changes atomic.Int64
	m := startMeter(b)
	concurrently(b, callers, func(i int) error {
		k := c.Key(at(i, keys))
		jobs := []refresh.Job{{Key: k, Schedule: "today", Created: time.Now()}}
		if err := s.CreateJobsSoon(jobs); err != nil {
			return err
		}
		permit := uint64(1 + i)
		if err := s.Begin([]refresh.Start{{Job: jobs[0].ID, Permit: permit, At: time.Now()}}, max(permit, 40)-40); err != nil {
			return err
		}
		end := refresh.End{Job: jobs[0].ID, Permit: permit, At: time.Now()}
		if at(i, 100) >= changed {
			ok, err := s.Confirm(k, 0, end.At, end.At, end)
			if err != nil || ok {
				return err
			}
		}
		version := uint64(1 + i/keys)
		a := c.Day(k, version)
		slots.Add(int64(len(a.Slots)))
		changes.Add(1)
		_, err := s.Sync(a, 0, end)
		return err
	})
	if err := s.Flush(); err != nil {
		b.Fatal(err)
	}
	m.report(b, slots.Load(), changes.Load(), s.Stats().Commits-before)
	b.ReportMetric(float64(m.written)/float64(b.N), "bytes/fetch")
}

// at scatters 0, 1, 2, … over n places, each once in n steps: no two callers are at
// one product, and no page is written by all of them.
func at(i, n int) int { return int(uint64(i) * 7_919 % uint64(n)) }

// concurrently calls do with 0 to b.N-1 from so many callers.
func concurrently(b *testing.B, callers int, do func(i int) error) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < b.N; i = int(next.Add(1)) - 1 {
				if err := do(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// A meter measures a benchmark from its start to report.
type meter struct {
	began   time.Time
	before  int64
	written int64
}

func startMeter(b *testing.B) *meter {
	b.ResetTimer()
	return &meter{began: time.Now(), before: writtenSoFar(b)}
}

func (m *meter) report(b *testing.B, slots, changes int64, commits uint64) {
	b.StopTimer()
	took := time.Since(m.began).Seconds()
	m.written = writtenSoFar(b) - m.before
	b.ReportMetric(float64(slots)/took, "slots/s")
	b.ReportMetric(float64(b.N)/took, "answers/s")
	b.ReportMetric(float64(commits)/took, "commits/s")
	if changes > 0 {
		b.ReportMetric(float64(m.written)/float64(changes), "bytes/changed")
	}
}

// writtenSoFar is what this process has handed to write(2) and its kin. What the
// kernel makes of it, /proc calls write_bytes, counts whole folios and says nothing.
func writtenSoFar(b *testing.B) int64 {
	text, err := os.ReadFile("/proc/self/io")
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if n, ok := strings.CutPrefix(line, "wchar: "); ok {
			bytes, err := strconv.ParseInt(strings.TrimSpace(n), 10, 64)
			if err != nil {
				b.Fatal(err)
			}
			return bytes
		}
	}
	b.Fatal("/proc/self/io has no wchar")
	return 0
}
