package storage

import (
	"fmt"

	"go.etcd.io/bbolt"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// A txn is one write transaction and what has to be told once it is on disk. It
// belongs to the committer's goroutine.
type txn struct {
	tx    *bbolt.Tx
	store *Store

	wrote   bool            // there is something to commit
	touched []inventory.Key // whose generations change
	days    int64           // days added less days deleted
	jobs    jobCounts       // jobs that came into a state less those that left it
}

type jobCounts [refresh.Canceled + 1]int64

func (t *txn) get(bucket, key []byte) []byte { return t.tx.Bucket(bucket).Get(key) }

// put panics, as delete does, when bbolt refuses: keys and values are within its limits
// and the transaction is a writing one, so a refusal is a bug. The committer
// turns it into a broken store.

func (t *txn) put(bucket, key, value []byte) {
	if err := t.tx.Bucket(bucket).Put(key, value); err != nil {
		panic(fmt.Errorf("put %s/%x: %w", bucket, key, err))
	}
	t.wrote = true
}

// delete writes nothing when there is nothing under the key.
func (t *txn) delete(bucket, key []byte) {
	if t.get(bucket, key) == nil {
		return
	}
	if err := t.tx.Bucket(bucket).Delete(key); err != nil {
		panic(fmt.Errorf("delete %s/%x: %w", bucket, key, err))
	}
	t.wrote = true
}

// publish tells the store's counters what was committed.
func (t *txn) publish() {
	t.store.days.Add(t.days)
	for state, n := range t.jobs {
		t.store.jobs[state].Add(n)
	}
}
