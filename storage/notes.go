package storage

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// A note is a small fact that is kept as sealed JSON: a pause, a product that the
// partner does not know, a hold of the source.

// putNote stores a note, or removes it when v is nil.
func (s *Store) putNote(bucket, key []byte, v any) error {
	if v == nil {
		return s.submit(func(t *txn) error {
			t.delete(bucket, key)
			return nil
		})
	}
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	value := seal(key, append(newValue(len(text)), text...))
	return s.submit(func(t *txn) error {
		t.put(bucket, key, value)
		return nil
	})
}

func decodeNote(key, value []byte, v any) bool {
	text, ok := unseal(key, value)
	return ok && json.Unmarshal(text, v) == nil
}

// PutPause stores the pause of a scope; nil removes it.
func (s *Store) PutPause(scope refresh.Scope, p *refresh.Pause) error {
	var note any
	if p != nil {
		note = p
	}
	if err := s.putNote(bucketPauses, []byte(scope.String()), note); err != nil {
		return fmt.Errorf("put pause of %s: %w", scope, err)
	}
	return nil
}

// Pauses returns the stored pauses, those whose time is up included. A damaged one
// is returned as a pause without an end: what an operator stopped must not start
// again by itself.
func (s *Store) Pauses() (map[refresh.Scope]refresh.Pause, error) {
	pauses := map[refresh.Scope]refresh.Pause{}
	err := s.view(func(tx *bbolt.Tx) {
		cursor := tx.Bucket(bucketPauses).Cursor()
		for key, value := cursor.First(); key != nil; key, value = cursor.Next() {
			var p refresh.Pause
			scope, known := parseScope(string(key))
			if !known {
				s.damaged(bucketPauses, key)
				continue
			}
			if !decodeNote(key, value, &p) {
				s.damaged(bucketPauses, key)
				p = refresh.Pause{Reason: "the stored pause is damaged; resume to remove it"}
			}
			pauses[scope] = p
		}
	})
	if err != nil {
		return nil, fmt.Errorf("pauses: %w", err)
	}
	return pauses, nil
}

// parseScope is the inverse of refresh.Scope's String.
func parseScope(s string) (refresh.Scope, bool) {
	if name, ok := strings.CutPrefix(s, "schedule/"); ok {
		return refresh.Scope{Schedule: name}, true
	}
	if id, ok := strings.CutPrefix(s, "product/"); ok {
		product, err := inventory.ParseProductID(id)
		return refresh.Scope{Product: product}, err == nil
	}
	return refresh.Everything, s == refresh.Everything.String()
}

// PutNotFound stores that the partner does not know a product; nil removes it.
func (s *Store) PutNotFound(id inventory.ProductID, n *refresh.NotFound) error {
	var note any
	if n != nil {
		note = n
	}
	if err := s.putNote(bucketProducts, productKey(id), note); err != nil {
		return fmt.Errorf("put not found of %d: %w", id, err)
	}
	return nil
}

// NotFounds returns what PutNotFound stored. Damaged notes are left out: the
// partner will say it again.
func (s *Store) NotFounds() (map[inventory.ProductID]refresh.NotFound, error) {
	found := map[inventory.ProductID]refresh.NotFound{}
	err := s.view(func(tx *bbolt.Tx) {
		cursor := tx.Bucket(bucketProducts).Cursor()
		for key, value := cursor.First(); key != nil; key, value = cursor.Next() {
			var n refresh.NotFound
			id, known := parseID(key)
			if !known || !decodeNote(key, value, &n) {
				s.damaged(bucketProducts, key)
				continue
			}
			found[inventory.ProductID(id)] = n
		}
	})
	if err != nil {
		return nil, fmt.Errorf("not founds: %w", err)
	}
	return found, nil
}

var keyHold = []byte("hold")

type hold struct {
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
}

// PutHold stores until when the partner asked not to be called, and why; a zero
// time removes it.
func (s *Store) PutHold(until time.Time, reason string) error {
	var note any
	if !until.IsZero() {
		note = hold{until, reason}
	}
	if err := s.putNote(bucketMeta, keyHold, note); err != nil {
		return fmt.Errorf("put hold: %w", err)
	}
	return nil
}

// Hold returns what PutHold stored last; a zero time when there is none or it is
// damaged.
func (s *Store) Hold() (until time.Time, reason string, err error) {
	var h hold
	err = s.view(func(tx *bbolt.Tx) {
		value := tx.Bucket(bucketMeta).Get(keyHold)
		if value != nil && !decodeNote(keyHold, value, &h) {
			h = hold{}
			s.damaged(bucketMeta, keyHold)
		}
	})
	if err != nil {
		return time.Time{}, "", fmt.Errorf("hold: %w", err)
	}
	return h.Until, h.Reason, nil
}
