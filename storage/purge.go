package storage

import (
	"bytes"
	"fmt"

	"go.etcd.io/bbolt"

	"invd/engine/inventory"
)

// Purge deletes every day before a date, and takes it out of its product's
// calendar, in commits of a bounded size. It returns how many days went.
func (s *Store) Purge(before inventory.Date) (int, error) {
	deleted := 0
	for from := []byte{}; from != nil; {
		var keys []inventory.Key
		err := s.view(func(tx *bbolt.Tx) { keys, from = expiredDays(tx, from, before) })
		if err == nil && len(keys) > 0 {
			err = s.submit(func(t *txn) error {
				t.deleteDays(keys)
				return nil
			})
		}
		if err != nil {
			return deleted, fmt.Errorf("purge before %s: %w", before, err)
		}
		deleted += len(keys)
	}
	return deleted, nil
}

// expiredDays returns the next slice of days before a date, and the key to go on
// from, nil at the end. It skips a product's other days, which all come later.
func expiredDays(tx *bbolt.Tx, from []byte, before inventory.Date) (keys []inventory.Key, next []byte) {
	cursor := tx.Bucket(bucketDays).Cursor()
	raw, _ := cursor.Seek(from)
	for raw != nil && len(keys) < deleteSlice {
		k, ok := parseDayKey(raw)
		switch {
		case !ok:
			raw, _ = cursor.Next()
		case k.Date < before:
			keys = append(keys, k)
			raw, _ = cursor.Next()
		default:
			raw, _ = cursor.Seek(productKey(k.Product + 1))
		}
	}
	return keys, bytes.Clone(raw)
}

// deleteDays deletes days, given in order.
func (t *txn) deleteDays(keys []inventory.Key) {
	for len(keys) > 0 {
		product := keys[0].Product
		var dates []inventory.Date
		for len(keys) > 0 && keys[0].Product == product {
			key := dayKey(keys[0])
			if t.get(bucketDays, key) != nil {
				t.delete(bucketDays, key)
				t.days--
			}
			dates = append(dates, keys[0].Date)
			t.touched = append(t.touched, keys[0])
			keys = keys[1:]
		}
		t.dropCalendarDays(product, dates...)
	}
}
