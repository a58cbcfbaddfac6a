package storage

import (
	"encoding/binary"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// A Permit is one request that was sent, as the budget must remember it over a
// restart.
type Permit struct {
	Seq  uint64    // rises with each request
	Done time.Time // when its answer or failure was back; zero: not known to be
}

// Permits returns the permits that Begin has not dropped, ascending by Seq. A
// damaged one is there with its end unknown: it was spent in any case.
func (s *Store) Permits() ([]Permit, error) {
	var permits []Permit
	err := s.view(func(tx *bbolt.Tx) {
		cursor := tx.Bucket(bucketPermits).Cursor()
		for key, value := cursor.First(); key != nil; key, value = cursor.Next() {
			p, ok := decodePermit(key, value)
			if !ok {
				s.damaged(bucketPermits, key)
			}
			permits = append(permits, p)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("permits: %w", err)
	}
	return permits, nil
}

func encodePermit(key []byte, p Permit) []byte {
	return seal(key, appendNanos(newValue(8), p.Done))
}

// decodePermit always returns the Seq, which is the key.
func decodePermit(key, value []byte) (Permit, bool) {
	seq, named := parseID(key)
	payload, ok := unseal(key, value)
	p := parser{b: payload}
	done := p.time()
	if !named || !ok || !p.end() {
		return Permit{Seq: seq}, false
	}
	return Permit{Seq: seq, Done: done}, true
}

func (t *txn) putPermit(p Permit) {
	key := idKey(p.Seq)
	t.put(bucketPermits, key, encodePermit(key, p))
}

// endPermit notes when a permit began to age. One that was dropped stays dropped.
func (t *txn) endPermit(p Permit) {
	if t.get(bucketPermits, idKey(p.Seq)) != nil {
		t.putPermit(p)
	}
}

func (t *txn) dropPermits(before uint64) {
	var old [][]byte
	cursor := t.tx.Bucket(bucketPermits).Cursor()
	for key, _ := cursor.First(); len(key) == 8 && binary.BigEndian.Uint64(key) < before; key, _ = cursor.Next() {
		old = append(old, idKey(binary.BigEndian.Uint64(key)))
	}
	for _, key := range old {
		t.delete(bucketPermits, key)
	}
}
