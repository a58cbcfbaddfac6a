package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os/exec"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

// A ledger holds what a mirror's daemons have told, and holds the next ones to it.
type ledger struct {
	m       *mirror
	answers map[inventory.Key]answer
	jobs    map[uint64]report.Job
	asked   map[inventory.ProductID]time.Time // of the last refresh that was accepted
	paused  map[inventory.ProductID]bool      // as was answered; absent: no answer came

	tally
}

// A tally counts kills, what was found again after a start, and whole snapshots.
type tally struct {
	kills, answersHeld, pausesHeld, finishedHeld, unfinishedHeld, snapshots int
}

func (t *tally) add(o tally) {
	t.kills += o.kills
	t.answersHeld += o.answersHeld
	t.pausesHeld += o.pausesHeld
	t.finishedHeld += o.finishedHeld
	t.unfinishedHeld += o.unfinishedHeld
	t.snapshots += o.snapshots
}

func newLedger(m *mirror) *ledger {
	return &ledger{
		m: m, answers: make(map[inventory.Key]answer), jobs: make(map[uint64]report.Job),
		asked: make(map[inventory.ProductID]time.Time), paused: make(map[inventory.ProductID]bool),
	}
}

func (l *ledger) products() []inventory.ProductID {
	var ids []inventory.ProductID
	for _, k := range l.m.keys {
		ids = append(ids, k.Product)
	}
	return slices.Compact(ids)
}

// observe uses the daemon until it is killed, and notes what it tells.
func (l *ledger) observe(random *rand.Rand, trap *trap) {
	products := l.products()
	steps := []func() error{
		l.noteAnswers,
		l.noteJobs,
		l.noteDoneJobs,
		func() error { return l.operate(random) },
		func() error {
			id := products[random.IntN(len(products))]
			if l.paused[id] {
				return l.resume(id) // a refresh would be refused
			}
			err := l.refresh(id)
			if err == nil && trap.afterRefresh {
				trap.spring()
			}
			return err
		},
	}
	for {
		for range 20 {
			l.m.book(l.m.keys[random.IntN(len(l.m.keys))], random)
		}
		for _, step := range steps {
			if err := step(); err != nil {
				if !trap.sprung.Load() {
					l.m.t.Errorf("start %d: %v\n%s", l.m.starts, err, l.m.process.printed())
				}
				return
			}
		}
	}
}

// refresh asks for a product, and notes that it was promised.
func (l *ledger) refresh(id inventory.ProductID) error {
	now := time.Now()
	err := l.m.refresh(id)
	if err == nil {
		l.asked[id] = now
	}
	return err
}

func (l *ledger) noteAnswers() error {
	for _, k := range l.m.keys {
		a, err := l.m.read(k)
		if err != nil {
			return err
		}
		if a.state != inventory.Unknown.String() {
			l.answers[k] = a
		}
	}
	return nil
}

func (l *ledger) noteJobs() error {
	jobs, err := l.m.jobs()
	for _, j := range jobs {
		l.jobs[j.ID] = j
	}
	return err
}

// noteDoneJobs asks as a user would.
func (l *ledger) noteDoneJobs() error {
	out, err := exec.Command("invd", "jobs", "list", "--state", "done", "--limit", "1000", "--output", "json", "--data-dir", l.m.commands.dataDir).Output()
	if err != nil {
		return err
	}
	var list struct {
		Jobs []report.Job `json:"jobs"`
	}
	if err := json.Unmarshal(out, &list); err != nil {
		return err
	}
	for _, j := range list.Jobs {
		if j.State != refresh.Done.String() {
			return fmt.Errorf("among the done jobs: %+v", j)
		}
		l.jobs[j.ID] = j
	}
	return nil
}

// verify holds a daemon that has just started to everything in the ledger.
func (l *ledger) verify() {
	l.m.t.Helper()
	// Ready is who has taken up its jobs.
	if err := eventually(func() error { return l.m.commands.get(l.m.t.Context(), "/-/ready", nil) }); err != nil {
		l.m.t.Fatalf("start %d: %v", l.m.starts, err)
	}
	jobs, err := l.m.jobs()
	if err != nil {
		l.m.t.Fatalf("start %d: %v", l.m.starts, err)
	}
	l.verifyDone(jobs) // first, as what is missing is fetched again
	l.verifyAnswers()
	l.verifyPauses()
	l.verifyJobs(jobs)
	l.verifyRefreshes(jobs)
}

