package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// CreateJobs stores new jobs as they are, and sets their IDs: ascending in the
// order given, above every id ever given.
func (s *Store) CreateJobs(jobs []refresh.Job) error {
	if err := s.numberJobs(jobs); err != nil {
		return err
	}
	err := s.submit(func(t *txn) error {
		t.createJobs(jobs)
		return nil
	})
	if err != nil {
		return fmt.Errorf("create jobs: %w", err)
	}
	return nil
}

// CreateJobsSoon is CreateJobs for jobs whose loss nobody would notice, because
// whoever made them would make them again after a restart: it returns at once, and
// the jobs are written with the next commit, whatever that is for, or after a minute.
// Begin, Finish, Job and Jobs know them from now on.
func (s *Store) CreateJobsSoon(jobs []refresh.Job) error {
	if err := s.numberJobs(jobs); err != nil {
		return err
	}
	if s.opts.Volatile {
		return s.Err()
	}
	for {
		ok, err := s.held.addJobs(jobs)
		if err == nil {
			err = s.Err()
		}
		if err != nil {
			return fmt.Errorf("create jobs: %w", err)
		}
		if ok {
			return nil
		}
		if err := s.Flush(); err != nil { // makes room
			return fmt.Errorf("create jobs: %w", err)
		}
	}
}

// Flush returns when everything that is held for the next commit is on disk, and
// readers see it.
func (s *Store) Flush() error { return s.submit(func(*txn) error { return nil }) }

// numberJobs checks new jobs and sets their IDs.
func (s *Store) numberJobs(jobs []refresh.Job) error {
	for i := range jobs {
		if err := checkKey(jobs[i].Key); err != nil {
			return fmt.Errorf("create jobs: %w", err)
		}
		if jobs[i].State.Final() {
			return fmt.Errorf("create jobs: %s is %s already", jobs[i].Key, jobs[i].State)
		}
	}
	last := s.lastJob.Add(uint64(len(jobs)))
	for i := range jobs {
		jobs[i].ID = last - uint64(len(jobs)-1-i)
	}
	return nil
}

func (t *txn) createJobs(jobs []refresh.Job) {
	if t.store.opts.Volatile {
		return
	}
	for i := range jobs {
		j := &jobs[i]
		key := idKey(j.ID)
		t.put(bucketJobs, key, encodeJob(key, j))
		t.jobs[j.State]++
		bucket := t.tx.Bucket(bucketJobs)
		if j.ID > bucket.Sequence() { // what was numbered later may be written first
			if err := bucket.SetSequence(j.ID); err != nil {
				panic(fmt.Errorf("number job %d: %w", j.ID, err))
			}
		}
	}
}

// Begin records that requests are about to be sent: their permits as spent, their
// jobs as running with one attempt more. Nothing may be sent before it has
// returned nil. Permits below dropBefore are forgotten, 0 keeps all. A job that is
// not there is inventory.ErrNotFound; the permits and the other jobs are recorded
// nevertheless.
func (s *Store) Begin(starts []refresh.Start, dropBefore uint64) error {
	if s.opts.Volatile {
		return s.Err()
	}
	var unknown []uint64
	err := s.submit(func(t *txn) error {
		for _, start := range starts {
			if start.Permit != 0 {
				t.putPermit(Permit{Seq: start.Permit})
			}
			if start.Job == 0 {
				continue
			}
			j, ok := t.job(start.Job)
			if !ok {
				unknown = append(unknown, start.Job)
				continue
			}
			was := j.State
			j.State, j.Started, j.RetryAt = refresh.Running, start.At, time.Time{}
			j.Attempts++
			t.putJob(bucketJobs, &j, was)
		}
		t.dropPermits(dropBefore)
		return nil
	})
	return jobsError("begin", unknown, err)
}

// RaiseJobs gives waiting jobs another trigger and lets their attempts start anew.
// A job that is not there is inventory.ErrNotFound; the others are raised
// nevertheless.
func (s *Store) RaiseJobs(ids []uint64, trigger refresh.Trigger) error {
	if len(ids) == 0 {
		return nil
	}
	var unknown []uint64
	err := s.submit(func(t *txn) error {
		for _, id := range ids {
			j, ok := t.job(id)
			if !ok {
				unknown = append(unknown, id)
				continue
			}
			was := j.State
			j.State, j.Trigger, j.Attempts, j.RetryAt = refresh.Pending, trigger, 0, time.Time{}
			t.putJob(bucketJobs, &j, was)
		}
		return nil
	})
	return jobsError("raise", unknown, err)
}

