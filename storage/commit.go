package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"runtime/debug"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
)

const (
	maxBatch  = 1024             // ops in one transaction
	jobDelay  = time.Minute      // that a job waits which CreateJobsSoon took
	fullDelay = 10 * time.Second // before confirmations are tried again on a full disk

	// confirmDelay is what a confirmation waits for company. At 30 requests a minute
	// the next one is written down two seconds after the one before, and so before
	// this: a fetch that changes nothing costs one commit then, not two.
	confirmDelay = 2 * time.Second

	volatileDelay = 10 * time.Second // the same with Options.Volatile
)

// An op is a write that waits for its commit. apply runs on the committer's
// goroutine and may return an error only before its first put or delete: its
// neighbours in the transaction are committed whatever it says.
type op struct {
	apply func(*txn) error
	err   error
	done  chan struct{}
}

// submit has apply committed, and returns when it is on disk or refused.
func (s *Store) submit(apply func(*txn) error) error {
	o := &op{apply: apply, done: make(chan struct{})}
	select {
	case s.ops <- o:
	case <-s.exited:
		return ErrClosed
	}
	select {
	case <-o.done:
		return o.err
	case <-s.exited:
	}
	select { // the committer may have taken it just before it ended
	case <-o.done:
		return o.err
	default:
		return ErrClosed
	}
}

// run is the committer: the only goroutine that writes. It takes all ops that
// wait, commits them as one, and takes those that came meanwhile. There is no
// delay to gather company, because a commit's own time gathers it.
func (s *Store) run() {
	defer close(s.exited)
	debug.SetPanicOnFault(true) // see view
	delay := confirmDelay
	if s.opts.Volatile {
		delay = volatileDelay
	}
	flush, later := time.NewTimer(delay), time.NewTimer(jobDelay)
	flush.Stop()
	later.Stop()
	for {
		var batch []*op
		select {
		case o := <-s.ops:
			batch = append(batch, o)
		case <-s.held.arrived:
			flush.Reset(delay)
			continue
		case <-s.held.created:
			later.Reset(jobDelay)
			continue
		case <-flush.C:
		case <-later.C:
		case <-s.quit:
			s.held.close()
			_ = s.write(s.drain(nil)) // told to those who wait, and to Close through Err and what is still held
			return
		}
		flush.Stop()
		later.Stop()
		if err := s.write(s.drain(batch)); errors.Is(err, ErrFull) {
			flush.Reset(fullDelay)
		}
	}
}

func (s *Store) drain(batch []*op) []*op {
	for len(batch) < maxBatch {
		select {
		case o := <-s.ops:
			batch = append(batch, o)
		default:
			return batch
		}
	}
	return batch
}

// write commits the batch and every confirmation held, which raises the generations,
// then acknowledges. After an error nothing of it is stored.
func (s *Store) write(batch []*op) error {
	held := s.held.take()
	if len(batch) == 0 && held.empty() {
		return nil
	}
	start := time.Now()
	t := &txn{store: s}
	err := s.Err()
	if err == nil {
		err = s.attempt(t, batch, held)
	}
	switch {
	case err == nil && t.wrote:
		s.commits.Add(1)
		t.publish()
		if s.opts.Observer != nil {
			s.opts.Observer.Committed(time.Since(start), len(batch)+len(held.confirmations))
		}
	case errors.Is(err, ErrFull):
		s.held.putBack(held)
	case err != nil:
		s.fail(err)
		err = s.Err()
	}
	for _, o := range batch {
		if err != nil {
			o.err = err
		}
		close(o.done)
	}
	return err
}

// attempt runs everything in one transaction. What was held comes first: it was
// true before the ops were asked for, and they may be about a job that was held.
func (s *Store) attempt(t *txn, batch []*op, held holding) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = s.damagedUnderUs(p)
			s.stuck = t.tx == nil // Begin may have its locks
		}
		if t.tx != nil {
			s.release(t.tx)
		}
	}()
	if err := s.inPlace(); err != nil {
		return err
	}
	touch(*s.metas.Load())
	if t.tx, err = s.db.Begin(true); err != nil {
		return err
	}
	for _, r := range held.repairs {
		t.repair(r)
	}
	t.createJobs(held.jobs)
	for _, apply := range held.unwaited {
		_ = apply(t) // of jobs that are not there: nobody is left to be told
	}
	for i := range held.confirmations {
		t.confirm(&held.confirmations[i])
	}
	for _, o := range batch {
		o.err = o.apply(t)
	}
	if !t.wrote {
		return nil
	}
	odd := s.generations.begin(t.touched)
	defer func() { s.generations.end(odd, errors.Is(err, ErrFull)) }() // before anybody is told
	if err := s.commitTx(t.tx); err != nil {
		return classify(err)
	}
	return nil
}

// release rolls back what is not committed. A file damaged under us can make even
// that panic; the store is broken by then and never begins another transaction.
func (s *Store) release(tx *bbolt.Tx) {
	defer func() {
		if recover() != nil {
			s.stuck = true
		}
	}()
	if tx.DB() != nil {
		_ = tx.Rollback() // fails only when it is closed already
	}
}

// classify tells a full disk from every other failure of a commit. Only a write
// that was refused leaves the file as it was. After a failed flush (a bare errno
// in bbolt) memory and disk may disagree about what is stored, and trying again
// can succeed without the data ever reaching the disk (Rebello et al., ATC '20).
func classify(err error) error {
	var write *fs.PathError
	if errors.As(err, &write) && (errors.Is(write.Err, syscall.ENOSPC) || errors.Is(write.Err, syscall.EDQUOT)) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

// inPlace makes sure that what is committed can be found again: the name must
// still lead to the file that is open, which is the one that is locked, and the file
// must not have lost its end. While a folder on the way is closed to us, that cannot be
// known and nothing speaks against it: the file that is open can be read and written.
func (s *Store) inPlace() error {
	now, err := os.Stat(s.path)
	was := s.hidden
	if s.hidden = errors.Is(err, fs.ErrPermission); s.hidden {
		if !was {
			s.log.LogAttrs(context.Background(), slog.LevelError, "the database cannot be found by its name, and not be opened again", slog.Any("err", err))
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("the open database is gone: %w", err)
	}
	if !os.SameFile(s.file, now) {
		return fmt.Errorf("the open database was replaced by another file: %s", s.path)
	}
	if now.Size() < s.size {
		return fmt.Errorf("the open database was cut off: %s has %d bytes, and had %d", s.path, now.Size(), s.size)
	}
	s.size = now.Size()
	return nil
}

// damagedUnderUs says what a panic in a transaction means.
func (s *Store) damagedUnderUs(p any) error {
	if fault, ok := p.(interface{ Addr() uintptr }); ok {
		return fmt.Errorf("the open database was cut off or its disk cannot be read: %s: fault at %#x", s.path, fault.Addr())
	}
	return fmt.Errorf("the open database is damaged: %s: panic: %v", s.path, p)
}

// fail breaks the store for good.
func (s *Store) fail(err error) {
	s.failOnce.Do(func() {
		s.failure = fmt.Errorf("%w: %w", ErrBroken, err)
		close(s.broken)
		s.log.LogAttrs(context.Background(), slog.LevelError, "storage broken", slog.Any("err", err))
	})
}
