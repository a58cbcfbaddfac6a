package storage

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

func newJobs(n int) []refresh.Job {
	jobs := make([]refresh.Job, n)
	for i := range jobs {
		jobs[i] = refresh.Job{Key: inventory.Key{Product: 14, Date: inventory.Date(20_000 + i)}, Schedule: "today", Created: noon}
	}
	return jobs
}

func TestJobsMadeSoonShareACommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := &counter{}
		s, err := Open(t.TempDir(), Options{NoSync: true, Observer: seen})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		synctest.Wait()
		before := seen.commits.Load()
		for range 10 {
			if err := s.CreateJobsSoon(newJobs(3)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		if got := seen.commits.Load() - before; got != 0 {
			t.Errorf("%d commits within the delay, want 0", got)
		}
		if got := s.JobCounts()[refresh.Pending]; got != 30 {
			t.Errorf("%d jobs counted before their commit, want 30", got)
		}
		time.Sleep(jobDelay)
		if got := seen.commits.Load() - before; got != 1 {
			t.Errorf("%d commits after the delay, want 1", got)
		}
		if got := s.JobCounts()[refresh.Pending]; got != 30 {
			t.Errorf("%d jobs counted after their commit, want 30", got)
		}
	})
}

func TestJobsMadeSoonAreThereForEverybody(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	jobs := newJobs(3)
	if err := s.CreateJobsSoon(jobs); err != nil {
		t.Fatal(err)
	}
	later := mustCreate(t, s, 1) // its commit carries them
	if jobs[0].ID == 0 || jobs[1].ID != jobs[0].ID+1 || later[0].ID <= jobs[2].ID {
		t.Errorf("ids %d, %d, %d, then %d; want them ascending", jobs[0].ID, jobs[1].ID, jobs[2].ID, later[0].ID)
	}
	more := newJobs(2)
	if err := s.CreateJobsSoon(more); err != nil {
		t.Fatal(err)
	}
	if err := s.Begin([]refresh.Start{{Job: more[0].ID, Permit: 1, At: noon}}, 0); err != nil {
		t.Errorf("Begin of a job made soon: %v", err)
	}
	if j := mustJob(t, s, more[0].ID); j.State != refresh.Running {
		t.Errorf("job %d is %s, want running", j.ID, j.State)
	}
	last := newJobs(1)
	if err := s.CreateJobsSoon(last); err != nil {
		t.Fatal(err)
	}
	list, err := s.Jobs(report.JobFilter{Limit: 100})
	if err != nil || len(list) != 7 || list[0].ID != last[0].ID {
		t.Errorf("Jobs = %d jobs, %v; want 7, the newest first", len(list), err)
	}
	if err := s.CreateJobsSoon(newJobs(1)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(dir, Options{NoSync: true}); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if unfinished, err := s.Recover(); err != nil || len(unfinished) != 8 {
		t.Errorf("Recover = %d jobs, %v; want 8: Close writes what is held", len(unfinished), err)
	}
	if next := mustCreate(t, s, 1); next[0].ID != 9 {
		t.Errorf("the next id is %d, want 9", next[0].ID)
	}
}

func TestARaisedJobStaysRaised(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	jobs := mustCreate(t, s, 2)
	id := jobs[0].ID
	if err := s.Begin([]refresh.Start{{Job: id, Permit: 1, At: noon}}, 0); err != nil {
		t.Fatal(err)
	}
	if err := s.Finish(refresh.End{Job: id, Permit: 1, At: noon, State: refresh.Retrying, RetryAt: noon.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if err := s.RaiseJobs([]uint64{id, 99}, refresh.Manual); !errors.Is(err, inventory.ErrNotFound) {
		t.Errorf("RaiseJobs with an unknown job: %v, want ErrNotFound", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(dir, Options{NoSync: true}); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	j := mustJob(t, s, id)
	if j.State != refresh.Pending || j.Trigger != refresh.Manual || j.Attempts != 0 || !j.RetryAt.IsZero() {
		t.Errorf("raised job %+v, want a manual one that waits with no attempt", j)
	}
	if n := s.JobCounts(); n[refresh.Pending] != 2 || n[refresh.Retrying] != 0 {
		t.Errorf("counts %v, want two pending", n)
	}
}