// Finish ends attempts that brought no availability: their jobs retry, wait again
// (the attempt then is not charged), or are done, dead or canceled and go into the
// history; their permits begin to age. A job of 0 is none, as is a permit. A job
// that is not unfinished is inventory.ErrNotFound; the others are ended
// nevertheless.
func (s *Store) Finish(ends ...refresh.End) error {
	for _, e := range ends {
		if e.State == refresh.Running {
			return fmt.Errorf("finish job %d: running is no end", e.Job)
		}
	}
	var unknown []uint64
	err := s.submit(func(t *txn) error {
		for _, e := range ends {
			if !t.end(e) {
				unknown = append(unknown, e.Job)
			}
		}
		return nil
	})
	return jobsError("finish", unknown, err)
}

// Drop is Finish for ends that nothing depends on. What a full disk refuses goes with
// the first commit that succeeds; the error tells of it.
func (s *Store) Drop(ends ...refresh.End) error {
	err := s.Finish(ends...)
	if errors.Is(err, ErrFull) {
		s.held.addUnwaited(func(t *txn) error {
			for _, e := range ends {
				_ = t.end(e) // it has ended otherwise since
			}
			return nil
		})
	}
	return err
}

func jobsError(what string, unknown []uint64, err error) error {
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", what, err)
	case len(unknown) > 0:
		return fmt.Errorf("%s: jobs %d: %w", what, unknown, inventory.ErrNotFound)
	}
	return nil
}

// finish ends an attempt whose answer is stored. A job that is not there does not
// stop the answer from being stored.
func (t *txn) finish(e refresh.End, outcome refresh.Outcome) {
	e.State, e.Outcome = refresh.Done, outcome
	if !t.end(e) {
		t.store.log.LogAttrs(context.Background(), slog.LevelWarn, "job unknown", slog.Uint64("job", e.Job))
	}
}

// end records the end of an attempt. It is false when its job is not unfinished.
func (t *txn) end(e refresh.End) bool {
	if t.store.opts.Volatile {
		return true
	}
	if e.Permit != 0 {
		t.endPermit(Permit{Seq: e.Permit, Done: e.At})
	}
	if e.Job == 0 {
		return true
	}
	j, ok := t.job(e.Job)
	if !ok {
		return false
	}
	was := j.State
	j.State, j.Outcome, j.RetryAt = e.State, e.Outcome, e.RetryAt
	if e.Error != "" {
		j.Error = e.Error
	}
	if e.State == refresh.Pending {
		j.Attempts = max(0, j.Attempts-1)
	}
	if !e.State.Final() {
		t.putJob(bucketJobs, &j, was)
		return true
	}
	j.Finished = e.At
	t.delete(bucketJobs, idKey(j.ID))
	t.putJob(bucketHistory, &j, was)
	return true
}

// job returns an unfinished job.
func (t *txn) job(id uint64) (refresh.Job, bool) {
	key := idKey(id)
	value := t.get(bucketJobs, key)
	j, ok := decodeJob(key, value)
	if !ok && value != nil {
		t.store.damaged(bucketJobs, key)
	}
	return j, ok
}

// putJob stores a job that was in another state before.
func (t *txn) putJob(bucket []byte, j *refresh.Job, was refresh.State) {
	key := idKey(j.ID)
	t.put(bucket, key, encodeJob(key, j))
	t.jobs[was]--
	t.jobs[j.State]++
}

// Recover returns the unfinished jobs, by id. Those that were running when the
// last process ended wait again, that attempt not charged; this is on disk when
// Recover returns, or on a full disk with the first commit that succeeds. Call it
// once, before any job is begun.
func (s *Store) Recover() ([]refresh.Job, error) {
	var jobs []refresh.Job
	var interrupted []uint64
	err := s.submit(func(t *txn) error {
		var damaged [][]byte
		cursor := t.tx.Bucket(bucketJobs).Cursor()
		for key, value := cursor.First(); key != nil; key, value = cursor.Next() {
			if j, ok := decodeJob(key, value); ok {
				jobs = append(jobs, j)
			} else {
				damaged = append(damaged, bytes.Clone(key))
			}
		}
		for _, key := range damaged {
			t.store.damaged(bucketJobs, key)
			t.delete(bucketJobs, key)
		}
		for i := range jobs {
			if j := &jobs[i]; j.State == refresh.Running {
				interrupted = append(interrupted, j.ID)
				t.waitAgain(j)
			}
		}
		return nil
	})
	switch {
	case errors.Is(err, ErrFull):
		s.log.LogAttrs(context.Background(), slog.LevelError, "disk full", slog.Any("err", err))
		s.held.addUnwaited(func(t *txn) error {
			for _, id := range interrupted {
				if j, ok := t.job(id); ok {
					t.waitAgain(&j)
				}
			}
			return nil
		})
	case err != nil:
		return nil, fmt.Errorf("recover jobs: %w", err)
	}
	return jobs, nil
}

// waitAgain takes back the attempt that a job was in when its process ended.
func (t *txn) waitAgain(j *refresh.Job) {
	j.State, j.Attempts = refresh.Pending, max(0, j.Attempts-1)
	t.putJob(bucketJobs, j, refresh.Running)
}
