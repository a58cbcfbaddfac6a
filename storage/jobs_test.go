package storage

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

var noon = time.Date(2026, 4, 9, 12, 0, 0, 0, time.UTC)

func mustCreate(t *testing.T, s *Store, n int) []refresh.Job {
	t.Helper()
	jobs := newJobs(n)
	if err := s.CreateJobs(jobs); err != nil {
		t.Fatal(err)
	}
	return jobs
}

func mustJob(t *testing.T, s *Store, id uint64) refresh.Job {
	t.Helper()
	j, err := s.Job(id)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestAJobsLife(t *testing.T) {
	begun := noon.Add(time.Minute)
	ended := begun.Add(time.Second)
	running := refresh.Job{State: refresh.Running, Attempts: 1, Started: begun}
	tests := []struct {
		name string
		end  refresh.End
		want refresh.Job
	}{
		{
			"done",
			refresh.End{State: refresh.Done, Outcome: refresh.Held},
			refresh.Job{State: refresh.Done, Outcome: refresh.Held, Attempts: 1, Started: begun, Finished: ended},
		},
		{
			"retrying",
			refresh.End{State: refresh.Retrying, Error: "timeout", RetryAt: ended.Add(time.Minute)},
			refresh.Job{State: refresh.Retrying, Attempts: 1, Error: "timeout", Started: begun, RetryAt: ended.Add(time.Minute)},
		},
		{
			"dead",
			refresh.End{State: refresh.Dead, Outcome: refresh.Failed, Error: "status 500"},
			refresh.Job{State: refresh.Dead, Outcome: refresh.Failed, Attempts: 1, Error: "status 500", Started: begun, Finished: ended},
		},
		{
			"canceled",
			refresh.End{State: refresh.Canceled, Outcome: refresh.Dropped},
			refresh.Job{State: refresh.Canceled, Outcome: refresh.Dropped, Attempts: 1, Started: begun, Finished: ended},
		},
		{
			"put back",
			refresh.End{State: refresh.Pending},
			refresh.Job{State: refresh.Pending, Attempts: 0, Started: begun},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := mustOpen(t, t.TempDir())
			j := mustCreate(t, s, 1)[0]
			complete := func(want refresh.Job) refresh.Job {
				want.ID, want.Key, want.Schedule, want.Created = j.ID, j.Key, j.Schedule, j.Created
				return want
			}
			if err := s.Begin([]refresh.Start{{Job: j.ID, Permit: 1, At: begun}}, 0); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(complete(running), mustJob(t, s, j.ID)); diff != "" {
				t.Errorf("begun, the job differs (-want +got):\n%s", diff)
			}
			tt.end.Job, tt.end.At = j.ID, ended
			if err := s.Finish(tt.end); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(complete(tt.want), mustJob(t, s, j.ID)); diff != "" {
				t.Errorf("ended, the job differs (-want +got):\n%s", diff)
			}
			want := map[refresh.State]int{}
			for _, state := range refresh.States() {
				want[state] = 0
			}
			want[tt.want.State] = 1
			if diff := cmp.Diff(want, s.JobCounts()); diff != "" {
				t.Errorf("JobCounts differs (-want +got):\n%s", diff)
			}
			err := s.Finish(tt.end)
			if again := errors.Is(err, inventory.ErrNotFound); again != tt.want.State.Final() {
				t.Errorf("ended again: %v; want ErrNotFound only for a finished job", err)
			}
			mustBeClean(t, s)
		})
	}
}

func TestAnUnknownJobDoesNotStopTheOthers(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	j := mustCreate(t, s, 1)[0]
	err := s.Begin([]refresh.Start{{Job: 99, Permit: 1, At: noon}, {Job: j.ID, Permit: 2, At: noon}}, 0)
	if !errors.Is(err, inventory.ErrNotFound) {
		t.Errorf("Begin gives %v, want ErrNotFound", err)
	}
	if permits, err := s.Permits(); err != nil || len(permits) != 2 {
		t.Errorf("Permits = %v, %v; want both", permits, err)
	}
	err = s.Finish(refresh.End{Job: 99, State: refresh.Done}, refresh.End{Job: j.ID, State: refresh.Dead})
	if !errors.Is(err, inventory.ErrNotFound) {
		t.Errorf("Finish gives %v, want ErrNotFound", err)
	}
	if got := mustJob(t, s, j.ID); got.State != refresh.Dead {
		t.Errorf("job is %v, want dead", got.State)
	}
	if synced, err := s.Sync(night(j.Key, 1, noon), 1, refresh.End{Job: 99}); err != nil || synced.Outcome != refresh.Changed {
		t.Errorf("Sync = %+v, %v; want changed whatever became of its job", synced, err)
	}
	if err := s.Finish(refresh.End{Job: j.ID, State: refresh.Running}); err == nil || errors.Is(err, inventory.ErrNotFound) {
		t.Errorf("Finish as running gives %v, want an error of its own", err)
	}
	if err := s.CreateJobs([]refresh.Job{{Key: j.Key, State: refresh.Done}}); err == nil {
		t.Error("CreateJobs of a finished job gives no error")
	}
}

