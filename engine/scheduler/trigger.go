package scheduler

import (
	"context"
	"fmt"
	"time"

	"invd/engine/refresh"
	"invd/engine/report"
)

// Trigger makes every key that a schedule covers due now, in the band it always
// has: the queue's order and the budget decide when it is fetched. A key that is queued,
// running or to be retried is left as it is, and so is one that is paused or whose
// product the partner does not know. inventory.ErrNotFound says that there is no such schedule; a
// *report.RefusedError that nothing of it may be fetched.
func (s *Scheduler) Trigger(ctx context.Context, schedule string) (t report.Triggered, err error) {
	err = s.do(ctx, func() error {
		scope := refresh.Scope{Schedule: schedule}
		if err := s.known(scope); err != nil {
			return err
		}
		t.Schedule = schedule
		return s.trigger(s.scoped(scope), time.Now(), &t)
	})
	return t, err
}

func (s *Scheduler) trigger(ids []refresh.ID, now time.Time, t *report.Triggered) error {
	var start []refresh.ID
	var refused refusals
	for _, id := range ids {
		k := &s.keys[id]
		p := s.products[k.product]
		scope, pause := s.paused(k)
		switch {
		case pause != nil:
			refused.add(k.key.Date, refusal(scope, pause))
		case p.notFound.Suspended:
			refused.add(k.key.Date, fmt.Sprintf("the partner does not know product %d; it is asked once a day", p.ID))
		case k.job != 0:
			t.Waiting++
		default:
			s.account(k, now)
			s.wheel.Cancel(id)
			k.place, k.trigger = nowhere, refresh.Triggered
			start = append(start, id)
		}
	}
	t.Queued, t.Refused = len(start), refused
	s.nearestFirst(start)
	s.start(start, now)
	if len(start) > 0 && s.fatal == nil {
		if err := s.Store.Flush(); err != nil { // somebody asked for these jobs
			s.storeFailed(err)
		}
	}
	if s.fatal != nil {
		return s.fatal
	}
	return refused.err(t.Queued + t.Waiting)
}
