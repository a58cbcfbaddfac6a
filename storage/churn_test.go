package storage

import (
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// churned returns a store and a function that stores a version of all days of some
// products, from a date on, and returns the size of the file then.
func churned(t *testing.T) (*Store, func(first inventory.Date, version int64) int64) {
	t.Helper()
	s, err := Open(t.TempDir(), Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mustClose(t, s) })
	return s, func(first inventory.Date, version int64) int64 {
		for product := range inventory.ProductID(30) {
			for date := range inventory.Date(60) {
				k := inventory.Key{Product: 1 + product, Date: first + date}
				a := partnerDay(k, 1+version)
				a.Slots = a.Slots[:1+(int(version)+int(date))%len(a.Slots)] // of another size each time
				if _, err := s.Sync(a, uint64(version), refresh.End{}); err != nil {
					t.Fatal(err)
				}
			}
		}
		return s.Stats().FileBytes
	}
}

func TestAFileThatIsRewrittenForeverStaysAsLargeAsItIs(t *testing.T) {
	_, store := churned(t)
	store(20_000, 0)
	settled := store(20_000, 1)
	for version := int64(2); version < 8; version++ {
		if got := store(20_000, version); got > settled {
			t.Errorf("after every day was stored %d times the file has %d bytes, after twice it had %d", 1+version, got, settled)
		}
	}
}

func TestWhatPruningFreesIsUsedAgain(t *testing.T) {
	s, store := churned(t)
	store(20_000, 0)
	settled := store(20_000, 1)
	for round := range inventory.Date(5) {
		first := 20_000 + 60*(1+round)
		if n, err := s.Purge(first); err != nil || n != 30*60 {
			t.Fatalf("Purge = %d, %v; want every day gone", n, err)
		}
		if got := store(first, int64(2+round)); got > settled {
			t.Errorf("after %d catalogues came and went the file has %d bytes, at first it had %d", 1+round, got, settled)
		}
	}
}

// A read transaction that stays open keeps every page that is freed meanwhile: the
// one way to make the file grow without an end, and why nothing slow is done in one.
func TestReadsOfTheStoreLeaveNoTransactionOpen(t *testing.T) {
	s, store := churned(t)
	store(20_000, 0)
	k := inventory.Key{Product: 1, Date: 20_000}
	if _, err := s.Availability(k); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Calendar(1, 20_000, 60); err != nil {
		t.Fatal(err)
	}
	err := s.Days(func(inventory.Key, time.Time, time.Time, inventory.State) bool {
		if n := s.Stats().OpenReads; n != 0 {
			t.Errorf("%d reads are open while a caller of Days is at work", n)
		}
		return false
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := s.Stats().OpenReads; n != 0 {
		t.Errorf("%d reads are open, want none", n)
	}
}
