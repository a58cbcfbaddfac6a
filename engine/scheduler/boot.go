package scheduler

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

// boot makes the keys of the catalogue, takes up the jobs that an earlier process
// left unfinished, and starts what is overdue or was never fetched: once each,
// the nearest dates first. Of millions of keys that takes a while: it returns ctx's
// error if that ends first, and what it has stored by then is as good as a kill leaves it.
func (s *Scheduler) boot(ctx context.Context, now time.Time) error {
	s.wall = now.Round(0)
	missed, err := s.load(ctx, now)
	if err != nil {
		return err
	}
	if err := s.loadLearned(ctx, now); err != nil {
		return err
	}
	jobs, err := s.Store.Recover()
	if err != nil {
		return fmt.Errorf("take up jobs: %w", err)
	}
	s.Observer.Recovered(len(jobs))
	s.adopt(jobs, now)
	if err := s.putOff(now); err != nil {
		return err
	}
	var due []refresh.ID
	for id := range s.keys {
		if stopped(ctx, id) {
			return ctx.Err()
		}
		k := &s.keys[id]
		if k.guest {
			continue // has its job, and no reader or policy knows of it
		}
		s.appraise(refresh.ID(id), now)
		if k.place != nowhere {
			continue
		}
		if at := s.first(refresh.ID(id), now); at.After(now) {
			s.arm(refresh.ID(id), at, now)
		} else if s.parks(k) {
			s.park(k)
		} else {
			due = append(due, refresh.ID(id))
		}
	}
	s.nearestFirst(due)
	for part := range slices.Chunk(due, lookEvery) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.start(part, now)
	}
	s.setMidnight(now)
	for _, p := range s.products {
		if len(p.ids) > 0 && s.keys[p.ids[0]].checked == 0 {
			s.unswept++
		}
	}
	if s.unswept == 0 {
		close(s.swept)
	}
	s.Log.LogAttrs(context.Background(), slog.LevelInfo, "scheduler started", slog.Int("keys", len(s.keys)),
		slog.Int("jobs_taken_up", len(jobs)), slog.Int("due", len(due)), slog.Int("ticks_missed", missed))
	return s.fatal
}

// lookEvery is after how many keys boot looks whether it is to stop.
const lookEvery = 16 * batch

// stopped looks at ctx once in lookEvery turns of a loop.
func stopped(ctx context.Context, turn int) bool { return turn%lookEvery == 0 && ctx.Err() != nil }

// load makes products and keys and gives them what is stored. It returns how many
// ticks came while no daemon ran.
func (s *Scheduler) load(ctx context.Context, now time.Time) (missed int, err error) {
	if s.pauses, err = s.Store.Pauses(); err != nil {
		return 0, fmt.Errorf("load pauses: %w", err)
	}
	gone, err := s.Store.NotFounds()
	if err != nil {
		return 0, fmt.Errorf("load products: %w", err)
	}
	closed, err := s.Store.LedgerEnd()
	if err != nil {
		return 0, fmt.Errorf("load the ledger: %w", err)
	}
	if s.fill.all, err = s.Store.Backfills(); err != nil {
		return 0, fmt.Errorf("load backfills: %w", err)
	}
	_, paused := s.pauses[refresh.Everything]
	s.Gate.SetPaused(paused)
	catalogue := s.Catalogue.Products()
	for i := range catalogue {
		p := &product{Product: &catalogue[i], today: catalogue[i].Today(now), notFound: gone[catalogue[i].ID]}
		s.products = append(s.products, p)
		s.byID[p.ID] = p
		if !p.Enabled {
			continue
		}
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		for ahead := range s.Catalogue.Rules.Horizon() {
			p.ids = append(p.ids, s.newKey(s.bareKey(int32(i), p.today.AddDays(ahead))))
		}
	}
	var newest time.Time
	days := 0
	err = s.Store.Days(func(k inventory.Key, checked, _ time.Time, state inventory.State) bool {
		if id, ok := s.find(k); ok {
			s.keys[id].checked, s.keys[id].state = s.past(checked, now).UnixNano(), state
			s.keys[id].trigger = refresh.Scheduled
			s.Gate.Remember(checked)
		}
		if checked.After(newest) {
			newest = checked
		}
		days++
		return !stopped(ctx, days)
	})
	if err != nil {
		return 0, fmt.Errorf("load days: %w", err)
	}
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	return s.openLedger(closed, newest, now), nil
}

