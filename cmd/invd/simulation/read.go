package simulation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"invd/engine/inventory"
	"invd/engine/partner"
	"invd/engine/partner/world"
)

const (
	checkEvery  = 101              // of so many reads one compares what is stored, slot by slot
	stopEvery   = 1000             // reads go by between two looks at whether to go on
	sampleEvery = 73 * time.Minute // between two looks at the ages of everything; no divisor of a day
)

// read replays the readers of all days.
func (r *run) read(ctx, outer context.Context) error {
	var readers sync.WaitGroup
	defer readers.Wait()
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
			if n++; n%stopEvery == 0 && outer.Err() != nil {
				return outer.Err()
			}
			thorough := n%checkEvery == 0
			if r.OnRead == Wait {
				readers.Go(func() { r.look(ctx, read, today, thorough) })
			} else {
				r.look(ctx, read, today, thorough)
			}
		}
		if err := errors.Join(outer.Err(), r.failed()); err != nil {
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

// look is one read: the daemon is told of it as by its HTTP handlers, and what it
// shows then is judged by the world.
func (r *run) look(ctx context.Context, read world.Read, today inventory.Date, thorough bool) {
	began := time.Now()
	desk := r.engine.Desk()
	desk.Count(read.Key)
	if r.OnRead != Nothing {
		desk.Read(ctx, read.Key, began)
	}
	now := time.Now()
	state, _, checked := r.store.DayState(read.Key)
	seen := glance{at: began, ahead: int(read.Key.Date - today), waited: now.After(began)}
	if state != inventory.Unknown {
		requested, ok := r.journal.requested(read.Key, checked)
		if !ok {
			r.fail(fmt.Errorf("%s is stored as of %s, when no answer came", read.Key, checked))
		}
		if thorough {
			r.fail(r.check(read.Key, requested))
		}
		seen.answered, seen.age, seen.verdict = true, now.Sub(checked), r.world.Compare(read.Key, requested, now)
	}
	r.tally.add(seen)
}

// fail notes the first thing that went wrong.
func (r *run) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failure == nil {
		r.failure = err
	}
}

func (r *run) failed() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failure
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
	r.tally.sample()
	for _, id := range r.World.Products {
		for ahead := range r.Catalogue.Rules.Horizon() {
			k := inventory.Key{Product: id, Date: today.AddDays(ahead)}
			if !r.world.Open(k) || !now.Before(r.world.Ends(k)) {
				continue
			}
			since, never := r.journal.checked(k), false
			if since.IsZero() {
				entered := k.Date.AddDays(1 - r.Catalogue.Rules.Horizon())
				since, never = max(Monday, entered).Start(r.World.Location), entered <= Monday
			}
			r.tally.aged(ahead, now.Sub(since), never)
		}
	}
}
