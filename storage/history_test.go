package storage

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

// finishEach ends the jobs, each so many minutes after noon.
func finishEach(t *testing.T, s *Store, jobs []refresh.Job, state refresh.State, minutes ...int) {
	t.Helper()
	var ends []refresh.End
	for i, j := range jobs {
		end := refresh.End{Job: j.ID, State: state, At: noon}
		if len(minutes) > 0 {
			end.At = noon.Add(time.Duration(minutes[i]) * time.Minute)
		}
		ends = append(ends, end)
	}
	if err := s.Finish(ends...); err != nil {
		t.Fatal(err)
	}
}

func ids(jobs []refresh.Job) (ids []uint64) {
	for _, j := range jobs {
		ids = append(ids, j.ID)
	}
	return ids
}

func TestJobsAreListedNewestFirst(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	jobs := mustCreate(t, s, 6)
	other := []refresh.Job{{Key: inventory.Key{Product: 15, Date: 20_000}}}
	if err := s.CreateJobs(other); err != nil {
		t.Fatal(err)
	}
	finishEach(t, s, []refresh.Job{jobs[1], jobs[4]}, refresh.Done)
	finishEach(t, s, []refresh.Job{jobs[2]}, refresh.Dead)
	tests := []struct {
		name   string
		filter report.JobFilter
		want   []uint64
	}{
		{"all", report.JobFilter{Limit: 100}, []uint64{7, 6, 5, 4, 3, 2, 1}},
		{"limited", report.JobFilter{Limit: 2}, []uint64{7, 6}},
		{"the page after", report.JobFilter{Limit: 2, Before: 6}, []uint64{5, 4}},
		{"the last page", report.JobFilter{Limit: 9, Before: 3}, []uint64{2, 1}},
		{"before the first", report.JobFilter{Limit: 9, Before: 1}, nil},
		{"beyond the last", report.JobFilter{Limit: 1, Before: 1000}, []uint64{7}},
		{"none", report.JobFilter{}, nil},
		{"by state", report.JobFilter{Limit: 9, States: []refresh.State{refresh.Dead, refresh.Done}}, []uint64{5, 3, 2}},
		{"by product", report.JobFilter{Limit: 9, Product: 15}, []uint64{7}},
	}
	for _, tt := range tests {
		got, err := s.Jobs(tt.filter)
		if diff := cmp.Diff(tt.want, ids(got)); err != nil || diff != "" {
			t.Errorf("%s: Jobs gives %v and differs (-want +got):\n%s", tt.name, err, diff)
		}
	}
}

func TestHistoryIsPrunedByAgeAndByCount(t *testing.T) {
	tests := []struct {
		name    string
		keep    time.Duration
		keepMax int
		now     time.Time
		want    []uint64 // left, the newest first
	}{
		{"neither", time.Hour, 10, noon.Add(10 * time.Minute), []uint64{7, 6, 5, 4, 3, 2, 1}},
		{"by age", time.Hour, 10, noon.Add(63 * time.Minute), []uint64{7, 6, 5, 4, 1}},
		{"by count", time.Hour, 3, noon.Add(10 * time.Minute), []uint64{7, 6, 5, 4}},
		{"by both", time.Hour, 3, noon.Add(63 * time.Minute), []uint64{7, 6, 5, 4}},
		{"all", time.Minute, 3, noon.AddDate(1, 0, 0), []uint64{7}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := mustOpen(t, t.TempDir())
			jobs := mustCreate(t, s, 7)
			// The first one ended last, the seventh has not ended.
			finishEach(t, s, jobs[:6], refresh.Dead, 9, 1, 2, 3, 4, 5)
			s.SetRetention(tt.keep, tt.keepMax)
			n, err := s.PruneJobs(tt.now)
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.Jobs(report.JobFilter{Limit: 100})
			if diff := cmp.Diff(tt.want, ids(got)); err != nil || diff != "" {
				t.Errorf("left are %v and differ (-want +got):\n%s", err, diff)
			}
			if want := 7 - len(tt.want); n != want || s.Stats().History != len(tt.want)-1 {
				t.Errorf("PruneJobs = %d with %d in the history; want %d, %d", n, s.Stats().History, want, len(tt.want)-1)
			}
			mustBeClean(t, s)
		})
	}
}