// past clamps a stored time that lies in the future, because the clock was set
// back, to now.
func (s *Scheduler) past(t, now time.Time) time.Time {
	if t.After(now) {
		return now
	}
	return t
}

func (s *Scheduler) bareKey(product int32, date inventory.Date) key {
	p := s.products[product]
	schedule, _ := s.Catalogue.Rules.Of(p.today, date)
	return key{key: inventory.Key{Product: p.ID, Date: date}, product: product, schedule: int8(schedule), trigger: refresh.First}
}

// adopt gives unfinished jobs back to their keys, and cancels those whose key is
// gone or has one already.
func (s *Scheduler) adopt(jobs []refresh.Job, now time.Time) {
	slices.SortStableFunc(jobs, func(a, b refresh.Job) int { // of two jobs of a key, the one that somebody asked for
		return cmp.Compare(urgency(a), urgency(b))
	})
	var ends []refresh.End
	for _, j := range jobs {
		if s.adoptBackfilled(&j, now) {
			continue
		}
		id, ok := s.find(j.Key)
		if !ok || s.keys[id].job != 0 {
			ends = append(ends, s.dropped(j.ID, j.Schedule, now))
			continue
		}
		k := &s.keys[id]
		k.entered = false // the process that made the job knew of it
		k.job, k.attempts, k.trigger = j.ID, uint8(min(j.Attempts, 255)), j.Trigger
		k.due = now.UnixNano()
		if k.trigger == refresh.Backfilled { // its backfill is over
			k.trigger = refresh.Scheduled
		}
		switch {
		case j.State == refresh.Retrying && j.RetryAt.After(now):
			s.arm(id, j.RetryAt, now)
		case s.parks(k):
			s.park(k)
		default:
			s.push(id, s.band(id, now), now)
		}
	}
	s.cancel(ends)
}

func urgency(j refresh.Job) int {
	if j.Trigger == refresh.Manual {
		return 0
	}
	return 1
}

// maxPutOff bounds how many dead jobs a start looks at.
const maxPutOff = 10_000

// putOff arms the keys whose last job died lately for when they were due after
// that: a restart, or ten of them, asks for them no sooner.
func (s *Scheduler) putOff(now time.Time) error {
	dead, err := s.Store.Jobs(report.JobFilter{States: []refresh.State{refresh.Dead}, Limit: maxPutOff})
	if err != nil {
		return fmt.Errorf("load dead jobs: %w", err)
	}
	for _, j := range dead {
		id, ok := s.find(j.Key)
		if !ok || s.keys[id].place != nowhere || s.keys[id].checked >= j.Finished.UnixNano() {
			continue
		}
		k := &s.keys[id]
		k.entered = false
		if s.products[k.product].notFound.Suspended {
			continue // has its daily probe
		}
		k.failed = true
		if due := s.next(id, s.past(j.Finished, now)); due.After(now) {
			s.arm(id, due, now)
		}
	}
	return nil
}

func (s *Scheduler) dropped(job uint64, schedule string, now time.Time) refresh.End {
	s.Observer.Finished(schedule, refresh.Dropped)
	return refresh.End{Job: job, At: now, State: refresh.Canceled, Outcome: refresh.Dropped}
}

// first returns when a key without a job is due.
func (s *Scheduler) first(id refresh.ID, now time.Time) time.Time {
	k := &s.keys[id]
	k.due = now.UnixNano()
	if p := s.products[k.product]; p.notFound.Suspended && k.key.Date == p.today {
		return p.notFound.Last.Add(probeGone)
	}
	return s.Policy.Enter(s.view(id), now)
}

// nearestFirst orders keys by how soon their date is, so that within a band the
// dates that readers ask for most are fetched first.
func (s *Scheduler) nearestFirst(ids []refresh.ID) {
	slices.SortFunc(ids, func(a, b refresh.ID) int {
		x, y := &s.keys[a], &s.keys[b]
		return cmp.Or(cmp.Compare(x.key.Date, y.key.Date), cmp.Compare(x.product, y.product))
	})
}
