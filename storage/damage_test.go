package storage

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// corrupt flips a bit of a value in place, past every checksum.
func corrupt(t *testing.T, s *Store, bucket, key []byte) {
	t.Helper()
	err := s.submit(func(x *txn) error {
		value := bytes.Clone(x.get(bucket, key))
		if value == nil {
			return inventory.ErrNotFound
		}
		value[len(value)-1] ^= 4
		x.put(bucket, bytes.Clone(key), value)
		return nil
	})
	if err != nil {
		t.Fatalf("corrupt %s/%x: %v", bucket, key, err)
	}
}

func corruptDay(t *testing.T, s *Store, k inventory.Key) {
	t.Helper()
	corrupt(t, s, bucketDays, dayKey(k))
}

func TestADamagedDayReadsAsNeverFetchedAndIsDeleted(t *testing.T) {
	seen := &counter{}
	s, err := Open(t.TempDir(), Options{NoSync: true, Observer: seen})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	k, other := inventory.Key{Product: 14, Date: 20_000}, inventory.Key{Product: 14, Date: 20_001}
	mustSync(t, s, night(k, 3, time.Now()), 77)
	mustSync(t, s, night(other, 3, time.Now()), 77)
	corruptDay(t, s, k)
	generation := s.Generation(k)

	for range 3 {
		if _, err := s.Availability(k); !errors.Is(err, inventory.ErrNotFound) {
			t.Errorf("Availability gives %v, want ErrNotFound", err)
		}
		if st, _, _ := s.DayState(k); st != inventory.Unknown {
			t.Errorf("DayState = %v, want unknown", st)
		}
	}
	if got := seen.corrupt.Load(); got != 1 || s.Stats().Corrupt != 1 {
		t.Errorf("the Observer was told of %d damaged records, Stats of %d; want 1", got, s.Stats().Corrupt)
	}
	if err := s.PutHold(time.Now(), ""); err != nil { // any commit repairs
		t.Fatal(err)
	}
	c, err := s.Calendar(14, 20_000, 60)
	if err != nil || len(c.Days) != 1 || c.Days[0].Date != other.Date {
		t.Errorf("Calendar = %+v, %v; want only the other day", c, err)
	}
	if s.Generation(k) == generation {
		t.Error("the generation did not change with the repair")
	}
	if got := s.Stats().Days; got != 1 {
		t.Errorf("%d days, want 1", got)
	}
	if got := mustSync(t, s, night(k, 2, time.Now()), 78); got.Outcome != refresh.Changed || got.Added != 1 {
		t.Errorf("Sync = %+v, want one slot added", got)
	}
	mustBeClean(t, s)
}

func TestSyncReplacesADamagedDay(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	k := inventory.Key{Product: 14, Date: 20_000}
	mustSync(t, s, night(k, 3, time.Now()), 77)
	corruptDay(t, s, k)
	if got := mustSync(t, s, night(k, 2, time.Now()), 78); got.Outcome != refresh.Changed {
		t.Errorf("Sync = %+v, want changed", got)
	}
	if r, err := s.Availability(k); err != nil || r.Slots[0].Remaining != 2 || s.Stats().Days != 1 {
		t.Errorf("Availability = %+v, %v with %d days; want the new answer, 1 day", r, err, s.Stats().Days)
	}
	mustBeClean(t, s)
}

func TestADamagedCalendarIsReadFromTheDaysAndRemade(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	for i := range inventory.Date(5) {
		mustSync(t, s, night(inventory.Key{Product: 14, Date: 20_000 + i}, int64(i), time.Now()), 77)
	}
	want, err := s.Calendar(14, 20_000, 60)
	if err != nil {
		t.Fatal(err)
	}
	corrupt(t, s, bucketCalendars, productKey(14))
	for range 2 {
		got, err := s.Calendar(14, 20_000, 60)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Calendar differs (-want +got):\n%s", diff)
		}
		if err := s.PutHold(time.Now(), ""); err != nil {
			t.Fatal(err)
		}
	}
	mustBeClean(t, s)
}

