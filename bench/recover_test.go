package bench

import (
	"fmt"
	"testing"
	"time"

	"invd/engine/refresh"
	"invd/storage"
)

// BenchmarkRecover is a start: the file opened and checked, and the unfinished jobs
// taken up, one for each tenth key, some of which were running.
func BenchmarkRecover(b *testing.B) {
	for _, keys := range sizes() {
		b.Run(fmt.Sprintf("keys=%d", keys), func(b *testing.B) {
			dir := interrupted(b, keys)
			var opening time.Duration
			for b.Loop() {
				began := time.Now()
				s, err := storage.Open(dir, storage.Options{})
				if err != nil {
					b.Fatal(err)
				}
				opening += time.Since(began)
				jobs, err := s.Recover()
				if err != nil || len(jobs) != keys/10 {
					b.Fatalf("Recover = %d jobs, %v; want %d", len(jobs), err, keys/10)
				}
				b.StopTimer()
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			b.ReportMetric(opening.Seconds()*1e3/float64(b.N), "ms/open")
		})
	}
}

// interrupted returns a data dir that a process left behind in the middle of things.
func interrupted(b *testing.B, keys int) string {
	dir, c := copyOf(b, keys)
	s, err := storage.Open(dir, storage.Options{})
	if err != nil {
		b.Fatal(err)
	}
	jobs := make([]refresh.Job, keys/10)
	for i := range jobs {
		jobs[i] = refresh.Job{Key: c.Key(10 * i), Schedule: "week", Created: time.Now()}
	}
	if err := s.CreateJobs(jobs); err != nil {
		b.Fatal(err)
	}
	if err := s.Begin([]refresh.Start{{Job: jobs[0].ID, Permit: 1, At: time.Now()}, {Job: jobs[1].ID, Permit: 2, At: time.Now()}}, 0); err != nil {
		b.Fatal(err)
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	return dir
}
