package simulation

import (
	"context"
	"fmt"
	"slices"
	"time"

	"invd/engine/inventory"
	"invd/engine/partner"
	"invd/engine/partner/world"
)

const (
	checkEvery  = 101              // of so many reads one compares what is stored, slot by slot
	sampleEvery = 73 * time.Minute // between two looks at the ages of everything; no divisor of a day
)

// read replays the readers of all days.
func (r *run) read(outer context.Context) error {
	sample := r.start.AddDate(0, 0, 1)
	n := 0
	for d := range r.Days + 1 {
		today := Monday.AddDays(d)
		r.world.Forget(today.AddDays(-1))
		for _, read := range r.world.Reads(today) {
			for !sample.After(read.At) {
				time.Sleep(time.Until(sample))
				r.sampleAges(today, sample)
				sample = sample.Add(sampleEvery)
			}
			time.Sleep(time.Until(read.At))
			n++
			if err := r.look(read, today, n%checkEvery == 0); err != nil {
				return err
			}
		}
		if err := outer.Err(); err != nil {
			return err
		}
		if d == 0 {
			r.tally.firstCalls = r.partner.Stats().Requests
		}
	}
	time.Sleep(time.Until(r.start.AddDate(0, 0, r.Days+1)))
	r.tally.stats = r.partner.Stats()
	return nil
}

// look is one read: it is counted as the daemon counts it, and judged by the world.
func (r *run) look(read world.Read, today inventory.Date, thorough bool) error {
	now := time.Now()
	r.engine.Desk().Count(read.Key)
	state, _, checked := r.store.DayState(read.Key)
	seen := glance{at: now, ahead: int(read.Key.Date - today)}
	if state != inventory.Unknown {
		requested, ok := r.journal.requested(read.Key, checked)
		if !ok {
			return fmt.Errorf("%s is stored as of %s, when no answer came", read.Key, checked)
		}
		if thorough {
			if err := r.check(read.Key, requested); err != nil {
				return err
			}
		}
		seen.answered, seen.age, seen.verdict = true, now.Sub(checked), r.world.Compare(read.Key, requested, now)
	}
	r.tally.add(seen)
	return nil
}

// check compares what is stored of a key with what the partner said at a moment.
func (r *run) check(k inventory.Key, requested time.Time) error {
	stored, err := r.store.Availability(k)
	if err != nil {
		return err
	}
	said, _, err := partner.Decode(k, r.world.Body(nil, int64(k.Product), k.Date.String(), requested))
	if err != nil {
		return err
	}
	if !slices.EqualFunc(stored.Slots, said.Slots, func(a, b inventory.Slot) bool {
		return a.Start == b.Start && a.Remaining == b.Remaining && a.Pax[0].Price.Final.Compare(b.Pax[0].Price.Final) == 0
	}) {
		return fmt.Errorf("%s is stored as %v, the partner said %v at %s", k, stored.Slots, said.Slots, requested)
	}
	return nil
}

// sampleAges looks at the age of every open date in sight. One that was never
// fetched is as old as the time since it came in sight.
func (r *run) sampleAges(today inventory.Date, now time.Time) {
	for _, id := range r.World.Products {
		for ahead := range r.Catalogue.Rules.Horizon() {
			k := inventory.Key{Product: id, Date: today.AddDays(ahead)}
			if !r.world.Open(k) || !now.Before(r.world.Ends(k)) {
				continue
			}
			since, fetched := r.journal.checked(k), true
			if since.IsZero() {
				entered := max(Monday, k.Date.AddDays(1-r.Catalogue.Rules.Horizon()))
				since, fetched = entered.Start(r.World.Location), false
			}
			r.tally.sample(ahead, now.Sub(since), fetched)
		}
	}
}
