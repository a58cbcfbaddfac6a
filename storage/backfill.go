package storage

import (
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"invd/engine/refresh"
)

var keyBackfills = []byte("backfills")

// PutBackfills stores the backfills, all of them, and new jobs of one of them, whose IDs
// it sets as CreateJobs does: both or neither.
func (s *Store) PutBackfills(all []refresh.Backfill, jobs []refresh.Job) error {
	text, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("put backfills: %w", err)
	}
	if err := s.numberJobs(jobs); err != nil {
		return err
	}
	value := seal(keyBackfills, append(newValue(len(text)), text...))
	err = s.submit(func(t *txn) error {
		t.put(bucketMeta, keyBackfills, value)
		t.createJobs(jobs)
		return nil
	})
	if err != nil {
		return fmt.Errorf("put backfills: %w", err)
	}
	return nil
}

// Backfills returns what PutBackfills stored last; nothing when it is damaged.
func (s *Store) Backfills() (all []refresh.Backfill, err error) {
	err = s.view(func(tx *bbolt.Tx) {
		value := tx.Bucket(bucketMeta).Get(keyBackfills)
		if value != nil && !decodeNote(keyBackfills, value, &all) {
			all = nil
			s.damaged(bucketMeta, keyBackfills)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("backfills: %w", err)
	}
	return all, nil
}
