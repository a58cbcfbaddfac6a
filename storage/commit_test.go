package storage

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.etcd.io/bbolt"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// failCommits makes commits fail as bbolt's do, rolled back and with that error,
// while the switch it returns is on. Call it before the first write.
func failCommits(s *Store, err error) (on *atomic.Bool) {
	on = new(atomic.Bool)
	s.commitTx = func(tx *bbolt.Tx) error {
		if on.Load() {
			return errors.Join(err, tx.Rollback())
		}
		return tx.Commit()
	}
	return on
}

var errNoSpace = &fs.PathError{Op: "write", Path: FileName, Err: syscall.ENOSPC}

// A start on a full disk takes up what there is. What ran is charged as little as
// after any other start, and waits again on disk once there is space.
func TestAStartOnAFullDiskTakesUpTheJobs(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	k := inventory.Key{Product: 14, Date: 20_000}
	jobs := []refresh.Job{{Key: k}, {Key: inventory.Key{Product: 14, Date: 20_001}}}
	if err := s.CreateJobs(jobs); err != nil {
		t.Fatal(err)
	}
	if err := s.Begin([]refresh.Start{{Job: jobs[0].ID, Permit: 1, At: time.Now()}}, 0); err != nil {
		t.Fatal(err)
	}
	mustClose(t, s)

	s = mustOpen(t, dir)
	full := failCommits(s, errNoSpace)
	full.Store(true)
	got, err := s.Recover()
	if err != nil || len(got) != 2 || got[0].State != refresh.Pending || got[0].Attempts != 0 {
		t.Fatalf("Recover on a full disk = %+v, %v; want both jobs, waiting and not charged", got, err)
	}
	if err := s.Begin([]refresh.Start{{Job: jobs[1].ID, Permit: 2, At: time.Now()}}, 0); !errors.Is(err, ErrFull) {
		t.Errorf("Begin = %v, want ErrFull: nothing may be sent that is not on disk", err)
	}
	if err := s.Drop(refresh.End{Job: jobs[1].ID, At: time.Now(), State: refresh.Canceled}); !errors.Is(err, ErrFull) {
		t.Errorf("Drop = %v, want ErrFull", err)
	}
	full.Store(false)
	if err := s.Begin([]refresh.Start{{Job: jobs[0].ID, Permit: 3, At: time.Now()}}, 0); err != nil {
		t.Fatal(err)
	}
	if j, err := s.Job(jobs[0].ID); err != nil || j.State != refresh.Running || j.Attempts != 1 {
		t.Errorf("with space again the job is %+v, %v; want it running, in its first attempt", j, err)
	}
	if n := s.JobCounts(); n[refresh.Running] != 1 || n[refresh.Canceled] != 1 {
		t.Errorf("JobCounts = %v; want 1 running and 1 canceled", n)
	}
	mustClose(t, s)
}

func TestAFullDiskLosesNothingAndIsOverWhenThereIsSpace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := mustOpen(t, t.TempDir())
		full := failCommits(s, errNoSpace)
		k := inventory.Key{Product: 14, Date: 20_000}
		mustSync(t, s, night(k, 3, time.Now()), 77)
		first := time.Now().Add(time.Second)
		jobs := []refresh.Job{{Key: k}}
		if err := s.CreateJobs(jobs); err != nil {
			t.Fatal(err)
		}
		generation := s.Generation(k)
		time.Sleep(time.Minute)

		full.Store(true)
		if _, err := s.Sync(night(k, 2, time.Now()), 78, refresh.End{Job: jobs[0].ID}); !errors.Is(err, ErrFull) {
			t.Errorf("Sync gives %v, want ErrFull", err)
		}
		if err := s.CreateJobs(make([]refresh.Job, 0)); err != nil {
			t.Errorf("writing nothing gives %v, want nil", err)
		}
		if ok, err := s.Confirm(k, 77, time.Now(), time.Now(), refresh.End{Job: jobs[0].ID, At: time.Now()}); err != nil || !ok {
			t.Errorf("Confirm = %v, %v; want true", ok, err)
		}
		confirmed := time.Now()
		time.Sleep(time.Minute)
		record, err := s.Availability(k)
		if err != nil || record.Slots[0].Remaining != 3 || !record.CheckedAt.Equal(first) || s.Generation(k) != generation {
			t.Errorf("while full: %+v, %v at generation %d; want what was stored before at %d", record, err, s.Generation(k), generation)
		}
		if got := s.JobCounts()[refresh.Pending]; got != 1 || s.Err() != nil {
			t.Errorf("while full: %d jobs pending, broken by %v; want 1, not broken", got, s.Err())
		}

		full.Store(false)
		time.Sleep(fullDelay)
		synctest.Wait()
		record, err = s.Availability(k)
		if err != nil || !record.CheckedAt.Equal(confirmed) {
			t.Errorf("with space again the check is %v, %v; want the confirmation of %v", record.CheckedAt, err, confirmed)
		}
		if got := s.JobCounts()[refresh.Done]; got != 1 {
			t.Errorf("with space again %d jobs are done, want 1", got)
		}
		mustBeClean(t, s)
	})
}

