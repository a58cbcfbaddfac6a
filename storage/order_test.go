package storage

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.etcd.io/bbolt"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// A commit is visible in the file before its last flush has returned. Until then who
// has the old answer cached goes on with it, and who has not must wait.
func TestALookupWaitsForTheCommitThatBboltShowsAlready(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(t.TempDir(), Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		k, other := inventory.Key{Product: 14, Date: 20_000}, inventory.Key{Product: 15, Date: 20_000}
		mustSync(t, s, night(k, 1, time.Now()), 1)
		mustSync(t, s, night(other, 1, time.Now()), 1)
		before, beforeCalendar := s.Generation(k), s.CalendarGeneration(k.Product)

		shown, flush := make(chan struct{}), make(chan struct{})
		s.commitTx = func(tx *bbolt.Tx) error {
			err := tx.Commit()
			close(shown)
			<-flush
			return err
		}
		go func() {
			if _, err := s.Sync(night(k, 2, time.Now()), 2, refresh.End{}); err != nil {
				t.Error(err)
			}
		}()
		<-shown
		if early, err := s.atOnce(k); err != nil || early.Slots[0].Remaining != 2 {
			t.Fatalf("bbolt shows %v, %v; want the new answer, or this test proves nothing", early, err)
		}
		if s.Generation(k) != before || s.CalendarGeneration(k.Product) != beforeCalendar {
			t.Error("the generations changed before the commit returned")
		}
		var day, calendar atomic.Int64
		var lookups sync.WaitGroup
		lookups.Go(func() {
			if r, err := s.Availability(k); err != nil {
				t.Error(err)
			} else {
				day.Store(r.Slots[0].Remaining)
			}
		})
		lookups.Go(func() {
			if _, err := s.Calendar(k.Product, k.Date, 1); err != nil {
				t.Error(err)
			}
			calendar.Store(1)
		})
		if _, err := s.Availability(other); err != nil {
			t.Error(err) // and does not wait, or synctest would call it a deadlock
		}
		synctest.Wait()
		if day.Load() != 0 || calendar.Load() != 0 {
			t.Error("a lookup returned before the commit did")
		}
		s.commitTx = (*bbolt.Tx).Commit
		close(flush)
		lookups.Wait()
		if day.Load() != 2 {
			t.Errorf("after the commit a lookup gives %d, want 2", day.Load())
		}
		if s.Generation(k) == before || s.CalendarGeneration(k.Product) == beforeCalendar {
			t.Error("the generations did not change with the commit")
		}
	})
}

func TestLookupsGoOnAfterACommitThatFailed(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	k := inventory.Key{Product: 14, Date: 20_000}
	mustSync(t, s, night(k, 1, time.Now()), 1)
	s.commitTx = func(*bbolt.Tx) error { panic("as a damaged page makes it") }
	if _, err := s.Sync(night(k, 2, time.Now()), 2, refresh.End{}); err == nil {
		t.Fatal("Sync over a panic gives no error")
	}
	if r, err := s.Availability(k); err != nil || r.Slots[0].Remaining != 1 {
		t.Errorf("Availability = %v, %v; want what was stored before", r, err)
	}
}

// Readers with the cache and readers without take turns. Whoever begins after
// another one has returned must not see anything older than that one saw. Without
// the odd generations the same readers do.
func TestNobodySeesTheNewAndThenTheOld(t *testing.T) {
	s, err := Open(t.TempDir(), Options{}) // flushed: the time that takes is what this is about
	if err != nil {
		t.Fatal(err)
	}
	defer mustClose(t, s)
	version := int64(1)
	if back, reads := newThenOld(t, s, s.Availability, &version); back > 0 {
		t.Errorf("%d of %d reads saw an older answer than one before them, want none", back, reads)
	}
	var back, reads int64
	for range 20 { // until it happens
		if back, reads = newThenOld(t, s, s.atOnce, &version); back > 0 {
			return
		}
	}
	t.Errorf("none of %d naive reads saw an older answer, nor of those before: this test proves nothing", reads)
}

// newThenOld writes versions from the one given on, and counts the reads that saw an
// older answer than a read that returned before they began.
func newThenOld(t *testing.T, s *Store, read func(inventory.Key) (*inventory.Record, error), version *int64) (back, reads int64) {
	const keys, writes, readers = 2, 150, 4
	key := func(i int) inventory.Key { return inventory.Key{Product: 14, Date: inventory.Date(20_000 + i)} }
	start := time.Now().Add(-time.Hour)
	put := func(n int) {
		mustSync(t, s, night(key(n%keys), *version, start.Add(time.Duration(*version))), uint64(*version))
	}
	for i := range keys {
		put(i)
	}
	cache := &tinyCache{generation: s.Generation, read: read}
	var newest [keys]atomic.Int64 // that a read has returned
	var done atomic.Bool
	var wentBack, total atomic.Int64
	var all sync.WaitGroup
	for reader := range readers {
		all.Go(func() {
			for n := 0; !done.Load(); n++ {
				i := n % keys
				least := newest[i].Load()
				var got int64
				if reader%2 == 0 {
					got = cache.get(t, key(i))
				} else if r, err := read(key(i)); err == nil {
					got = r.Slots[0].Remaining
				}
				if got < least {
					wentBack.Add(1)
				}
				for seen := newest[i].Load(); got > seen && !newest[i].CompareAndSwap(seen, got); seen = newest[i].Load() {
				}
				total.Add(1)
			}
		})
	}
	for n := range writes {
		*version++
		put(n)
	}
	done.Store(true)
	all.Wait()
	return wentBack.Load(), total.Load()
}
