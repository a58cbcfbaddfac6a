package scheduler

import (
	"time"

	"invd/engine/demand"
	"invd/engine/inventory"
	"invd/engine/plan"
	"invd/engine/refresh"
)

// askAgain is how long a key that could not be fetched is not asked for by readers
// again: a popular one that always fails would use up their share.
const askAgain = time.Minute

// ask has a key fetched in the most urgent band because readers asked for it, and
// tells the desk what came of that. A retry's backoff is cut short and its
// attempts start anew.
func (s *Scheduler) ask(asked inventory.Key, now time.Time) {
	id, ok := s.find(asked)
	if !ok {
		s.Desk.Refuse(asked)
		return
	}
	k := &s.keys[id]
	_, pause := s.paused(k)
	tried := k.failed && now.Sub(unixTime(k.since)) < askAgain
	switch {
	case pause != nil, s.parks(k), k.place == parked, tried, s.products[k.product].notFound.Suspended:
		s.Desk.Table.SetWorth(asked, now.Add(askAgain))
		s.Desk.Refuse(asked)
		return
	case k.place == inQueue:
		band, queued := s.Queue.Band(id)
		if !queued || band == plan.OnDemand || !s.Queue.Remove(id) {
			s.Desk.Joined()
			break
		}
		if s.policyRanks(k) {
			k.trigger = refresh.Read // or the policy would put it back
		}
		s.push(id, plan.OnDemand, now)
		s.Desk.Queued()
	case k.job != 0: // waits for a retry
		s.wheel.Cancel(id)
		k.attempts = 0
		s.push(id, plan.OnDemand, now)
		s.Desk.Queued()
	default:
		s.wheel.Cancel(id)
		k.place, k.trigger = nowhere, refresh.Read
		s.start([]refresh.ID{id}, now)
		if k.place != inQueue { // the disk is full
			s.Desk.Refuse(asked)
			return
		}
		s.Desk.Queued()
	}
	s.Desk.Table.SetWorth(asked, demand.Never)
}

// wake tells the desk how an attempt at a key ended, before the key goes on.
func (s *Scheduler) wake(r refresh.Result, now time.Time) {
	s.appraise(r.ID, now)
	shown := r.End.Outcome != refresh.Unchanged || s.Task(r.ID).Urgent
	s.Desk.End(s.keys[r.ID].key, !r.Checked.IsZero(), shown)
}

// An Appraiser is a Policy that says itself when a call for a read pays.
type Appraiser interface {
	// Worth returns from when on a read of k is worth a call, if nothing more is
	// learned until then: the zero time for always, demand.Never for never. waits
	// says that readers wait for the answer.
	Worth(k Key, waits bool, now time.Time) time.Time
}

// appraise tells the desk from when on a read of a key is worth a call: as the
// policy says, or once it is older than its schedule promises; and not at once after
// an attempt that failed.
func (s *Scheduler) appraise(id refresh.ID, now time.Time) {
	k := s.view(id)
	var from time.Time
	if policy, ok := s.Policy.(Appraiser); ok {
		from = policy.Worth(k, s.Desk.Through, now)
	} else if !k.Checked.IsZero() {
		from = k.Checked.Add(s.Catalogue.Rules.Schedules()[k.Schedule].Objective)
	}
	if again := now.Add(askAgain); k.Failed && from.Before(again) {
		from = again
	}
	s.Desk.Table.SetWorth(k.Key, from)
}
