package storage

import (
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// keyRestored is when a process first opened the file after it came from
// elsewhere; 0 until Restored was asked.
var keyRestored = []byte("restored")

// adopt notes that the file came from elsewhere: a snapshot put in place, by Restore or
// by hand. The committer does not run yet.
func adopt(db *bbolt.DB) error {
	return db.Update(func(tx *bbolt.Tx) error {
		value := seal(keyRestored, appendNanos(newValue(8), time.Time{}))
		return tx.Bucket(bucketMeta).Put(keyRestored, value)
	})
}

// Restored returns when the first process began to use the file after it was
// restored from a snapshot, which is now when it was not asked before and is on
// disk when Restored returns; the zero time when the file was here from the
// beginning. What was sent between the snapshot and that moment nobody knows, so
// the whole budget counts as spent then.
func (s *Store) Restored(now time.Time) (time.Time, error) {
	var at time.Time
	var restored bool
	err := s.view(func(tx *bbolt.Tx) {
		value := tx.Bucket(bucketMeta).Get(keyRestored)
		if restored = value != nil; !restored {
			return
		}
		payload, ok := unseal(keyRestored, value)
		if !ok {
			s.damaged(bucketMeta, keyRestored) // spent now, then
		}
		p := parser{b: payload}
		at = p.time()
	})
	if err == nil && restored && at.IsZero() {
		at = now
		err = s.submit(func(t *txn) error {
			t.put(bucketMeta, keyRestored, seal(keyRestored, appendNanos(newValue(8), at)))
			return nil
		})
		if errors.Is(err, ErrFull) {
			err = nil // the next start asks again, and waits again
		}
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("restored: %w", err)
	}
	return at, nil
}
