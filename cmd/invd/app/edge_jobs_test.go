package app_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/partner/sim"
)

// TestFinishedJobsArePrunedByAge keeps an hour of 20 jobs an hour.
func TestFinishedJobsArePrunedByAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 5, yaml: week + "jobs: {keep: 1h, keep_max: 100}\n"})
		e.startDaemon()
		time.Sleep(5*time.Hour + 5*time.Minute)
		jobs := e.jobs("limit=1000")
		if n := len(jobs); n < 20 || n > 5*60*7/(15*7)+30*2 {
			t.Errorf("%d jobs after five hours, want those of about an hour", n)
		}
		for _, j := range jobs {
			if age := time.Since(j.Finished); j.State == "done" && age > time.Hour+10*time.Minute {
				t.Errorf("job %d finished %s ago, want at most an hour and the ten minutes between two prunings", j.ID, age)
			}
		}
		if got := e.status().Store.FinishedLog; got != len(jobs) {
			t.Errorf("status tells of %d finished jobs, want the %d that are listed", got, len(jobs))
		}
		e.stop()
		e.checkFile()
	})
}

// TestFinishedJobsArePrunedByCount keeps 100 jobs of more than that in ten minutes;
// those that are not finished are no history.
func TestFinishedJobsArePrunedByCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 10, yaml: "jobs: {keep: 1h, keep_max: 100}\n"})
		e.startDaemon()
		time.Sleep(10*time.Minute + 2*time.Second)
		st := e.status()
		if n := st.Store.FinishedLog; n < 100 || n > 100+30 {
			t.Errorf("%d finished jobs right after a pruning, want 100 and what ended in the minute since", n)
		}
		if unfinished := st.Jobs.Pending + st.Jobs.Running + st.Jobs.Retrying; unfinished < 600-11*30 {
			t.Errorf("%d unfinished jobs, want those of all keys that still wait, 270 at least", unfinished)
		}
		done := e.jobs("state=done&limit=1000")
		for i, j := range done {
			if i > 0 && j.ID >= done[i-1].ID {
				t.Errorf("job %d is listed behind job %d, want the newest first", j.ID, done[i-1].ID)
			}
		}
		if oldest := done[len(done)-1]; oldest.ID < 150 {
			t.Errorf("the oldest job kept is %d of 300, want the newest ones kept", oldest.ID)
		}
		e.checkLimit(30)
	})
}

// TestDowntimeIsMadeUpForOnce leaves a daemon down for 26 hours.
func TestDowntimeIsMadeUpForOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 5, yaml: week, sim: simLatency(100 * time.Millisecond)})
		e.startDaemon()
		time.Sleep(time.Hour)
		e.stop()
		time.Sleep(26 * time.Hour)
		began := time.Now()
		e.startDaemon()
		time.Sleep(once)
		fetched := map[string]int{}
		for _, r := range e.since(began) {
			fetched[fmt.Sprintf("%d/%s", r.Product, r.Date)]++
		}
		if len(fetched) != 5*7 {
			t.Errorf("%d keys were fetched after 26 hours, want all 35 that were overdue", len(fetched))
		}
		for k, n := range fetched {
			if n != 1 {
				t.Errorf("%s was fetched %d times, want once for all ticks that it missed", k, n)
			}
		}
		head := e.since(began)[:8] // four go at once, one in five is for what is less urgent
		if n := len(on(e.today.AddDays(1), head)); n != 5 {
			t.Errorf("%d of five products have today's date among the first requests, want all: %s", n, times(began, head))
		}
		e.checkLimit(30)
	})
}

// TestAJobsLastErrorIsOfItsOwnDate breaks one date and asks about another.
func TestAJobsLastErrorIsOfItsOwnDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, setup{products: 3, yaml: week + "retry: {max_attempts: 2}\n"})
		e.startDaemon()
		time.Sleep(5 * time.Minute)
		tomorrow := e.today.AddDays(1)
		e.inject(sim.Injection{Fault: "null", Product: 16, Date: tomorrow.String()})
		e.refresh(16, tomorrow)
		time.Sleep(2 * time.Minute)
		if x := e.explain(16, tomorrow); x.LastError == "" {
			t.Errorf("%s has no last error: %+v", tomorrow, x)
		}
		if x := e.explain(16, e.today.AddDays(2)); x.LastError != "" {
			t.Errorf("%s has the last error %q, which is of %s; want none", x.Date, x.LastError, tomorrow)
		}
	})
}