func TestSyncFinishesItsJobAndPermit(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	jobs := mustCreate(t, s, 2)
	k := jobs[0].Key
	starts := []refresh.Start{{Job: jobs[0].ID, Permit: 5, At: noon}, {Job: jobs[1].ID, Permit: 6, At: noon}}
	if err := s.Begin(starts, 0); err != nil {
		t.Fatal(err)
	}
	// Whatever the caller claims, the outcome is what happened.
	end := refresh.End{Job: jobs[0].ID, Permit: 5, At: noon.Add(time.Second), State: refresh.Dead, Outcome: refresh.Failed}
	if _, err := s.Sync(night(k, 3, noon), 1, end); err != nil {
		t.Fatal(err)
	}
	if got := mustJob(t, s, jobs[0].ID); got.State != refresh.Done || got.Outcome != refresh.Changed || !got.Finished.Equal(end.At) {
		t.Errorf("job is %+v, want done and changed at %v", got, end.At)
	}
	end.Job, end.Permit = jobs[1].ID, 6
	if _, err := s.Sync(night(k, 2, noon.Add(-time.Hour)), 1, end); err != nil {
		t.Fatal(err)
	}
	if got := mustJob(t, s, jobs[1].ID); got.State != refresh.Done || got.Outcome != refresh.Stale {
		t.Errorf("job is %+v, want done and stale", got)
	}
	want := []Permit{{5, end.At}, {6, end.At}}
	got, err := s.Permits()
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("Permits gives %v and differs (-want +got):\n%s", err, diff)
	}
}

func TestPermitsAreForgottenBelowTheBoundAndStayForgotten(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	for seq := range uint64(5) {
		if err := s.Begin([]refresh.Start{{Permit: 1 + seq, At: noon}}, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Begin([]refresh.Start{{Permit: 6, At: noon}}, 4); err != nil {
		t.Fatal(err)
	}
	if err := s.Finish(refresh.End{Permit: 2, At: noon}, refresh.End{Permit: 4, At: noon}); err != nil {
		t.Fatal(err)
	}
	got, err := s.Permits()
	if diff := cmp.Diff([]Permit{{4, noon}, {Seq: 5}, {Seq: 6}}, got); err != nil || diff != "" {
		t.Errorf("Permits gives %v and differs (-want +got):\n%s", err, diff)
	}
}

func TestRunningJobsWaitAgainAfterARestart(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	jobs := mustCreate(t, s, 4)
	var starts []refresh.Start
	for _, j := range jobs[:3] {
		starts = append(starts, refresh.Start{Job: j.ID, At: noon})
	}
	if err := s.Begin(starts, 0); err != nil {
		t.Fatal(err)
	}
	if err := s.Finish(
		refresh.End{Job: jobs[0].ID, State: refresh.Done, At: noon},
		refresh.End{Job: jobs[1].ID, State: refresh.Retrying, RetryAt: noon.Add(time.Hour)},
	); err != nil {
		t.Fatal(err)
	}
	mustClose(t, s)

	s = mustOpen(t, dir)
	if got := s.JobCounts(); got[refresh.Running] != 1 || got[refresh.Done] != 1 {
		t.Errorf("JobCounts = %v, want 1 running and 1 done before Recover", got)
	}
	got, err := s.Recover()
	if err != nil {
		t.Fatal(err)
	}
	want := []refresh.Job{jobs[1], jobs[2], jobs[3]}
	want[0].State, want[0].Attempts, want[0].Started, want[0].RetryAt = refresh.Retrying, 1, noon, noon.Add(time.Hour)
	want[1].Started = noon
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Recover differs (-want +got):\n%s", diff)
	}
	mustClose(t, s)
	s = mustOpen(t, dir)
	if got := s.JobCounts(); got[refresh.Running] != 0 || got[refresh.Pending] != 2 {
		t.Errorf("JobCounts = %v, want none running and 2 pending after the next start", got)
	}
}
