package storage

import (
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

var keyLedger = []byte("ledger")

type ledger struct {
	End time.Time `json:"end"`
}

// PutLedgerEnd stores up to when the ticks of schedules are accounted for.
func (s *Store) PutLedgerEnd(t time.Time) error {
	if err := s.putNote(bucketMeta, keyLedger, ledger{t}); err != nil {
		return fmt.Errorf("put end of ledger: %w", err)
	}
	return nil
}

// LedgerEnd returns what PutLedgerEnd stored last; a zero time when there is none
// or it is damaged.
func (s *Store) LedgerEnd() (time.Time, error) {
	var l ledger
	err := s.view(func(tx *bbolt.Tx) {
		value := tx.Bucket(bucketMeta).Get(keyLedger)
		if value != nil && !decodeNote(keyLedger, value, &l) {
			l = ledger{}
			s.damaged(bucketMeta, keyLedger)
		}
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("end of ledger: %w", err)
	}
	return l.End, nil
}