func TestALongHistoryIsPrunedSliceBySlice(t *testing.T) {
	seen := &counter{}
	s, err := Open(t.TempDir(), Options{NoSync: true, Observer: seen, KeepMax: 100})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const n = 3*deleteSlice + 500
	finishEach(t, s, mustCreate(t, s, n), refresh.Done)
	before := seen.commits.Load()
	if got, err := s.PruneJobs(noon); err != nil || got != n-100 {
		t.Errorf("PruneJobs = %d, %v; want %d", got, err, n-100)
	}
	if got := seen.commits.Load() - before; got != 4 {
		t.Errorf("%d commits, want 4", got)
	}
	if got := s.JobCounts()[refresh.Done]; got != 100 {
		t.Errorf("%d jobs done, want 100", got)
	}
}

func TestIdsRiseOverRestartsAndPruning(t *testing.T) {
	dir := t.TempDir()
	last := uint64(0)
	for range 3 {
		s := mustOpen(t, dir)
		jobs := mustCreate(t, s, 5)
		for _, j := range jobs {
			if j.ID <= last {
				t.Errorf("id %d after %d", j.ID, last)
			}
			last = j.ID
		}
		finishEach(t, s, jobs, refresh.Done)
		if _, err := s.PruneJobs(noon.AddDate(1, 0, 0)); err != nil {
			t.Fatal(err)
		}
		mustClose(t, s)
	}
}

func TestNotesAreReadBack(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	pauses := map[refresh.Scope]refresh.Pause{
		refresh.Everything:  {Reason: "maintenance", By: "ops", Since: noon},
		{Schedule: "today"}: {Reason: "too dear", Since: noon, Until: noon.Add(time.Hour)},
		{Product: 14}:       {Reason: "wrong prices", Since: noon},
	}
	gone := map[inventory.ProductID]refresh.NotFound{14: {Count: 3, First: noon, Last: noon.Add(time.Hour), Suspended: true}}
	for scope, p := range pauses {
		if err := s.PutPause(scope, &p); err != nil {
			t.Fatal(err)
		}
	}
	for id, n := range gone {
		if err := s.PutNotFound(id, &n); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.PutHold(noon, "429"); err != nil {
		t.Fatal(err)
	}
	mustBeClean(t, s)

	s = mustOpen(t, dir)
	gotPauses, err := s.Pauses()
	if diff := cmp.Diff(pauses, gotPauses); err != nil || diff != "" {
		t.Errorf("Pauses gives %v and differs (-want +got):\n%s", err, diff)
	}
	gotGone, err := s.NotFounds()
	if diff := cmp.Diff(gone, gotGone); err != nil || diff != "" {
		t.Errorf("NotFounds gives %v and differs (-want +got):\n%s", err, diff)
	}
	if until, reason, err := s.Hold(); err != nil || !until.Equal(noon) || reason != "429" {
		t.Errorf("Hold = %v, %q, %v; want %v, 429", until, reason, err, noon)
	}
	for scope := range pauses {
		if err := s.PutPause(scope, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.PutNotFound(14, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.PutHold(time.Time{}, ""); err != nil {
		t.Fatal(err)
	}
	gotPauses, _ = s.Pauses()
	gotGone, _ = s.NotFounds()
	until, _, _ := s.Hold()
	if len(gotPauses) != 0 || len(gotGone) != 0 || !until.IsZero() {
		t.Errorf("removed, yet there are %v, %v and a hold until %v", gotPauses, gotGone, until)
	}
}
