package scheduler

import (
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// newDays moves the horizon of each product whose date has changed: at midnight,
// and after a step of the wall clock, in either direction.
func (s *Scheduler) newDays(now time.Time) {
	back := now.Round(0).Before(s.wall)
	s.wall = now.Round(0)
	if now.Before(s.midnight) && !back {
		return
	}
	var fresh []refresh.ID
	for i, p := range s.products {
		if today := p.Today(now); today != p.today {
			fresh = append(fresh, s.move(int32(i), today, now)...)
		}
	}
	s.setMidnight(now)
	s.nearestFirst(fresh)
	s.start(fresh, now)
}

// move makes today the first date of a product: dates before it go, dates that
// enter the horizon come, and dates that a shorter schedule covers now are due
// by that one. It returns the new keys that are to be fetched at once.
func (s *Scheduler) move(index int32, today inventory.Date, now time.Time) (due []refresh.ID) {
	p := s.products[index]
	old, first := p.ids, p.today
	p.today = today
	if !p.Enabled {
		return nil
	}
	p.ids = make([]refresh.ID, len(old))
	for ahead := range p.ids {
		date := today.AddDays(ahead)
		if i := int(date - first); i >= 0 && i < len(old) {
			p.ids[ahead] = old[i]
			s.reschedule(old[i], now)
			continue
		}
		k := s.enter(index, date, now)
		if id, ok := s.fill.guests[k.key]; ok {
			s.welcome(id, k, now)
			p.ids[ahead] = id
			continue
		}
		id := s.newKey(k)
		p.ids[ahead] = id
		at := s.first(id, now) // which tells the policy of it
		s.appraise(id, now)
		if at.After(now) {
			s.arm(id, at, now)
		} else if s.parks(&s.keys[id]) {
			s.park(&s.keys[id])
		} else {
			due = append(due, id)
		}
	}
	var ends []refresh.End
	for i, id := range old {
		if date := first.AddDays(i); date < today || date >= today.AddDays(len(p.ids)) {
			ends = s.drop(id, now, ends)
		}
	}
	s.cancel(ends)
	if p.notFound.Suspended {
		s.probe(p, p.notFound.Last.Add(probeGone), now)
	}
	s.dismissParked(now)
	s.withdraw(p.ids) // a date may have come under a schedule that is paused
	s.unpark(p.ids, now)
	return due
}

// enter makes the key of a date that comes into the horizon. It may be stored
// already, when the clock was set back or the horizon was longer once.
func (s *Scheduler) enter(index int32, date inventory.Date, now time.Time) key {
	k := s.bareKey(index, date)
	k.counted, k.came, k.entered = now.UnixNano(), now.UnixNano(), true
	if state, _, checked := s.Store.DayState(k.key); state != inventory.Unknown {
		k.state, k.checked, k.trigger, k.entered = state, checked.UnixNano(), refresh.Scheduled, false
	}
	return k
}

// reschedule lets a key follow the schedule that covers its date now.
func (s *Scheduler) reschedule(id refresh.ID, now time.Time) {
	k := &s.keys[id]
	schedule, ok := s.Catalogue.Rules.Of(s.products[k.product].today, k.key.Date)
	if !ok {
		return
	}
	was := int(k.schedule)
	if schedule != was {
		s.account(k, now)
	}
	k.schedule = int8(schedule)
	s.appraise(id, now)
	due, ok := s.Policy.Move(s.view(id), was, now)
	switch {
	case !ok:
	case k.place == inWheel && k.job == 0 && k.trigger != refresh.Confirm:
		if due.Before(unixTime(k.due)) {
			s.arm(id, due, now)
		}
	case k.place == inQueue:
		if band, queued := s.Queue.Band(id); queued && s.band(id, now) < band && s.Queue.Remove(id) {
			s.push(id, s.band(id, now), now)
		}
	}
}

// drop lets a key go whose date has left the horizon.
func (s *Scheduler) drop(id refresh.ID, now time.Time, ends []refresh.End) []refresh.End {
	k := &s.keys[id]
	s.account(k, now)
	s.backfilled(id, false, true)
	switch k.place {
	case inWheel:
		s.wheel.Cancel(id)
	case inQueue:
		if !s.Queue.Remove(id) {
			k.place = leaving
			return ends
		}
	}
	if k.job != 0 {
		ends = append(ends, s.dropped(k.job, s.scheduleName(k), now))
	}
	s.release(id)
	return ends
}

// setMidnight finds when the next date starts in any product's zone.
func (s *Scheduler) setMidnight(now time.Time) {
	s.midnight = now.Add(24 * time.Hour)
	seen := map[string]bool{}
	for _, p := range s.products {
		if zone := p.Zone.String(); !seen[zone] {
			seen[zone] = true
			if t := p.today.AddDays(1).Start(p.Zone); t.Before(s.midnight) {
				s.midnight = t
			}
		}
	}
}
