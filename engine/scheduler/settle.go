package scheduler

import (
	"context"
	"log/slog"
	"time"

	"invd/engine/inventory"
	"invd/engine/plan"
	"invd/engine/refresh"
	"invd/engine/report"
)

// settle takes a key back from its worker and puts it where it belongs next.
func (s *Scheduler) settle(r refresh.Result, now time.Time) {
	k := &s.keys[r.ID]
	if k.place != leaving && !k.guest {
		s.account(k, now)
	}
	s.learn(k, r, now)
	k.failed = r.End.State != refresh.Done || r.End.Outcome == refresh.Held
	if !k.guest {
		s.Policy.Learn(s.view(r.ID), &r, now)
		s.wake(r, now)
	}
	s.tellEnd(k, r)
	if k.place == leaving {
		s.leave(r.ID, r, now)
		return
	}
	if k.guest {
		s.settleGuest(r, now)
		return
	}
	if r.End.State.Final() {
		s.backfilled(r.ID, r.End.State == refresh.Dead, false)
	}
	if k.next != 0 { // asked for again while it ran
		s.followUp(r, now)
		return
	}
	s.Queue.Done(r.ID)
	k.place = nowhere
	if r.End.State == refresh.Retrying {
		k.attempts++
	}
	switch {
	case s.parks(k) && !r.End.State.Final():
		s.park(k)
	case r.End.State == refresh.Retrying:
		s.arm(r.ID, r.End.RetryAt, now)
	case r.End.State == refresh.Pending: // put back, the attempt not charged
		band := s.band(r.ID, now)
		if k.trigger != refresh.Backfilled {
			band = min(band, s.Policy.Retry())
		}
		s.push(r.ID, band, now)
	default:
		s.rearm(r, now)
	}
}

// tellEnd tells those who watch how an attempt ended, unless it was put back.
func (s *Scheduler) tellEnd(k *key, r refresh.Result) {
	if r.End.State == refresh.Pending {
		return
	}
	s.Tell(report.Event{Kind: report.EventJob, Data: report.JobEnd{
		ID: r.End.Job, Product: k.key.Product, Date: k.key.Date, Schedule: s.scheduleName(k), Trigger: k.trigger.String(),
		State: r.End.State.String(), Outcome: r.End.Outcome.String(), Error: r.End.Error, At: r.End.At, RetryAt: r.End.RetryAt,
	}})
}

// learn takes note of what an attempt told about the key and its product.
func (s *Scheduler) learn(k *key, r refresh.Result, now time.Time) {
	if !r.Checked.IsZero() {
		if k.checked == 0 && k.key.Date == s.products[k.product].today {
			s.sweep()
		}
		k.checked = r.Checked.UnixNano()
	}
	if r.Day != inventory.Unknown {
		k.state = r.Day
	}
	p := s.products[k.product]
	switch {
	case r.NotFound:
		s.missing(p, now)
	case r.Answered && p.notFound.Count > 0:
		s.found(p, now)
	}
}

// sweep counts a today that was answered for the first time.
func (s *Scheduler) sweep() {
	if s.unswept--; s.unswept == 0 {
		close(s.swept)
	}
}

// rearm puts a key whose job is over on the wheel for its next tick.
func (s *Scheduler) rearm(r refresh.Result, now time.Time) {
	k := &s.keys[r.ID]
	k.job, k.attempts, k.trigger = 0, 0, refresh.Scheduled
	if r.End.Outcome == refresh.Closed {
		k.trigger = refresh.Confirm
		s.arm(r.ID, now.Add(confirmAfter), now)
		return
	}
	if k.checked == 0 {
		k.trigger = refresh.First
	}
	s.arm(r.ID, s.next(r.ID, now), now)
}

// next returns when a key whose job ended at now is due: at its next tick, and
// after a dead job or a held answer within deadRetry at the latest.
func (s *Scheduler) next(id refresh.ID, now time.Time) time.Time {
	k := &s.keys[id]
	if p := s.products[k.product]; p.notFound.Suspended {
		return now.Add(probeGone)
	}
	due := s.Policy.Next(s.view(id), now)
	if latest := now.Add(deadRetry); k.failed && due.After(latest) {
		return latest
	}
	return due
}

// followUp lets the job that was asked for while the key ran come next. If the
// one that ran is not over, the new one takes its place.
func (s *Scheduler) followUp(r refresh.Result, now time.Time) {
	k := &s.keys[r.ID]
	if !r.End.State.Final() {
		s.cancel([]refresh.End{s.dropped(k.job, s.scheduleName(k), now)})
	}
	k.job, k.next, k.attempts, k.trigger = k.next, 0, 0, refresh.Manual
	s.Queue.Done(r.ID)
	if _, p := s.withheld(k); p != nil {
		s.park(k)
		return
	}
	s.push(r.ID, plan.OnDemand, now)
}

// leave frees a key whose date left the horizon while a worker had it.
func (s *Scheduler) leave(id refresh.ID, r refresh.Result, now time.Time) {
	k := &s.keys[id]
	var ends []refresh.End
	if !r.End.State.Final() || r.Lost {
		ends = append(ends, s.dropped(k.job, s.scheduleName(k), now))
	}
	if k.next != 0 { // asked for again while it ran
		ends = append(ends, s.dropped(k.next, s.scheduleName(k), now))
	}
	s.Queue.Done(id)
	s.cancel(ends)
	s.release(id)
}

// A product is suspended after goneAfter answers of "not found" with no other
// between, the first and the last at least goneSpan apart.
const (
	goneAfter = 3
	goneSpan  = time.Hour
)

// missing takes note that the partner does not know a product.
func (s *Scheduler) missing(p *product, now time.Time) {
	n := &p.notFound
	if n.Count == 0 {
		n.First = now
	}
	n.Count++
	n.Last = now
	if !n.Suspended && n.Count >= goneAfter && now.Sub(n.First) >= goneSpan {
		s.accountFor(p.ids, now)
		n.Suspended = true
		s.Log.LogAttrs(context.Background(), slog.LevelError, "product unknown to the partner, suspended", slog.Int64("product", int64(p.ID)))
		s.parkProduct(p)
		s.dismissParked(now)
	}
	if err := s.Store.PutNotFound(p.ID, n); err != nil {
		s.storeFailed(err)
	}
}

// found takes note that the partner knows a product again.
func (s *Scheduler) found(p *product, now time.Time) {
	suspended := p.notFound.Suspended
	if suspended {
		s.accountFor(p.ids, now)
	}
	p.notFound = refresh.NotFound{}
	if err := s.Store.PutNotFound(p.ID, nil); err != nil {
		s.storeFailed(err)
	}
	if suspended {
		s.Log.LogAttrs(context.Background(), slog.LevelInfo, "product known to the partner again", slog.Int64("product", int64(p.ID)))
		s.unpark(p.ids, now)
		s.recall(p, now)
	}
}

// recall lets the keys that were put off for a day while their product was
// suspended follow their schedules again.
func (s *Scheduler) recall(p *product, now time.Time) {
	for _, id := range p.ids {
		k := &s.keys[id]
		if k.place != inWheel || k.job != 0 {
			continue
		}
		due := now
		if k.checked != 0 {
			if tick := s.Policy.Enter(s.view(id), now); tick.After(now) {
				due = tick
			}
		}
		if due.Before(unixTime(k.due)) {
			s.arm(id, due, now)
		}
	}
}
