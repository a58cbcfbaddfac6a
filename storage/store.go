package storage

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
)

// The errors that callers ask for with errors.Is.
var (
	// ErrLocked says that another process has the data dir or the file.
	ErrLocked = errors.New("locked by another process")
	// ErrFormat says that the file is not one of ours, is of a newer version or is
	// damaged beyond a record. It was not touched.
	ErrFormat = errors.New("storage refused")
	// ErrFull says that the disk is full. Nothing was stored, what was stored
	// before is intact, and a later write may succeed.
	ErrFull = errors.New("disk full")
	// ErrBroken says that a commit failed in a way that leaves open what is on
	// disk. Every later write returns it; the process must stop and start again.
	ErrBroken = errors.New("storage broken")
	// ErrClosed says that the store was closed.
	ErrClosed = errors.New("storage closed")
)

// Defaults of Options.
const (
	defaultLockTimeout = time.Second
	defaultKeep        = 7 * 24 * time.Hour
	defaultKeepMax     = 200_000
)

// An Observer is told what the store does, for metrics. Its methods must be quick
// and safe for concurrent use, and must not call the store.
type Observer interface {
	// Committed reports a write transaction that reached the disk, how long it
	// took, flush included, and how many writes it carried.
	Committed(took time.Duration, ops int)
	// Corrupt reports a record found damaged, once for each.
	Corrupt()
}

// Options of Open. The zero value is good.
type Options struct {
	LockTimeout time.Duration // how long to wait for another process to let go; 0: 1 s
	Keep        time.Duration // see SetRetention; 0: 7 days
	KeepMax     int           // see SetRetention; 0: 200,000
	NoSync      bool          // commits are not flushed to disk: for simulations only
	Volatile    bool          // jobs and permits, which only a restart would miss, are not kept: likewise
	Observer    Observer      // may be nil
	Log         *slog.Logger  // may be nil
}

// A Store is the daemon's database. Make one with Open. All methods but Close are
// safe for concurrent use. Methods that write return when their data is on disk,
// confirmations apart (see Sync).
type Store struct {
	opts Options
	log  *slog.Logger

	lock *os.File // held for as long as the store is open
	path string   // of inventory.db
	file fs.FileInfo
	db   *bbolt.DB

	// metas is a mapping of the file's two meta pages. When they are gone, because the
	// file was cut off, whoever touches it notices before bbolt does, which would keep
	// its locks for good. Close sets it to nil.
	metas atomic.Pointer[[]byte]

	generations generations
	days        atomic.Int64                   // records in the days bucket
	jobs        [len(jobCounts{})]atomic.Int64 // by state
	lastJob     atomic.Uint64                  // the highest id ever given
	commits     atomic.Uint64                  // since Open
	corrupt     atomic.Uint64                  // records found damaged since Open
	keep        atomic.Int64                   // nanoseconds
	keepMax     atomic.Int64
	damage      damageReport
	gate        gate
	encoders    sync.Pool // of *slotEncoder, one for each Sync that runs

	ops    chan *op      // to the committer
	held   *holder       // for the committer's next commit
	quit   chan struct{} // closed by Close: the committer ends
	exited chan struct{} // closed by the committer when it has ended
	stuck  bool          // the committer's; a transaction could not be ended
	size   int64         // the committer's; what the file had at the last commit
	hidden bool          // the committer's; the file's folder was closed to us at the last commit

	commitTx func(*bbolt.Tx) error // (*bbolt.Tx).Commit; tests put faults here

	failOnce sync.Once
	failure  error         // set before broken is closed
	broken   chan struct{} // closed when a commit failed with an I/O error

	closeOnce sync.Once
	closeErr  error
}

// newStore wraps an open database. The committer does not run yet.
func newStore(o Options, lock *os.File, db *bbolt.DB) (*Store, error) {
	s := &Store{
		opts:     o,
		log:      o.Log,
		lock:     lock,
		path:     db.Path(),
		db:       db,
		damage:   damageReport{seen: map[string]struct{}{}},
		gate:     newGate(),
		encoders: sync.Pool{New: func() any { return new(slotEncoder) }},
		ops:      make(chan *op, maxBatch),
		held:     newHolder(),
		quit:     make(chan struct{}),
		exited:   make(chan struct{}),
		broken:   make(chan struct{}),
		commitTx: (*bbolt.Tx).Commit,
	}
	s.SetRetention(o.Keep, o.KeepMax)
	var err error
	if s.file, err = os.Stat(s.path); err != nil {
		return nil, err
	}
	metas, err := mapMetas(s.path, db.Info().PageSize)
	if err != nil {
		return nil, err
	}
	s.metas.Store(&metas)
	return s, nil
}

func mapMetas(path string, pageSize int) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	metas, err := syscall.Mmap(int(f.Fd()), 0, 2*pageSize, syscall.PROT_READ, syscall.MAP_SHARED)
	return metas, errors.Join(err, f.Close())
}

// unmap ends the mapping of the meta pages, which would keep the file system in use.
func (s *Store) unmap() error { return syscall.Munmap(*s.metas.Swap(nil)) }

// count takes stock of what the atomic counters count from now on.
func (s *Store) count() error {
	return s.view(func(tx *bbolt.Tx) {
		s.lastJob.Store(tx.Bucket(bucketJobs).Sequence())
		cursor := tx.Bucket(bucketDays).Cursor()
		for key, _ := cursor.First(); key != nil; key, _ = cursor.Next() {
			s.days.Add(1)
		}
		for _, bucket := range [...][]byte{bucketJobs, bucketHistory} {
			cursor := tx.Bucket(bucket).Cursor()
			for key, value := cursor.First(); key != nil; key, value = cursor.Next() {
				if j, ok := decodeJob(key, value); ok {
					s.jobs[j.State].Add(1)
				}
			}
		}
	})
}

// Broken is closed when a commit failed with an I/O error. What is on disk is not
// known then, so the process must stop; the next one reads what is there. Reads go
// on until then.
func (s *Store) Broken() <-chan struct{} { return s.broken }

// Err returns why the store is broken, nil while it is not.
func (s *Store) Err() error {
	select {
	case <-s.broken:
		return s.failure
	default:
		return nil
	}
}

// Close writes the confirmations that are held and closes the file. Call it after
// everything that uses the store has ended: it waits for reads, and writes fail
// with ErrClosed from then on. It returns an error when something that was held
// could not be written. Calling it again does nothing.
func (s *Store) Close() error {
	s.closeOnce.Do(func() { s.closeErr = s.close() })
	return s.closeErr
}

func (s *Store) close() error {
	close(s.quit)
	<-s.exited
	err := s.Err()
	if held := s.held.take(); err == nil && len(held.confirmations) > 0 {
		err = fmt.Errorf("close storage: %d confirmations not written: %w", len(held.confirmations), ErrFull)
	}
	if !s.stuck { // a transaction that never ends would keep Close waiting
		err = errors.Join(err, s.db.Close())
	}
	return errors.Join(err, s.unmap(), unlock(s.lock))
}
