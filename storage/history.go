package storage

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

// deleteSlice is how many records a long deletion removes in one commit, so that
// a sync never waits for the whole of it.
const deleteSlice = 1000

// Job returns the job of that id, unfinished or in the history, or
// inventory.ErrNotFound.
func (s *Store) Job(id uint64) (refresh.Job, error) {
	var j refresh.Job
	var ok bool
	key := idKey(id)
	err := s.showHeld()
	if err != nil {
		return j, fmt.Errorf("job %d: %w", id, err)
	}
	err = s.view(func(tx *bbolt.Tx) {
		for _, bucket := range [...][]byte{bucketJobs, bucketHistory} {
			value := tx.Bucket(bucket).Get(key)
			if j, ok = decodeJob(key, value); ok {
				return
			}
			if value != nil {
				s.damaged(bucket, key)
			}
		}
	})
	if err == nil && !ok {
		err = inventory.ErrNotFound
	}
	if err != nil {
		return refresh.Job{}, fmt.Errorf("job %d: %w", id, err)
	}
	return j, nil
}

// showHeld has jobs written that are held, for a reader of jobs to see.
func (s *Store) showHeld() error {
	if s.held.jobs() == 0 || s.Err() != nil {
		return nil
	}
	if err := s.Flush(); !errors.Is(err, ErrFull) && !errors.Is(err, ErrBroken) {
		return err
	}
	return nil // what is stored can be shown all the same
}

// Jobs returns the jobs that the filter chooses, the newest first, at most
// f.Limit; a Limit of 0 or less is none.
func (s *Store) Jobs(f report.JobFilter) ([]refresh.Job, error) {
	var jobs []refresh.Job
	if err := s.showHeld(); err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	err := s.view(func(tx *bbolt.Tx) {
		unfinished := descend(tx, bucketJobs, f.Before)
		finished := descend(tx, bucketHistory, f.Before)
		for len(jobs) < f.Limit {
			next := unfinished
			if bytes.Compare(finished.key, next.key) > 0 {
				next = finished
			}
			if next.key == nil {
				return
			}
			j, ok := decodeJob(next.key, next.value)
			if !ok {
				s.damaged(next.bucket, next.key)
			} else if chosen(&j, f) {
				jobs = append(jobs, j)
			}
			next.key, next.value = next.cursor.Prev()
		}
	})
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return jobs, nil
}

func chosen(j *refresh.Job, f report.JobFilter) bool {
	return (len(f.States) == 0 || slices.Contains(f.States, j.State)) &&
		(f.Product == 0 || f.Product == j.Key.Product) &&
		(f.Date == 0 || f.Date == j.Key.Date)
}

// A descent walks one bucket from high ids to low ones.
type descent struct {
	bucket     []byte
	cursor     *bbolt.Cursor
	key, value []byte // nil at the end, which is below every key
}

func descend(tx *bbolt.Tx, bucket []byte, before uint64) *descent {
	d := &descent{bucket: bucket, cursor: tx.Bucket(bucket).Cursor()}
	if before != 0 {
		if key, _ := d.cursor.Seek(idKey(before)); key != nil {
			d.key, d.value = d.cursor.Prev()
			return d
		}
	}
	d.key, d.value = d.cursor.Last()
	return d
}

// JobCounts returns how many jobs there are of each state: the unfinished ones,
// and the finished ones that the history still holds. It does not touch the file.
func (s *Store) JobCounts() map[refresh.State]int {
	counts := make(map[refresh.State]int, len(s.jobs))
	for state := range s.jobs {
		counts[refresh.State(state)] = int(s.jobs[state].Load())
	}
	counts[refresh.Pending] += s.held.jobs()
	return counts
}

// SetRetention sets what PruneJobs leaves in the history: jobs that finished no
// longer ago than keep, the newest ids up to keepMax. What is not positive becomes
// the default.
func (s *Store) SetRetention(keep time.Duration, keepMax int) {
	if keep <= 0 {
		keep = defaultKeep
	}
	if keepMax <= 0 {
		keepMax = defaultKeepMax
	}
	s.keep.Store(int64(keep))
	s.keepMax.Store(int64(keepMax))
}

// PruneJobs deletes what the retention does not keep of the history, and what of
// it is damaged, in commits of a bounded size. It returns how many jobs went.
func (s *Store) PruneJobs(now time.Time) (int, error) {
	oldest := now.Add(-time.Duration(s.keep.Load()))
	old, err := s.deleteJobs(false, func(j *refresh.Job) bool { return j.Finished.Before(oldest) })
	if err != nil {
		return old, fmt.Errorf("prune jobs: %w", err)
	}
	excess := s.historySize() - s.keepMax.Load()
	if excess <= 0 {
		return old, nil
	}
	more, err := s.deleteJobs(false, func(*refresh.Job) bool {
		excess--
		return excess >= 0
	})
	if err != nil {
		return old + more, fmt.Errorf("prune jobs: %w", err)
	}
	return old + more, nil
}

func (s *Store) historySize() (n int64) {
	for state := refresh.Done; int(state) < len(s.jobs); state++ {
		n += s.jobs[state].Load()
	}
	return n
}

// deleteJobs deletes the finished jobs that expired chooses, by id, slice by slice:
// from all of the history, or up to the first slice with one to keep, as ids rise with
// time, so what is left behind there is little, and goes next time.
func (s *Store) deleteJobs(all bool, expired func(*refresh.Job) bool) (deleted int, err error) {
	for from, done := []byte{}, false; from != nil && !done; {
		var keys [][]byte
		from, err = s.scan(bucketHistory, from, deleteSlice, func(key, value []byte) {
			if j, ok := decodeJob(key, value); !ok || expired(&j) {
				keys = append(keys, bytes.Clone(key))
			} else {
				done = !all
			}
		})
		if err == nil && len(keys) > 0 {
			err = s.submit(func(t *txn) error {
				for _, key := range keys {
					if j, ok := decodeJob(key, t.get(bucketHistory, key)); ok {
						t.jobs[j.State]--
					}
					t.delete(bucketHistory, key)
				}
				return nil
			})
		}
		if err != nil {
			return deleted, err
		}
		deleted += len(keys)
	}
	return deleted, nil
}