func TestCloseReportsConfirmationsThatAFullDiskKeptOut(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	full := failCommits(s, errNoSpace)
	k := inventory.Key{Product: 14, Date: 20_000}
	mustSync(t, s, night(k, 3, time.Now()), 77)
	full.Store(true)
	mustSync(t, s, night(k, 3, time.Now()), 77)
	if err := s.Close(); !errors.Is(err, ErrFull) {
		t.Errorf("Close gives %v, want ErrFull", err)
	}
}

func TestAnyOtherFailureOfACommitBreaksTheStore(t *testing.T) {
	failure := func(err error) func(*testing.T, *Store) {
		return func(_ *testing.T, s *Store) { failCommits(s, err).Store(true) }
	}
	tests := []struct {
		name string
		fail func(*testing.T, *Store)
	}{
		{"input/output error of a write", failure(&fs.PathError{Op: "write", Err: syscall.EIO})},
		{"a flush says that the disk is full", failure(syscall.ENOSPC)},
		{"bbolt panics", func(_ *testing.T, s *Store) {
			s.commitTx = func(*bbolt.Tx) error { panic("page 7 freed twice") }
		}},
		{"the file was deleted", func(t *testing.T, s *Store) {
			if err := os.Remove(s.path); err != nil {
				t.Fatal(err)
			}
		}},
		{"the file was replaced", func(t *testing.T, s *Store) {
			if err := replaceFile(s.path, []byte("another")); err != nil {
				t.Fatal(err)
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := mustOpen(t, t.TempDir())
			k := inventory.Key{Product: 14, Date: 20_000}
			mustSync(t, s, night(k, 3, time.Now()), 77)
			if s.Err() != nil {
				t.Fatal(s.Err())
			}
			tt.fail(t, s)
			if _, err := s.Sync(night(k, 2, time.Now()), 78, refresh.End{}); !errors.Is(err, ErrBroken) {
				t.Errorf("Sync gives %v, want ErrBroken", err)
			}
			select {
			case <-s.Broken():
			default:
				t.Error("Broken is not closed")
			}
			s.commitTx = (*bbolt.Tx).Commit
			if err := s.PutHold(time.Now(), ""); !errors.Is(err, ErrBroken) {
				t.Errorf("a later write gives %v, want ErrBroken: nothing is tried again", err)
			}
			if ok, err := s.Confirm(k, 77, time.Now(), time.Now(), refresh.End{}); ok || !errors.Is(err, ErrBroken) {
				t.Errorf("Confirm = %v, %v; want ErrBroken", ok, err)
			}
			if _, err := s.Availability(k); err != nil {
				t.Errorf("Availability gives %v, want what was stored", err)
			}
			if err := s.Close(); !errors.Is(err, ErrBroken) {
				t.Errorf("Close gives %v, want ErrBroken", err)
			}
		})
	}
}

func TestARefusedWriteDoesNotStopItsNeighbours(t *testing.T) {
	seen := &counter{}
	s, err := Open(t.TempDir(), Options{NoSync: true, Observer: seen})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	// The first commit is held up until the others wait behind it, to share one.
	entered, proceed := make(chan struct{}), make(chan struct{})
	s.commitTx = func(tx *bbolt.Tx) error {
		s.commitTx = (*bbolt.Tx).Commit
		close(entered)
		<-proceed
		return tx.Commit()
	}
	refused := errors.New("refused")
	var callers sync.WaitGroup
	write := func(want error, apply func(*txn) error) {
		callers.Go(func() {
			if got := s.submit(apply); !errors.Is(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
	put := func(seq uint64) func(*txn) error {
		return func(t *txn) error {
			t.putPermit(Permit{Seq: seq})
			return nil
		}
	}
	write(nil, put(1))
	<-entered
	write(nil, put(2))
	write(refused, func(*txn) error { return refused })
	write(nil, put(3))
	for len(s.ops) < 3 {
		// Nothing tells when a goroutine has sent; that is what is waited for here.
		runtime.Gosched()
	}
	close(proceed)
	callers.Wait()
	permits, err := s.Permits()
	if err != nil || len(permits) != 3 {
		t.Errorf("Permits = %v, %v; want those of all three writes", permits, err)
	}
	if got := seen.commits.Load(); got != 2 {
		t.Errorf("%d commits, want 2", got)
	}
}

func TestAClosedStoreRefusesEverything(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	k := inventory.Key{Product: 14, Date: 20_000}
	mustSync(t, s, night(k, 3, time.Now()), 77)
	mustClose(t, s)
	if err := s.PutHold(time.Now(), ""); !errors.Is(err, ErrClosed) {
		t.Errorf("PutHold gives %v, want ErrClosed", err)
	}
	if _, err := s.Availability(k); !errors.Is(err, ErrClosed) {
		t.Errorf("Availability gives %v, want ErrClosed", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("the second Close gives %v, want nil", err)
	}
}
