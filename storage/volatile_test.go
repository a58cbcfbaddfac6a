package storage

import (
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// A simulation never starts again on what it stored: what only a restart would
// miss is not kept there, and costs nothing.
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
		if n := s.commits.Load() - before; n != 0 {
			t.Errorf("a job without an answer took %d commits, want 0", n)
		}
		now := time.Now()
		a := inventory.Availability{Key: jobs[0].Key, RequestedAt: now, CheckedAt: now}
		if _, err := s.Sync(&a, 1, refresh.End{Job: jobs[0].ID, Permit: 1, At: now}); err != nil {
			t.Fatal(err)
		}
		if state, _, checked := s.DayState(a.Key); state != inventory.Closed || !checked.Equal(now) {
			t.Errorf("DayState = %v as of %s, want it closed as of %s", state, checked, now)
		}
		if n := s.commits.Load() - before; n != 1 {
			t.Errorf("an answer took %d commits, want 1", n)
		}
		permits, err := s.Permits()
		if jobs := s.JobCounts(); err != nil || jobs[refresh.Pending] != 0 || jobs[refresh.Done] != 0 || len(permits) != 0 {
			t.Errorf("%v jobs and %d permits are kept, %v; want none", jobs, len(permits), err)
		}
	})
}
