package scheduler

import (
	"time"

	"invd/engine/refresh"
)

// backfilled takes note that a backfill's key has what it was sent for, or will not get
// it.
func (s *Scheduler) backfilled(id refresh.ID, failed, skipped bool) {
	if _, out := s.fill.out[id]; !out {
		return
	}
	delete(s.fill.out, id)
	b := s.fill.running()
	switch {
	case b == nil:
	case failed:
		b.Failed++
		s.keepCount()
	case skipped:
		b.Skipped++
	}
}

// keepCount stores how far backfills are: after a restart, what is not counted as failed
// or skipped counts as done.
func (s *Scheduler) keepCount() {
	if err := s.Store.PutBackfills(s.fill.all, nil); err != nil {
		s.storeFailed(err)
	}
}

// settleGuest is settle for a key beyond the horizon: it goes when its job is over.
func (s *Scheduler) settleGuest(r refresh.Result, now time.Time) {
	k := &s.keys[r.ID]
	s.Queue.Done(r.ID)
	k.place = nowhere
	switch r.End.State {
	case refresh.Retrying:
		k.attempts++
		s.arm(r.ID, r.End.RetryAt, now)
	case refresh.Pending:
		s.push(r.ID, s.backfillBand(), now)
	default:
		s.backfilled(r.ID, r.End.State == refresh.Dead, false)
		s.farewell(r.ID)
		return
	}
	if s.parks(k) {
		s.dismiss(r.ID, now)
	}
}

// farewell frees the id of a guest that is in no place.
func (s *Scheduler) farewell(id refresh.ID) {
	delete(s.fill.guests, s.keys[id].key)
	s.release(id)
}

// dismissParked takes keys out of the running backfill that are not to be fetched
// any more.
func (s *Scheduler) dismissParked(now time.Time) {
	dismissed := false
	for id := range s.fill.out {
		if s.parks(&s.keys[id]) {
			s.dismiss(id, now)
			dismissed = true
		}
	}
	if dismissed {
		s.keepCount()
	}
}

// dismiss takes one key out of the running backfill: what is being fetched is let
// finish, other jobs end here.
func (s *Scheduler) dismiss(id refresh.ID, now time.Time) {
	k := &s.keys[id]
	due := unixTime(s.fill.out[id])
	s.backfilled(id, false, true)
	switch k.place {
	case inWheel:
		s.wheel.Cancel(id)
	case inQueue:
		if !s.Queue.Remove(id) { // a worker has it
			if k.guest {
				delete(s.fill.guests, k.key)
				k.place = leaving
			} else if k.trigger == refresh.Backfilled {
				k.trigger = refresh.Scheduled
			}
			return
		}
	}
	k.place = nowhere
	if k.trigger != refresh.Backfilled { // its schedule has it in the meantime, or somebody waits
		s.resend(id, now)
		return
	}
	s.cancel([]refresh.End{s.dropped(k.job, s.scheduleName(k), now)})
	if k.guest {
		s.farewell(id)
		return
	}
	s.account(k, now)
	k.job, k.attempts, k.trigger = 0, 0, refresh.Scheduled
	s.arm(id, due, now)
}

// resend puts a key with a job where it belongs.
func (s *Scheduler) resend(id refresh.ID, now time.Time) {
	if k := &s.keys[id]; s.parks(k) {
		s.park(k)
		return
	}
	s.push(id, s.band(id, now), now)
}

// promote lets the keys that a backfill has waiting go where their own schedules want
// them by now.
func (s *Scheduler) promote(now time.Time) {
	for id, due := range s.fill.out {
		k := &s.keys[id]
		if k.guest || k.trigger != refresh.Backfilled || due > now.UnixNano() {
			continue
		}
		k.trigger = refresh.Scheduled
		if _, queued := s.Queue.Band(id); queued {
			s.Queue.TryPush(id, s.band(id, now))
		}
	}
}

// welcome makes a guest whose date has come into the horizon a key like the others. Its
// job goes on.
func (s *Scheduler) welcome(id refresh.ID, k key, now time.Time) {
	at := &s.keys[id]
	delete(s.fill.guests, at.key)
	at.guest, at.schedule, at.state, at.checked = false, k.schedule, k.state, k.checked
	at.counted, at.came, at.entered = k.counted, k.came, k.entered
	s.fill.out[id] = now.UnixNano()
	s.Policy.Enter(s.view(id), now)
	s.appraise(id, now)
}

// adoptBackfilled gives a job that an earlier process left back to its backfill.
func (s *Scheduler) adoptBackfilled(j *refresh.Job, now time.Time) bool {
	b := s.fill.running()
	p := s.byID[j.Key.Product]
	if j.Trigger != refresh.Backfilled || b == nil || !b.Covers(j.Key) || p == nil || !p.Enabled || j.Key.Date < p.today {
		return false
	}
	id, live := s.find(j.Key)
	if live {
		k := &s.keys[id]
		if k.job != 0 || s.parks(k) {
			return false
		}
		k.entered = false
		k.due = s.first(id, now).UnixNano()
	} else if guest := s.guest(j.Key); s.parks(&guest) {
		return false
	}
	s.send(j, now)
	return true
}
