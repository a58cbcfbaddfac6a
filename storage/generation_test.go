package storage

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// A tinyCache follows the protocol of Generation, with the generations that it
// is given.
type tinyCache struct {
	generation func(inventory.Key) uint64
	read       func(inventory.Key) (*inventory.Record, error)
	entries    sync.Map // inventory.Key → tinyEntry
}

type tinyEntry struct {
	generation uint64
	remaining  int64
}

func (c *tinyCache) get(t *testing.T, k inventory.Key) int64 {
	g := c.generation(k)
	if e, ok := c.entries.Load(k); ok && e.(tinyEntry).generation == g {
		return e.(tinyEntry).remaining
	}
	record, err := c.read(k)
	if err != nil {
		t.Error(err)
		return 0
	}
	c.entries.Store(k, tinyEntry{g, record.Slots[0].Remaining})
	return record.Slots[0].Remaining
}

// atOnce is Availability as it would be without the odd generations: it sees a commit as
// soon as bbolt shows it.
func (s *Store) atOnce(k inventory.Key) (r *inventory.Record, err error) {
	return r, s.view(func(tx *bbolt.Tx) {
		d, _ := s.day(tx, k)
		r, _ = d.record(k)
	})
}

// TestWhoeverIsToldFindsItPublished has many callers told of one commit, one after
// the other: were generations raised afterwards, the first ones would read too soon.
func TestWhoeverIsToldFindsItPublished(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	const callers, rounds = 64, 100
	start := time.Now().Add(-time.Hour)
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			k := inventory.Key{Product: inventory.ProductID(100 + i), Date: 20_000}
			c := tinyCache{generation: s.Generation, read: s.Availability}
			for version := int64(1); version <= rounds; version++ {
				if _, err := s.Sync(night(k, version, start.Add(time.Duration(version))), uint64(version), refresh.End{}); err != nil {
					t.Error(err)
				}
				if got := c.get(t, k); got != version {
					t.Errorf("%v shows %d to whom its sync of %d was acknowledged", k, got, version)
				}
			}
		})
	}
	wg.Wait()
}

func TestAReadThatBeginsAfterASyncReturnedSeesIt(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	const keys, writes, readers = 4, 600, 3
	var synced [keys]atomic.Int64 // the version whose Sync returned
	key := func(i int) inventory.Key { return inventory.Key{Product: 14, Date: inventory.Date(20_000 + i)} }
	start := time.Now().Add(-time.Hour)
	write := func(i int, version int64) {
		mustSync(t, s, night(key(i), version, start.Add(time.Duration(version))), uint64(version))
		synced[i].Store(version)
	}
	for i := range keys {
		write(i, 1)
	}
	cache := &tinyCache{generation: s.Generation, read: s.Availability}
	var done atomic.Bool
	var stale, reads atomic.Int64
	var all sync.WaitGroup
	for range readers {
		all.Go(func() {
			for i := 0; !done.Load(); i++ {
				least := synced[i%keys].Load()
				if got := cache.get(t, key(i%keys)); got < least {
					stale.Add(1)
				}
				reads.Add(1)
			}
		})
	}
	for n := range writes {
		write(n%keys, int64(2+n/keys))
	}
	done.Store(true)
	all.Wait()
	if got := stale.Load(); got != 0 {
		t.Errorf("%d of %d reads were stale, want 0", got, reads.Load())
	}
	if calendar := s.CalendarGeneration(14); calendar < writes {
		t.Errorf("the calendar's generation is %d after %d writes", calendar, writes)
	}
}

// The order of the committer is what the test above rests on. Here a reader fills
// its cache at the worst moment, between the bump and the commit or the other way
// round: bumping first must be caught out, the store's own order must not.
func TestOnlyBumpingAfterTheCommitKeepsCachesRight(t *testing.T) {
	k := inventory.Key{Product: 14, Date: 20_000}
	for _, tt := range []struct {
		name  string
		early bool
		want  int64
	}{
		{"the store's generations", false, 2},
		{"bumped before the commit", true, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := mustOpen(t, t.TempDir())
			mustSync(t, s, night(k, 1, time.Now()), 1)
			cache := &tinyCache{generation: s.Generation, read: s.Availability}
			var early atomic.Uint64
			if tt.early {
				cache.generation = func(inventory.Key) uint64 { return early.Load() }
				cache.read = s.atOnce
			}
			cache.get(t, k)
			s.commitTx = func(tx *bbolt.Tx) error {
				early.Add(1)
				if got := cache.get(t, k); got != 1 {
					t.Errorf("a read before the commit sees %d, want 1", got)
				}
				return tx.Commit()
			}
			mustSync(t, s, night(k, 2, time.Now()), 2)
			if got := cache.get(t, k); got != tt.want {
				t.Errorf("a read after the sync sees %d, want %d", got, tt.want)
			}
		})
	}
}
