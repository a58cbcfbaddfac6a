package storage

import (
	"fmt"

	"go.etcd.io/bbolt"

	"invd/engine/inventory"
)

// A Learned is what the adaptive policy has learned of one product, or of all of
// them, Product being 0 then. Only the policy knows what Data says.
type Learned struct {
	Product inventory.ProductID
	Data    []byte // nil: nothing any more
}

// PutLearned stores records in one commit, each in the place of the one before.
func (s *Store) PutLearned(records []Learned) error {
	err := s.submit(func(t *txn) error {
		// Files of before this bucket was thought of have none.
		if _, err := t.tx.CreateBucketIfNotExists(bucketLearned); err != nil {
			return err
		}
		for _, r := range records {
			key := productKey(r.Product)
			if r.Data == nil {
				t.delete(bucketLearned, key)
				continue
			}
			t.put(bucketLearned, key, seal(key, append(newValue(len(r.Data)), r.Data...)))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("put what was learned: %w", err)
	}
	return nil
}

// Learned returns every record, the one of all products first. Damaged ones are
// left out: it will be learned again.
func (s *Store) Learned() (records []Learned, err error) {
	err = s.view(func(tx *bbolt.Tx) {
		bucket := tx.Bucket(bucketLearned)
		if bucket == nil {
			return
		}
		cursor := bucket.Cursor()
		for key, value := cursor.First(); key != nil; key, value = cursor.Next() {
			id, named := parseID(key)
			data, ok := unseal(key, value)
			if !named || !ok {
				s.damaged(bucketLearned, key)
				continue
			}
			records = append(records, Learned{inventory.ProductID(id), append([]byte{}, data...)})
		}
	})
	if err != nil {
		return nil, fmt.Errorf("what was learned: %w", err)
	}
	return records, nil
}
