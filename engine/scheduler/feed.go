package scheduler

import (
	"slices"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

const (
	feedUpTo  = 16   // keys of a backfill on their way
	feedBelow = 8    // that are left when more come, in one commit
	feedLook  = 2048 // keys that one turn comes to, most of which may need nothing
)

// feed lets the running backfill go on, and the next one begin.
func (s *Scheduler) feed(now time.Time) {
	if len(s.fill.out) > feedBelow || now.Before(s.fill.lull) {
		return
	}
	if _, paused := s.pauses[refresh.Everything]; paused {
		return
	}
	i := slices.IndexFunc(s.fill.all, func(b refresh.Backfill) bool { return !b.Over() })
	if i < 0 {
		return
	}
	all := slices.Clone(s.fill.all)
	b := &all[i]
	b.State = refresh.BackfillRunning
	keys, more := s.pick(b)
	if len(keys) == 0 && !more && len(s.fill.out) == 0 {
		s.fill.all = all
		if err := s.endBackfill(i, refresh.BackfillDone, now); err != nil {
			s.feedFailed(err, now)
		}
		return
	}
	if *b == s.fill.all[i] {
		return // it waits for what is on its way
	}
	jobs := make([]refresh.Job, len(keys))
	for i, k := range keys {
		schedule, ok := s.Catalogue.Rules.Of(s.byID[k.Product].today, k.Date)
		if !ok {
			schedule = s.farthest()
		}
		jobs[i] = refresh.Job{Key: k, Schedule: s.Catalogue.Rules.Schedules()[schedule].Name, Trigger: refresh.Backfilled, State: refresh.Pending, Created: now}
	}
	if err := s.Store.PutBackfills(all, jobs); err != nil {
		s.feedFailed(err, now)
		return
	}
	s.fill.all = all
	for i := range jobs {
		s.Observer.Created(jobs[i].Schedule, refresh.Backfilled)
		s.send(&jobs[i], now)
	}
}

func (s *Scheduler) feedFailed(err error, now time.Time) {
	s.storeFailed(err)
	s.fill.lull = now.Add(fullRetry)
}

// pick moves a backfill on and returns the keys to fetch that it came to. more
// reports whether it has more to come to.
func (s *Scheduler) pick(b *refresh.Backfill) (keys []inventory.Key, more bool) {
	targets := s.targets(b)
	for range feedLook {
		k, ok := next(b, targets)
		if !ok {
			return keys, false
		}
		if len(keys)+len(s.fill.out) == feedUpTo {
			return keys, true
		}
		b.AtDate, b.AtProduct = k.Date, k.Product
		if k.Date < s.byID[k.Product].today {
			continue // was not counted either
		}
		b.Fed++
		switch s.needs(k, b.Created) {
		case unfit:
			b.Skipped++
		case wanted:
			keys = append(keys, k)
		}
	}
	return keys, true
}

// next returns the key that comes after the one that a backfill came to last.
func next(b *refresh.Backfill, targets []*product) (inventory.Key, bool) {
	date := max(b.AtDate, b.From)
	i := 0
	if b.AtDate == date {
		i, _ = slices.BinarySearchFunc(targets, b.AtProduct+1, func(p *product, id inventory.ProductID) int { return int(p.ID - id) })
	}
	if i == len(targets) {
		date, i = date+1, 0
	}
	if date > b.To || len(targets) == 0 {
		return inventory.Key{}, false
	}
	return inventory.Key{Product: targets[i].ID, Date: date}, true
}

// A need says whether a backfill has to fetch a key.
type need uint8

const (
	wanted need = iota
	served      // it was answered since, or its own job will bring the answer
	unfit       // a pause, or the partner does not know the product
)

func (s *Scheduler) needs(k inventory.Key, since time.Time) need {
	id, live := s.find(k)
	if !live {
		guest := s.guest(k)
		if s.parks(&guest) {
			return unfit
		}
		if _, _, checked := s.Store.DayState(k); checked.After(since) {
			return served
		}
		return wanted
	}
	switch at := &s.keys[id]; {
	case s.parks(at):
		return unfit
	case at.job != 0, at.place != inWheel, at.checked > since.UnixNano():
		return served
	}
	return wanted
}

// farthest is the schedule under which dates beyond the horizon are counted and paused: the
// one with the longest interval.
func (s *Scheduler) farthest() int { return len(s.Catalogue.Rules.Schedules()) - 1 }

// send puts a stored job of a backfill on its way.
func (s *Scheduler) send(j *refresh.Job, now time.Time) {
	id, live := s.find(j.Key)
	if !live {
		id = s.newKey(s.guest(j.Key))
		s.fill.guests[j.Key] = id
	} else {
		s.account(&s.keys[id], now)
		s.wheel.Cancel(id)
	}
	k := &s.keys[id]
	s.fill.out[id] = k.due
	k.job, k.attempts, k.trigger = j.ID, uint8(min(j.Attempts, 255)), refresh.Backfilled
	if j.State == refresh.Retrying && j.RetryAt.After(now) {
		s.arm(id, j.RetryAt, now)
		return
	}
	s.push(id, s.backfillBand(), now)
}

// guest makes the key of a date beyond the horizon.
func (s *Scheduler) guest(k inventory.Key) key {
	index := slices.Index(s.products, s.byID[k.Product])
	return key{key: k, product: int32(index), schedule: int8(s.farthest()), trigger: refresh.Backfilled, guest: true}
}
