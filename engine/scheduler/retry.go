package scheduler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

// Retry has dead jobs, and such as wait for their next attempt, done now, their
// attempts anew: first of all if urgent, else each in the band of its schedule. A job
// whose key has a younger one lets that run in its place. A *report.RefusedError
// says why none is retried.
func (s *Scheduler) Retry(ctx context.Context, jobs []refresh.Job, urgent bool) (r report.Retried, err error) {
	err = s.do(ctx, func() error { return s.retry(jobs, urgent, time.Now(), &r) })
	return r, err
}

func (s *Scheduler) retry(jobs []refresh.Job, urgent bool, now time.Time, r *report.Retried) error {
	var refused refusals
	var waiting, dead []refresh.ID // keys of jobs that wait, and of those to revive
	var revived []uint64
	for i := range jobs {
		j := &jobs[i]
		id, ok := s.find(j.Key)
		if !ok {
			refused.add(j.Key.Date, s.unknown(j.Key))
			continue
		}
		k := &s.keys[id]
		_, queued := s.Queue.Band(id)
		switch scope, pause := s.paused(k); {
		case pause != nil:
			refused.add(k.key.Date, refusal(scope, pause))
		case k.place == inQueue && !queued:
			r.Running++
		case k.place == nowhere: // another job of the key is to be revived
		case k.job != 0:
			waiting = append(waiting, id)
		default:
			s.account(k, now)
			s.wheel.Cancel(id)
			k.place, k.job = nowhere, j.ID
			dead, revived = append(dead, id), append(revived, j.ID)
		}
	}
	if err := s.Store.ReviveJobs(revived); err != nil {
		s.unrevived(err, dead, now)
		if s.fatal != nil {
			return s.fatal
		}
		return &report.RefusedError{Reason: "the jobs could not be revived: " + err.Error()}
	}
	for _, id := range dead {
		k := &s.keys[id]
		k.attempts, k.trigger = 0, refresh.Scheduled
		s.Observer.Created(s.scheduleName(k), refresh.Manual)
	}
	s.hurry(append(waiting, dead...), urgent, now)
	r.Queued, r.Refused = len(waiting)+len(dead), refused
	if s.fatal != nil {
		return s.fatal
	}
	return refused.err(r.Queued + r.Running)
}

// hurry has keys with a waiting job queued now.
func (s *Scheduler) hurry(ids []refresh.ID, urgent bool, now time.Time) {
	if urgent {
		for _, id := range ids {
			s.wheel.Cancel(id)
			s.Queue.Remove(id)
			s.keys[id].place = nowhere
		}
		s.raise(ids, now)
		return
	}
	for _, id := range ids {
		if k := &s.keys[id]; k.place != inQueue {
			s.wheel.Cancel(id)
			s.push(id, s.band(id, now), now)
		}
	}
}

// unrevived puts keys back whose dead jobs stay dead.
func (s *Scheduler) unrevived(err error, ids []refresh.ID, now time.Time) {
	for _, id := range ids {
		s.keys[id].job = 0
		s.arm(id, now.Add(fullRetry), now)
	}
	if !errors.Is(err, inventory.ErrNotFound) {
		s.storeFailed(err)
	}
}

// unknown says why there is no key.
func (s *Scheduler) unknown(k inventory.Key) string {
	switch p := s.byID[k.Product]; {
	case p == nil:
		return fmt.Sprintf("product %d is not in the catalogue", k.Product)
	case !p.Enabled:
		return fmt.Sprintf("product %d is disabled in the configuration", k.Product)
	}
	return "the date is not among those that are fetched"
}
