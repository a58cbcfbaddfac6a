package storage

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

func TestSyncOutcomes(t *testing.T) {
	k := inventory.Key{Product: 14, Date: mustDate(t, "2026-04-09")}
	start := time.Now().Add(-time.Hour)
	at := func(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }
	future := time.Now().Add(time.Hour)
	two := night(k, 5, at(1))
	two.Slots = append(two.Slots, two.Slots[0])
	two.Slots[1].Start = 21 * 60

	tests := []struct {
		name     string
		stored   *inventory.Availability // nil: nothing
		next     *inventory.Availability
		want     Synced
		revision uint32
	}{
		{"first answer", nil, night(k, 5, at(1)), Synced{Outcome: refresh.Changed, Added: 1}, 1},
		{"first answer is empty", nil, closedDay(k, at(1)), Synced{Outcome: refresh.Changed}, 1},
		{"the same", night(k, 5, at(0)), night(k, 5, at(1)), Synced{Outcome: refresh.Unchanged, Unchanged: 1}, 1},
		{"empty again", closedDay(k, at(0)), closedDay(k, at(1)), Synced{Outcome: refresh.Unchanged}, 1},
		{"fewer places", night(k, 5, at(0)), night(k, 4, at(1)), Synced{Outcome: refresh.Changed, Changed: 1, Recounted: 1}, 2},
		{"a slot more", night(k, 5, at(0)), two, Synced{Outcome: refresh.Changed, Added: 1, Unchanged: 1}, 2},
		{"sold out", night(k, 5, at(0)), night(k, 0, at(1)), Synced{Outcome: refresh.Changed, Changed: 1, Recounted: 1}, 2},
		{"open, then empty", night(k, 5, at(0)), closedDay(k, at(1)), Synced{Outcome: refresh.Closed, Removed: 1}, 2},
		{"sold out, then empty", night(k, 0, at(0)), closedDay(k, at(1)), Synced{Outcome: refresh.Closed, Removed: 1}, 2},
		{"closed, then open", closedDay(k, at(0)), night(k, 5, at(1)), Synced{Outcome: refresh.Changed, Added: 1}, 2},
		{"requested earlier", night(k, 5, at(1)), night(k, 4, at(0)), Synced{Outcome: refresh.Stale}, 1},
		{"requested earlier, the same", night(k, 5, at(1)), night(k, 5, at(0)), Synced{Outcome: refresh.Stale}, 1},
		{"the clock was set back", night(k, 5, future), night(k, 4, at(0)), Synced{Outcome: refresh.Changed, Changed: 1, Recounted: 1}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := mustOpen(t, t.TempDir())
			if tt.stored != nil {
				mustSync(t, s, tt.stored, 1)
			}
			got := mustSync(t, s, tt.next, 2)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Sync differs (-want +got):\n%s", diff)
			}
			want := tt.next
			if got.Outcome == refresh.Stale {
				want = tt.stored
			}
			record, err := s.Availability(k)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want.Slots, record.Slots, sameSlots); diff != "" || record.Revision != tt.revision {
				t.Errorf("stored at revision %d, want %d; slots differ (-want +got):\n%s", record.Revision, tt.revision, diff)
			}
			mustBeClean(t, s)
		})
	}
}

