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
		if n := s.JobCounts()[refresh.Pending]; n != 0 {
			t.Errorf("%d jobs wait for a commit, want none", n)
		}
		before := s.commits.Load()
		urgent := []refresh.Job{{Key: inventory.Key{Product: 14, Date: 20_001}, Schedule: "today", Created: time.Now()}}
		if err := s.CreateJobs(urgent); err != nil {
			t.Fatal(err)
		}
		if n := s.JobCounts()[refresh.Pending]; n != 0 || urgent[0].ID <= jobs[0].ID {
			t.Errorf("%d jobs are kept, and the second one's id is %d after %d; want none, and ids that ascend", n, urgent[0].ID, jobs[0].ID)
		}
		if err := s.Begin([]refresh.Start{{Job: jobs[0].ID, Permit: 1, At: time.Now()}}, 0); err != nil {
			t.Fatal(err)
		}
		if n := s.commits.Load() - before; n != 0 {
			t.Errorf("CreateJobs and Begin took %d commits, want 0", n)
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

// Confirmations wait longer for company than on a disk that matters, but not for ever,
// and Close writes those that still wait.
func TestAVolatileStoreConfirmsInTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		s, err := Open(dir, Options{NoSync: true, Volatile: true})
		if err != nil {
			t.Fatal(err)
		}
		a := inventory.Availability{Key: inventory.Key{Product: 14, Date: 20_000}, RequestedAt: time.Now(), CheckedAt: time.Now()}
		if _, err := s.Sync(&a, 1, refresh.End{Job: 1, Permit: 1, At: time.Now()}); err != nil {
			t.Fatal(err)
		}
		confirm := func() time.Time {
			time.Sleep(confirmDelay)
			now := time.Now()
			if ok, err := s.Confirm(a.Key, 1, now, now, refresh.End{Job: 2, Permit: 2, At: now}); !ok || err != nil {
				t.Errorf("Confirm = %v, %v; want it confirmed", ok, err)
			}
			return now
		}
		expect := func(checked time.Time) {
			t.Helper()
			if _, _, at := s.DayState(a.Key); !at.Equal(checked) {
				t.Errorf("checked at %s, want %s", at, checked)
			}
		}
		before := s.commits.Load()
		confirm()
		second := confirm()
		expect(a.CheckedAt)
		time.Sleep(10 * time.Second)
		expect(second)
		if n := s.commits.Load() - before; n != 1 {
			t.Errorf("two confirmations took %d commits, want 1", n)
		}
		third := confirm()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if s, err = Open(dir, Options{NoSync: true, Volatile: true}); err != nil {
			t.Fatal(err)
		}
		expect(third)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
