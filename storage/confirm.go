package storage

import (
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// Confirm ends an attempt whose answer has the body that was stored or confirmed
// last, without looking into it. It reports whether that is so: if it is, the rest
// is as in a Sync that is Unchanged; if not, because the body is another one or the
// record is damaged, missing or newer, nothing was done and the answer must be
// decoded and given to Sync.
func (s *Store) Confirm(k inventory.Key, bodyHash uint64, requested, checked time.Time, end refresh.End) (bool, error) {
	if err := checkKey(k); err != nil {
		return false, fmt.Errorf("confirm: %w", err)
	}
	s.gate.enter(k)
	defer s.gate.leave(k)
	c := confirmation{k, bodyHash, nanos(requested), nanos(checked), time.Now().UnixNano(), 0, end}
	same := func(stored *day) bool { return stored.bodyHash == bodyHash }
	ok, err := s.holdIf(c, same)
	if err != nil {
		return false, fmt.Errorf("confirm %s: %w", k, err)
	}
	return ok, nil
}

// A confirmation says that the partner still says what is stored.
type confirmation struct {
	key                inventory.Key
	bodyHash           uint64
	requested, checked int64
	held               int64  // when
	revision           uint32 // that was confirmed
	end                refresh.End
}

// holdIf holds the confirmation for the next commit if what is stored is the same.
// The caller is in the key's gate.
func (s *Store) holdIf(c confirmation, same func(*day) bool) (bool, error) {
	if err := s.Err(); err != nil {
		return false, err
	}
	found := false
	err := s.view(func(tx *bbolt.Tx) {
		stored, ok := s.day(tx, c.key)
		found = ok && same(&stored) && !newer(&stored, c.requested, c.held)
		c.revision = stored.revision
	})
	for err == nil && found {
		var ok bool
		if ok, err = s.held.add(c); ok {
			return true, nil
		}
		if err == nil { // no room: a commit makes some
			err = s.Flush()
		}
	}
	return false, err
}

// confirm writes a confirmation: a new header before the same slots. The record
// is another one by now only if it was purged or found damaged; then it is left.
func (t *txn) confirm(c *confirmation) {
	key := dayKey(c.key)
	stored, ok := decodeDay(key, t.get(bucketDays, key))
	if ok && stored.revision == c.revision && !newer(&stored, c.requested, c.held) {
		stored.bodyHash, stored.requested, stored.checked = c.bodyHash, c.requested, c.checked
		t.put(bucketDays, key, stored.encode(key))
		t.touched = append(t.touched, c.key)
	}
	t.finish(c.end, refresh.Unchanged)
}