func TestSlotsAreComparedByStartVariantAndSource(t *testing.T) {
	slot := func(start inventory.Clock, variant, source string, remaining int64) inventory.Slot {
		return inventory.Slot{Start: start, Variant: variant, SourceID: source, Remaining: remaining}
	}
	priced := func(units int64) []inventory.Slot {
		s := slot(1, "", "", 1)
		s.Pax = []inventory.Pax{{Type: "ADULT", Price: &inventory.Price{Final: inventory.Money{Units: units}}}}
		return []inventory.Slot{s}
	}
	tests := []struct {
		name     string
		was, now []inventory.Slot
		want     Synced
	}{
		{"nothing", nil, nil, Synced{}},
		{
			"one of each",
			[]inventory.Slot{slot(1, "a", "", 5), slot(2, "a", "", 5), slot(3, "a", "", 5)},
			[]inventory.Slot{slot(1, "a", "", 5), slot(2, "a", "", 4), slot(2, "b", "", 5)},
			Synced{Added: 1, Changed: 1, Removed: 1, Unchanged: 1, Recounted: 1},
		},
		{
			"another source is another slot",
			[]inventory.Slot{slot(1, "a", "x", 5)}, []inventory.Slot{slot(1, "a", "y", 5)},
			Synced{Added: 1, Removed: 1},
		},
		{
			"two alike are paired once",
			[]inventory.Slot{slot(1, "a", "", 5), slot(1, "a", "", 5)}, []inventory.Slot{slot(1, "a", "", 5)},
			Synced{Removed: 1, Unchanged: 1},
		},
		{"another price", priced(1), priced(2), Synced{Changed: 1, Repriced: 1}},
		{"the same price", priced(1), priced(1), Synced{Unchanged: 1}},
	}
	for _, tt := range tests {
		if got := compare(tt.was, tt.now); got != tt.want {
			t.Errorf("%s: compare = %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestSyncRefusesWhatItCouldNotReadBack(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	for _, k := range []inventory.Key{{Product: 0, Date: 1}, {Product: inventory.MaxProductID + 1, Date: 1}, {Product: 1, Date: -1}} {
		if _, err := s.Sync(night(k, 1, time.Now()), 1, refresh.End{}); err == nil {
			t.Errorf("Sync of %+v gives no error", k)
		}
		if _, err := s.Confirm(k, 1, time.Now(), time.Now(), refresh.End{}); err == nil {
			t.Errorf("Confirm of %+v gives no error", k)
		}
	}
	if got := s.Stats().Days; got != 0 {
		t.Errorf("%d days stored, want 0", got)
	}
}

// Of answers that arrive in any order, from any number of callers, the one that
// was requested last must be what is stored in the end.
func TestTheAnswerRequestedLastWinsWhateverTheOrder(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	start := time.Now().Add(-time.Hour)
	const keys, answers = 4, 50
	var callers sync.WaitGroup
	for product := range inventory.ProductID(keys) {
		k := inventory.Key{Product: 1 + product, Date: 20_000}
		for i := range answers {
			callers.Go(func() {
				n := (i * 37) % answers // every number once, mixed
				mustSync(t, s, night(k, int64(1+n%3), start.Add(time.Duration(n)*time.Second)), 1)
			})
		}
	}
	callers.Wait()
	want := int64(1 + (answers-1)%3)
	for product := range inventory.ProductID(keys) {
		record, err := s.Availability(inventory.Key{Product: 1 + product, Date: 20_000})
		if err != nil {
			t.Fatal(err)
		}
		if got := record.Slots[0].Remaining; got != want {
			t.Errorf("product %d has %d places, want %d as in the answer requested last", 1+product, got, want)
		}
	}
	mustBeClean(t, s)
}

// While an answer is being committed, a newer one that agrees with what is still
// stored must not take itself for a confirmation of it.
func TestAnAnswerIsComparedWithWhatIsBeingWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := mustOpen(t, t.TempDir())
		k := inventory.Key{Product: 14, Date: 20_000}
		start := time.Now()
		time.Sleep(time.Hour)
		var newer sync.WaitGroup
		s.commitTx = func(tx *bbolt.Tx) error {
			if s.Stats().Commits == 1 {
				newer.Go(func() {
					if got := mustSync(t, s, night(k, 1, start.Add(2*time.Minute)), 1); got.Outcome != refresh.Changed {
						t.Errorf("the newest answer is %v, want changed", got.Outcome)
					}
				})
				synctest.Wait() // it has read what is stored, or waits
			}
			return tx.Commit()
		}
		mustSync(t, s, night(k, 1, start), 1)
		mustSync(t, s, night(k, 2, start.Add(time.Minute)), 2)
		newer.Wait()
		if r, err := s.Availability(k); err != nil || r.Slots[0].Remaining != 1 || r.Revision != 3 {
			t.Errorf("Availability = %+v, %v; want 1 place at revision 3", r, err)
		}
	})
}

func TestNothingIsThereThatWasNeverFetched(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	k := inventory.Key{Product: 14, Date: 20_000}
	mustSync(t, s, night(k, 1, time.Now()), 1)
	if _, err := s.Availability(inventory.Key{Product: 14, Date: 20_001}); !errors.Is(err, inventory.ErrNotFound) {
		t.Errorf("Availability gives %v, want ErrNotFound", err)
	}
	for _, from := range []inventory.Date{19_000, 20_001} {
		if c, err := s.Calendar(14, from, 60); !errors.Is(err, inventory.ErrNotFound) {
			t.Errorf("Calendar from %s gives %+v, %v; want ErrNotFound", from, c, err)
		}
	}
	if _, err := s.Calendar(15, 20_000, 60); !errors.Is(err, inventory.ErrNotFound) {
		t.Errorf("Calendar of another product gives %v, want ErrNotFound", err)
	}
	if st, hash, checked := s.DayState(inventory.Key{Product: 15, Date: 20_000}); st != inventory.Unknown || hash != 0 || !checked.IsZero() {
		t.Errorf("DayState = %v, %d, %v; want unknown and zeros", st, hash, checked)
	}
}
