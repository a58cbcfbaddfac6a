package storage

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

func TestADeadJobComesBackToLifeUnderItsId(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	jobs := mustCreate(t, s, 3)
	if err := s.Begin([]refresh.Start{{Job: jobs[0].ID, At: noon}}, 0); err != nil {
		t.Fatal(err)
	}
	if err := s.Finish(refresh.End{Job: jobs[0].ID, State: refresh.Dead, Outcome: refresh.Failed, Error: "no answer", At: noon}); err != nil {
		t.Fatal(err)
	}
	finishEach(t, s, jobs[1:2], refresh.Done)
	err := s.ReviveJobs([]uint64{jobs[0].ID, jobs[1].ID, jobs[2].ID, 99})
	if !errors.Is(err, inventory.ErrNotFound) {
		t.Errorf("ReviveJobs of one that is dead and three that are not = %v, want ErrNotFound", err)
	}
	got, err := s.Job(jobs[0].ID)
	if err != nil || got.State != refresh.Pending || got.Attempts != 0 || got.Outcome != refresh.None || !got.Finished.IsZero() || got.Error != "no answer" {
		t.Errorf("the revived job is %+v, %v; want it pending, with its error and no attempts", got, err)
	}
	want := map[refresh.State]int{refresh.Pending: 2, refresh.Running: 0, refresh.Retrying: 0, refresh.Done: 1, refresh.Dead: 0, refresh.Canceled: 0}
	if diff := cmp.Diff(want, s.JobCounts()); diff != "" {
		t.Errorf("JobCounts differs (-want +got):\n%s", diff)
	}
	mustClose(t, s)
	s = mustOpen(t, dir)
	recovered, err := s.Recover()
	if err != nil || len(recovered) != 2 || recovered[0].ID != jobs[0].ID {
		t.Errorf("Recover after it = %v, %v; want jobs 1 and 3", ids(recovered), err)
	}
	mustBeClean(t, s)
}

func TestPurgeTakesFinishedJobsByStateProductAndAge(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	jobs := mustCreate(t, s, 7)
	finishEach(t, s, jobs[0:3], refresh.Done, 0, 1, 60)
	finishEach(t, s, jobs[3:5], refresh.Dead, 2, 90)
	other := []refresh.Job{{Key: inventory.Key{Product: 15, Date: 20_000}}}
	if err := s.CreateJobs(other); err != nil {
		t.Fatal(err)
	}
	finishEach(t, s, other, refresh.Dead, 3)
	for _, tt := range []struct {
		name    string
		states  []refresh.State
		product inventory.ProductID
		before  time.Time
		want    int
		left    []uint64
	}{
		{"no state", nil, 0, noon.Add(time.Hour), 0, []uint64{8, 7, 6, 5, 4, 3, 2, 1}},
		{"unfinished ones", []refresh.State{refresh.Pending}, 0, noon.Add(9 * time.Hour), 0, []uint64{8, 7, 6, 5, 4, 3, 2, 1}},
		{"dead ones of a product", []refresh.State{refresh.Dead}, 15, noon.Add(time.Hour), 1, []uint64{7, 6, 5, 4, 3, 2, 1}},
		{"dead ones by age", []refresh.State{refresh.Dead}, 0, noon.Add(time.Hour), 1, []uint64{7, 6, 5, 3, 2, 1}},
		{"all of some age", []refresh.State{refresh.Done, refresh.Dead}, 0, noon.Add(time.Minute), 1, []uint64{7, 6, 5, 3, 2}},
		{"all", []refresh.State{refresh.Done, refresh.Dead}, 0, noon.Add(9 * time.Hour), 3, []uint64{7, 6}},
	} {
		n, err := s.PurgeJobs(tt.states, tt.product, tt.before)
		if err != nil || n != tt.want {
			t.Errorf("%s: PurgeJobs = %d, %v; want %d", tt.name, n, err, tt.want)
		}
		left, err := s.Jobs(report.JobFilter{Limit: 100})
		if diff := cmp.Diff(tt.left, ids(left)); err != nil || diff != "" {
			t.Errorf("%s: %v, left differ (-want +got):\n%s", tt.name, err, diff)
		}
	}
	if got := s.JobCounts(); got[refresh.Dead]+got[refresh.Done] != 0 || got[refresh.Pending] != 2 {
		t.Errorf("JobCounts = %v, want two pending and nothing finished", got)
	}
	mustBeClean(t, s)
}
