package storage

import (
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// A simulation never starts again on what it stored: what only a restart would
// miss costs no commit of its own there, and is in order all the same.
func TestAVolatileStoreCommitsWhatReadersNeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(t.TempDir(), Options{NoSync: true, Volatile: true})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		jobs := []refresh.Job{{Key: inventory.Key{Product: 14, Date: 20_000}, Schedule: "today", Created: time.Now()}}
		if err := s.CreateJobsSoon(jobs); err != nil {
			t.Fatal(err)
		}
		before := s.commits.Load()
		if err := s.Begin([]refresh.Start{{Job: jobs[0].ID, Permit: 1, At: time.Now()}}, 0); err != nil {
			t.Fatal(err)
		}
		if n := s.commits.Load() - before; n != 0 {
			t.Errorf("Begin took %d commits, want 0", n)
		}
		if err := s.Finish(refresh.End{Job: jobs[0].ID, Permit: 1, At: time.Now(), State: refresh.Done, Outcome: refresh.Unchanged}); err != nil {
			t.Fatal(err)
		}
		if n := s.commits.Load() - before; n != 1 {
			t.Errorf("a job took %d commits, want 1", n)
		}
		j, err := s.Job(jobs[0].ID)
		if err != nil || j.State != refresh.Done || j.Attempts != 1 {
			t.Errorf("Job = %+v, %v; want it done after one attempt", j, err)
		}
	})
}
