package scheduler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"invd/engine/inventory"
	"invd/engine/plan"
	"invd/engine/refresh"
	"invd/engine/report"
)

// ErrStopped says that the scheduler does not run any more.
var ErrStopped = errors.New("the daemon is stopping")

// do runs f on Run's goroutine and returns what it returned.
func (s *Scheduler) do(ctx context.Context, f func() error) error {
	done := make(chan error, 1)
	select {
	case s.commands <- func() { done <- f() }:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.stopped:
		return ErrStopped
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Alive returns nil once Run's goroutine has come round to it.
func (s *Scheduler) Alive(ctx context.Context) error { return s.do(ctx, func() error { return nil }) }

// Refresh has every date of a product within from and to, both included, fetched
// in the most urgent band; zero bounds mean those of the horizon. What waits is
// raised, what runs is fetched once more after that, a retry's backoff is cut
// short and its attempts start anew. Dates that are paused are left out and told of in
// Refused; when all are, it is a *report.RefusedError.
func (s *Scheduler) Refresh(ctx context.Context, id inventory.ProductID, from, to inventory.Date) (r report.Refreshed, err error) {
	err = s.do(ctx, func() error {
		p := s.byID[id]
		if p == nil {
			return fmt.Errorf("product %d: %w", id, inventory.ErrNotFound)
		}
		if !p.Enabled {
			return &report.RefusedError{Reason: fmt.Sprintf("product %d is disabled in the configuration", id)}
		}
		last := p.today.AddDays(len(p.ids) - 1)
		if from == 0 {
			from = p.today
		}
		if to == 0 {
			to = last
		}
		if from > to || to < p.today || from > last {
			return &report.RefusedError{Reason: fmt.Sprintf("no date from %s to %s lies within %s to %s", from, to, p.today, last)}
		}
		from, to = max(from, p.today), min(to, last)
		ids := p.ids[from-p.today : to-p.today+1]
		var free []refresh.ID
		var refused refusals
		for _, id := range ids {
			if scope, pause := s.paused(&s.keys[id]); pause != nil {
				refused.add(s.keys[id].key.Date, refusal(scope, pause))
				continue
			}
			free = append(free, id)
		}
		r = report.Refreshed{Product: id, From: from, To: to, Refused: refused}
		s.refresh(free, time.Now(), &r)
		if s.fatal != nil {
			return s.fatal
		}
		return refused.err(len(free))
	})
	return r, err
}

func (s *Scheduler) refresh(ids []refresh.ID, now time.Time, r *report.Refreshed) {
	var start, raised []refresh.ID
	for _, id := range ids {
		k := &s.keys[id]
		if k.place == inQueue {
			if k.next == 0 && s.Queue.Remove(id) {
				k.place = nowhere
				raised = append(raised, id)
				continue
			}
			if k.next == 0 && !s.again(id, now) {
				continue
			}
			r.Running++
			continue
		}
		s.wheel.Cancel(id)
		k.place = nowhere
		if k.job != 0 {
			raised = append(raised, id)
			continue
		}
		k.trigger = refresh.Manual
		start = append(start, id)
	}
	s.raise(raised, now)
	s.start(start, now)
	r.Queued += len(raised) + len(start)
}

// raise makes the waiting jobs of keys that are in no place manual ones, after a
// restart too, and queues them first of all.
func (s *Scheduler) raise(ids []refresh.ID, now time.Time) {
	jobs := make([]uint64, len(ids))
	for i, id := range ids {
		jobs[i] = s.keys[id].job
	}
	if err := s.Store.RaiseJobs(jobs, refresh.Manual); err != nil {
		s.storeFailed(err) // on a full disk they are urgent until a restart
	}
	for _, id := range ids {
		k := &s.keys[id]
		k.trigger, k.attempts = refresh.Manual, 0
		s.push(id, plan.OnDemand, now)
	}
}

// again makes the job that follows the one a worker has now: settle queues it.
func (s *Scheduler) again(id refresh.ID, now time.Time) bool {
	k := &s.keys[id]
	jobs := []refresh.Job{{Key: k.key, Schedule: s.scheduleName(k), Trigger: refresh.Manual, State: refresh.Pending, Created: now}}
	if err := s.Store.CreateJobs(jobs); err != nil {
		s.storeFailed(err)
		return false
	}
	s.Observer.Created(jobs[0].Schedule, refresh.Manual)
	k.next = jobs[0].ID
	return true
}
