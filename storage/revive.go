package storage

import (
	"fmt"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// ReviveJobs takes dead jobs out of the history: they wait again, under their old ids,
// with all their attempts before them. A job that is not dead, or not there, is
// inventory.ErrNotFound; the others are revived nevertheless.
func (s *Store) ReviveJobs(ids []uint64) error {
	if len(ids) == 0 {
		return nil
	}
	var unknown []uint64
	err := s.submit(func(t *txn) error {
		for _, id := range ids {
			key := idKey(id)
			j, ok := decodeJob(key, t.get(bucketHistory, key))
			if !ok || j.State != refresh.Dead {
				unknown = append(unknown, id)
				continue
			}
			j.State, j.Outcome, j.Attempts = refresh.Pending, refresh.None, 0
			j.Finished, j.RetryAt = time.Time{}, time.Time{}
			t.delete(bucketHistory, key)
			t.putJob(bucketJobs, &j, refresh.Dead)
		}
		return nil
	})
	return jobsError("revive", unknown, err)
}

// PurgeJobs deletes the finished jobs in one of the states, of a product unless it is 0, that
// finished before a time, in commits of a bounded size. It returns how many went.
func (s *Store) PurgeJobs(states []refresh.State, product inventory.ProductID, before time.Time) (int, error) {
	chosen := map[refresh.State]bool{}
	for _, state := range states {
		chosen[state] = true
	}
	n, err := s.deleteJobs(true, func(j *refresh.Job) bool {
		return chosen[j.State] && (product == 0 || j.Key.Product == product) && j.Finished.Before(before)
	})
	if err != nil {
		return n, fmt.Errorf("purge jobs: %w", err)
	}
	return n, nil
}
