package engine_test

import (
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/limit"
	"invd/engine/refresh"
	"invd/engine/report"
)

// TestWhatABackfillListsAsDoneIsOnDisk looks at every moment between two requests: the
// answers change nothing, so that their commits wait for company.
func TestWhatABackfillListsAsDoneIsOnDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setup{products: 2, days: 10, every: 24 * time.Hour, limits: []limit.Limit{{Requests: 1, Per: 5 * time.Second}}})
		time.Sleep(10 * time.Minute)
		if _, err := w.StartBackfill(t.Context(), 0, 0, 0, "test"); err != nil {
			t.Fatal(err)
		}
		seen := 0
		for range 200 {
			time.Sleep(time.Second)
			list, err := w.Backfills(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			kept, err := w.store.Jobs(report.JobFilter{States: []refresh.State{refresh.Done}, Limit: 100})
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, j := range kept {
				if j.Trigger == refresh.Backfilled {
					n++
				}
			}
			if list[0].Done != n {
				t.Fatalf("%d listed as done, %d are on disk: a crash would take the others back", list[0].Done, n)
			}
			seen = n
		}
		if seen != 20 {
			t.Errorf("%d done at the end, want 20", seen)
		}
	})
}