func TestOtherDamagedRecordsFailSafe(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	k := inventory.Key{Product: 14, Date: 20_000}
	jobs := []refresh.Job{{Key: k}, {Key: k}}
	scope := refresh.Scope{Schedule: "today"}
	for _, err := range []error{
		s.CreateJobs(jobs),
		s.Begin([]refresh.Start{{Permit: 9, At: time.Now()}}, 0),
		s.PutPause(scope, &refresh.Pause{Reason: "maintenance", Until: time.Now()}),
		s.PutNotFound(14, &refresh.NotFound{Count: 3}),
		s.PutHold(time.Now(), "busy"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	corrupt(t, s, bucketJobs, idKey(jobs[0].ID))
	corrupt(t, s, bucketPermits, idKey(9))
	corrupt(t, s, bucketPauses, []byte(scope.String()))
	corrupt(t, s, bucketProducts, productKey(14))
	corrupt(t, s, bucketMeta, keyHold)
	mustClose(t, s)
	if findings, err := Check(s.path); err != nil || len(findings) != 5 {
		t.Errorf("Check = %q, %v; want 5 findings", findings, err)
	}

	s = mustOpen(t, dir)
	if got, err := s.Recover(); err != nil || len(got) != 1 || got[0].ID != jobs[1].ID {
		t.Errorf("Recover = %+v, %v; want the job that is intact", got, err)
	}
	if got, err := s.Permits(); err != nil || len(got) != 1 || got[0] != (Permit{Seq: 9}) {
		t.Errorf("Permits = %+v, %v; want 9, spent", got, err)
	}
	pauses, err := s.Pauses()
	if p, ok := pauses[scope]; err != nil || !ok || !p.Active(time.Now().AddDate(1, 0, 0)) {
		t.Errorf("Pauses = %+v, %v; want %s paused", pauses, err, scope)
	}
	if got, err := s.NotFounds(); err != nil || len(got) != 0 {
		t.Errorf("NotFounds = %+v, %v; want none", got, err)
	}
	if until, _, err := s.Hold(); err != nil || !until.IsZero() {
		t.Errorf("Hold = %v, %v; want none", until, err)
	}
	if got := s.Stats().Corrupt; got != 5 {
		t.Errorf("%d damaged records, want 5", got)
	}
}

// With any bit of the file flipped, the store must refuse to open, or serve what
// was stored, or say that it has nothing: never something else, never a crash.
func TestFlippedBitsAreNeverServed(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	r := rand.New(rand.NewPCG(7, 8))
	want := map[inventory.Key]*inventory.Record{}
	for product := range inventory.ProductID(3) {
		for date := range inventory.Date(12) {
			k := inventory.Key{Product: 1 + product, Date: 20_000 + date}
			mustSync(t, s, randomDay(r, k), 77)
		}
	}
	for range 2 { // a damaged meta page goes back by one commit, which must not be one of a day
		if err := s.PutHold(time.Now(), ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Days(func(k inventory.Key, _, _ time.Time, _ inventory.State) bool {
		record, err := s.Availability(k)
		if err != nil {
			t.Fatal(err)
		}
		want[k] = record
		return true
	}); err != nil {
		t.Fatal(err)
	}
	mustClose(t, s)
	file, err := os.ReadFile(s.path)
	if err != nil {
		t.Fatal(err)
	}
	l, _, err := readLayout(bytes.NewReader(file), uint64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	file = file[:l.pages*l.pageSize] // what follows is room to grow

	var refused, missing int
	for range 150 {
		flipped := bytes.Clone(file)
		bit := r.IntN(8 * len(file))
		flipped[bit/8] ^= 1 << (bit % 8)
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, FileName), flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(dir, Options{NoSync: true})
		if err != nil {
			refused++
			if !errors.Is(err, ErrFormat) {
				t.Errorf("bit %d: Open gives %v, want ErrFormat", bit, err)
			}
			continue
		}
		for k, want := range want {
			got, err := s.Availability(k)
			switch {
			case errors.Is(err, inventory.ErrNotFound):
				missing++
			case err != nil:
				t.Errorf("bit %d: Availability gives %v", bit, err)
			case !bytes.Equal(mustEncode(t, got.Slots), mustEncode(t, want.Slots)) || !got.CheckedAt.Equal(want.CheckedAt):
				t.Errorf("bit %d: Availability(%s) differs (-want +got):\n%s", bit, k, cmp.Diff(want, got, sameSlots))
			}
		}
		if err := s.Close(); err != nil {
			t.Errorf("bit %d: Close gives %v", bit, err)
		}
	}
	if refused == 0 || missing == 0 {
		t.Errorf("%d files refused, %d days missing: too few flips hit to prove anything", refused, missing)
	}
}
