package app_test

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/report"
)

// TestRestartsAtRandomMoments kills the daemon every few minutes, drains it every
// third time, and starts it again on what the file holds.
func TestRestartsAtRandomMoments(t *testing.T) {
	seeds := uint64(3)
	if raceEnabled {
		seeds = 1 // it is twenty times as slow then
	}
	for seed := range seeds {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			w := newWorld(t, setup{products: 20, start: monday.Add(7 * time.Hour), sim: simLatency(300 * time.Millisecond)})
			w.startDaemon()
			done := map[uint64]report.Job{}
			for restart := range 25 {
				time.Sleep(time.Duration(random.Int64N(int64(3 * time.Minute))))
				remember(t, w, done)
				today := w.product(16).Today
				before := readable(w, today)
				if restart%3 == 2 {
					w.stop()
				} else {
					w.kill()
				}
				w.checkFile()
				w.startDaemon()
				if after := readable(w, today); len(after) < len(before) {
					t.Fatalf("seed %d restart %d: %d dates readable, %d before", seed, restart, len(after), len(before))
				}
			}
			time.Sleep(10 * time.Minute)
			for id, was := range done {
				var is report.Job
				w.ask("/api/v1/jobs/"+itoa(id), &is)
				if is != was {
					t.Errorf("seed %d: finished job %d was %+v and is %+v", seed, id, was, is)
				}
			}
			if st := w.status(); st.Jobs.Pending+st.Jobs.Running+st.Jobs.Retrying > 20*60 {
				t.Errorf("seed %d: %+v unfinished jobs of %d keys", seed, st.Jobs, 20*60)
			}
			w.checkLimit(30)
		})
	}
}

// remember notes the jobs that are finished now.
func remember(t *testing.T, w *world, done map[uint64]report.Job) {
	t.Helper()
	var list struct{ Jobs []report.Job }
	w.ask("/api/v1/jobs?state=done&limit=50", &list)
	for _, j := range list.Jobs {
		done[j.ID] = j
	}
}

// TestARestartDoesNotAskSoonerForWhatDied restarts ten times in a minute while the
// partner does not know a product.
func TestARestartDoesNotAskSoonerForWhatDied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setup{products: 1, start: monday.Add(time.Hour), yaml: "products: [{id: 99}]\n"})
		w.startDaemon()
		time.Sleep(3 * time.Minute)
		sent := w.partner.Stats().Requests
		if sent != 60 {
			t.Fatalf("%d requests for 60 dates that are not known", sent)
		}
		for range 10 {
			w.stop()
			w.startDaemon()
			time.Sleep(6 * time.Second)
		}
		if n := w.partner.Stats().Requests - sent; n > 1 { // today's tick may be among them
			t.Errorf("%d requests after ten restarts within a minute, want none but today's", n)
		}
	})
}
