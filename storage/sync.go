package storage

import (
	"bytes"
	"fmt"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// Synced says what a Sync did. Its counts are of slots, compared by start,
// variant and source id.
type Synced struct {
	Outcome                            refresh.Outcome // Changed, Unchanged, Closed or Stale
	Added, Changed, Removed, Unchanged int             // all 0 when stale
	Recounted, Repriced                int             // of Changed: in anything but prices; in prices. One slot may be both
}

// Sync stores an answer of the partner and ends its attempt, both in one
// transaction: the job of end is done with the outcome that Sync found, whatever
// state and outcome end has, and its permit begins to age. A job or permit of 0 is
// none. The slots must be sorted (inventory.Availability.Sort). bodyHash is of the
// partner's body, for Confirm to compare.
//
// An answer with other slots than were stored replaces them whole, and Sync
// returns when that is on disk: Closed when the date was open or sold out and has
// no slot any more, else Changed. An answer that says the same is Unchanged, and
// confirms what is stored: Sync returns at once, and the new check is written and
// seen by readers with the next commit, two seconds later at most. An answer that was
// requested before the stored one is Stale and changes nothing. (A stored request
// from the future does not count: the clock was set back.)
//
// Sync is safe for concurrent use; of one key, one call runs at a time.
func (s *Store) Sync(a *inventory.Availability, bodyHash uint64, end refresh.End) (Synced, error) {
	synced, err := s.sync(a, bodyHash, end)
	if err != nil {
		return Synced{}, fmt.Errorf("sync %s: %w", a.Key, err)
	}
	return synced, nil
}

func (s *Store) sync(a *inventory.Availability, bodyHash uint64, end refresh.End) (Synced, error) {
	if err := checkKey(a.Key); err != nil {
		return Synced{}, err
	}
	encoder := s.encoders.Get().(*slotEncoder)
	defer s.encoders.Put(encoder)
	slots, err := encoder.encode(a.Slots)
	if err != nil {
		return Synced{}, err
	}
	next := day{
		bodyHash:  bodyHash,
		requested: nanos(a.RequestedAt),
		checked:   nanos(a.CheckedAt),
		changed:   nanos(a.CheckedAt),
		state:     a.State(),
		slots:     slots,
	}
	now := time.Now().UnixNano()

	s.gate.enter(a.Key)
	defer s.gate.leave(a.Key)
	c := confirmation{a.Key, bodyHash, next.requested, next.checked, now, 0, end}
	same := func(stored *day) bool { return bytes.Equal(stored.slots, slots) }
	if ok, err := s.holdIf(c, same); ok || err != nil {
		return Synced{Outcome: refresh.Unchanged, Unchanged: len(a.Slots)}, err
	}

	var outcome refresh.Outcome
	var was []byte
	err = s.submit(func(t *txn) error {
		outcome, was = t.replace(a, next, now)
		t.finish(end, outcome)
		return nil
	})
	if err != nil || outcome == refresh.Stale {
		return Synced{Outcome: outcome}, err
	}
	var before []inventory.Slot
	if was != nil {
		before, _ = decodeSlots(was) // damaged slots read as none: everything is added
	}
	synced := compare(before, a.Slots)
	synced.Outcome = outcome
	return synced, nil
}

// replace stores next, unless a newer answer is there, and returns a copy of the
// slot bytes that it replaced.
func (t *txn) replace(a *inventory.Availability, next day, now int64) (refresh.Outcome, []byte) {
	key := dayKey(a.Key)
	value := t.get(bucketDays, key)
	stored, intact := decodeDay(key, value)
	if intact && newer(&stored, next.requested, now) {
		return refresh.Stale, nil
	}
	if value == nil {
		t.days++
	} else if !intact {
		t.store.damaged(bucketDays, key)
	}
	outcome, was := refresh.Changed, bytes.Clone(stored.slots)
	if (stored.state == inventory.Open || stored.state == inventory.SoldOut) && next.state == inventory.Closed {
		outcome = refresh.Closed
	}
	next.revision = stored.revision + 1
	t.put(bucketDays, key, next.encode(key))
	t.setCalendarDay(a.Key.Product, summaryOf(a), next.changed)
	t.touched = append(t.touched, a.Key)
	return outcome, was
}

// newer reports whether the stored answer was requested after the one requested
// at ns. A stored time after now was taken before the clock was set back.
func newer(stored *day, ns, now int64) bool {
	return stored.requested > ns && stored.requested <= now
}