// verifyAnswers requires each key to be answered as it was, or by something newer.
func (l *ledger) verifyAnswers() {
	l.m.t.Helper()
	for k, before := range l.answers {
		now, err := l.m.read(k)
		switch {
		case err != nil:
			l.m.t.Fatalf("start %d: %s: %v", l.m.starts, k, err)
		case before.status != now.status || before.state != now.state:
			l.m.t.Errorf("start %d: %s is %d %s, and was %d %s", l.m.starts, k, now.status, now.state, before.status, before.state)
		case now.modified.Before(before.modified), now.remaining > before.remaining:
			l.m.t.Errorf("start %d: %s is an older answer, %+v, than %+v", l.m.starts, k, now, before)
		case now.etag != before.etag && now.remaining == before.remaining:
			l.m.t.Errorf("start %d: %s has another ETag, %+v, and the same content as %+v", l.m.starts, k, now, before)
		}
		l.answersHeld++
	}
}

// verifyJobs requires that no job is gone, that finished ones were not touched, and
// that of a key no two wait: one may run, and one wait that was asked for meanwhile.
func (l *ledger) verifyJobs(jobs []report.Job) {
	l.m.t.Helper()
	now := make(map[uint64]report.Job, len(jobs))
	waits := make(map[inventory.Key]uint64)
	for _, j := range jobs {
		now[j.ID] = j
		if k := keyOf(j); j.State == refresh.Pending.String() {
			if waits[k] != 0 {
				l.m.t.Errorf("start %d: of %s wait both job %d and %d", l.m.starts, k, waits[k], j.ID)
			}
			waits[k] = j.ID
		}
	}
	for id, before := range l.jobs {
		j, found := now[id]
		switch {
		case !found:
			l.m.t.Errorf("start %d: job %d is gone; it was %+v", l.m.starts, id, before)
		case !final(before):
			l.unfinishedHeld++
		case !cmp.Equal(before, j):
			l.m.t.Errorf("start %d: job %d was finished and is another:\n%s", l.m.starts, id, cmp.Diff(before, j))
		default:
			l.finishedHeld++
		}
	}
	maps.Copy(l.jobs, now)
}

// verifyDone requires what the jobs of earlier daemons brought to be there. (What
// this one has just brought may be read a moment after its job is shown as done.)
func (l *ledger) verifyDone(jobs []report.Job) {
	l.m.t.Helper()
	last := make(map[inventory.Key]report.Job)
	for _, j := range jobs {
		brought := j.Outcome == refresh.Changed.String() || j.Outcome == refresh.Unchanged.String() || j.Outcome == refresh.Closed.String()
		if brought && j.Finished.Before(l.m.launched) && last[keyOf(j)].Started.Before(j.Started) {
			last[keyOf(j)] = j
		}
	}
	for k, j := range last {
		a, err := l.m.read(k)
		if err != nil {
			l.m.t.Fatalf("start %d: %s: %v", l.m.starts, k, err)
		}
		if a.state == inventory.Unknown.String() || a.confirmed.Before(j.Started) {
			l.m.t.Errorf("start %d: %s is %+v, which is older than its job %+v", l.m.starts, k, a, j)
		}
	}
}

// verifyRefreshes requires that each date that an operator was promised was fetched
// since or still has a job.
func (l *ledger) verifyRefreshes(jobs []report.Job) {
	l.m.t.Helper()
	busy := make(map[inventory.Key]bool)
	for _, j := range jobs {
		busy[keyOf(j)] = busy[keyOf(j)] || !final(j)
	}
	for _, k := range l.m.keys {
		promised, ok := l.asked[k.Product]
		if !ok || busy[k] {
			continue
		}
		err := poll(pollEvery, 40, func() error { // see verifyDone
			a, err := l.m.read(k)
			if err == nil && a.confirmed.Before(promised) {
				err = fmt.Errorf("confirmed %v, promised %v, and no job", a.confirmed, promised)
			}
			return err
		})
		if err != nil {
			l.m.t.Fatalf("start %d: %s: %v", l.m.starts, k, err)
		}
	}
}

func keyOf(j report.Job) inventory.Key { return inventory.Key{Product: j.Product, Date: j.Date} }

func final(j report.Job) bool {
	s, ok := refresh.ParseState(j.State)
	return ok && s.Final()
}

// allDone is an error while a job waits or runs, or a key has no answer.
func (l *ledger) allDone() error {
	var st report.Status
	if err := l.m.commands.get(l.m.t.Context(), "/api/v1/status", &st); err != nil {
		return err
	}
	if st.Jobs.Pending+st.Jobs.Running+st.Jobs.Retrying > 0 {
		return fmt.Errorf("jobs are left: %+v", st.Jobs)
	}
	if err := l.noteAnswers(); err != nil {
		return err
	}
	if len(l.answers) < len(l.m.keys) {
		return fmt.Errorf("%d of %d keys have an answer", len(l.answers), len(l.m.keys))
	}
	return nil
}
