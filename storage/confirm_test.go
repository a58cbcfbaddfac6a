package storage

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	"go.etcd.io/bbolt"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// stored returns the encoded slots and the header's check of a key.
func stored(t *testing.T, s *Store, k inventory.Key) (slots []byte, checked time.Time) {
	t.Helper()
	err := s.view(func(tx *bbolt.Tx) {
		d, ok := s.day(tx, k)
		if !ok {
			t.Errorf("%s is not stored", k)
		}
		slots, checked = bytes.Clone(d.slots), instant(d.checked)
	})
	if err != nil {
		t.Fatal(err)
	}
	return slots, checked
}

func TestConfirmationsOfAWhileShareOneCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := &counter{}
		s, err := Open(t.TempDir(), Options{NoSync: true, Observer: seen})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		keys := make([]inventory.Key, 50)
		for i := range keys {
			keys[i] = inventory.Key{Product: 14, Date: inventory.Date(20_000 + i)}
			mustSync(t, s, night(keys[i], 3, time.Now()), 77)
		}
		time.Sleep(time.Minute)
		before, first := seen.commits.Load(), time.Now()
		slots, checked := stored(t, s, keys[0])
		generation := s.Generation(keys[0])

		for i, k := range keys {
			if i%2 == 0 {
				if got := mustSync(t, s, night(k, 3, time.Now()), 78); got.Outcome != refresh.Unchanged {
					t.Errorf("Sync of the same = %v, want unchanged", got.Outcome)
				}
			} else if ok, err := s.Confirm(k, 77, time.Now(), time.Now().Add(time.Second), refresh.End{}); err != nil || !ok {
				t.Errorf("Confirm = %v, %v; want true", ok, err)
			}
			time.Sleep(10 * time.Millisecond)
		}
		if got := seen.commits.Load() - before; got != 0 {
			t.Errorf("%d commits after %v, want 0", got, time.Since(first))
		}
		if _, got := stored(t, s, keys[0]); !got.Equal(checked) || s.Generation(keys[0]) != generation {
			t.Errorf("a confirmation is seen before its commit: checked %v at generation %d, want %v at %d",
				got, s.Generation(keys[0]), checked, generation)
		}
		time.Sleep(confirmDelay)
		if got := seen.commits.Load() - before; got != 1 {
			t.Errorf("%d commits after %v, want 1", got, time.Since(first))
		}
		if got := seen.ops.Load(); got != 100 {
			t.Errorf("Observer was told of %d writes, want 100", got)
		}
		gotSlots, gotChecked := stored(t, s, keys[0])
		if !bytes.Equal(gotSlots, slots) {
			t.Errorf("a confirmation changed the slot bytes from %x to %x", slots, gotSlots)
		}
		if want := first.Add(time.Second); !gotChecked.Equal(want) {
			t.Errorf("checked %v, want %v", gotChecked, want)
		}
		if s.Generation(keys[0]) == generation {
			t.Error("the generation did not change with the confirmation's commit")
		}
		if _, hash, _ := s.DayState(keys[0]); hash != 78 {
			t.Errorf("body hash %d, want 78 as confirmed last", hash)
		}
		time.Sleep(time.Minute)
		if got := seen.commits.Load() - before; got != 1 {
			t.Errorf("%d commits after a quiet minute, want 1", got)
		}
	})
}

// At the partner's usual limit, a request each two seconds and a bit, what an answer
// confirms is on disk with the next request's permit, at no commit of its own.
func TestASteadyStreamOfUnchangedAnswersCostsACommitEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := &counter{}
		s, err := Open(t.TempDir(), Options{NoSync: true, Observer: seen})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		k := inventory.Key{Product: 14, Date: 20_000}
		mustSync(t, s, night(k, 3, time.Now()), 77)
		before := seen.commits.Load()
		const fetches = 100
		for permit := uint64(1); permit <= fetches; permit++ {
			jobs := []refresh.Job{{Key: k, Schedule: "today", Created: time.Now()}}
			if err := s.CreateJobsSoon(jobs); err != nil {
				t.Fatal(err)
			}
			if err := s.Begin([]refresh.Start{{Job: jobs[0].ID, Permit: permit, At: time.Now()}}, permit); err != nil {
				t.Fatal(err)
			}
			time.Sleep(50 * time.Millisecond)
			now := time.Now()
			if ok, err := s.Confirm(k, 77, now, now, refresh.End{Job: jobs[0].ID, Permit: permit, At: now}); err != nil || !ok {
				t.Fatalf("Confirm = %v, %v", ok, err)
			}
			time.Sleep(time.Minute/30 + 400*time.Microsecond - 50*time.Millisecond)
		}
		time.Sleep(confirmDelay)
		if got := seen.commits.Load() - before; got > fetches+1 {
			t.Errorf("%d commits for %d fetches, want one each and one for the last", got, fetches)
		}
	})
}

func TestConfirmationsGoWithTheNextCommitOfAnything(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	k := inventory.Key{Product: 14, Date: 20_000}
	start := time.Now().Add(-time.Hour)
	mustSync(t, s, night(k, 3, start), 77)
	mustSync(t, s, night(k, 3, start.Add(time.Minute)), 77)
	if err := s.PutHold(time.Now(), "busy"); err != nil {
		t.Fatal(err)
	}
	if _, got := stored(t, s, k); !got.Equal(start.Add(time.Minute + time.Second)) {
		t.Errorf("checked %v, want %v", got, start.Add(time.Minute+time.Second))
	}
}

func TestConfirmationsAreWrittenByClose(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	k := inventory.Key{Product: 14, Date: 20_000}
	start := time.Now().Add(-time.Hour)
	jobs := []refresh.Job{{Key: k}}
	if err := s.CreateJobs(jobs); err != nil {
		t.Fatal(err)
	}
	mustSync(t, s, night(k, 3, start), 77)
	if ok, err := s.Confirm(k, 77, start.Add(time.Minute), start.Add(time.Minute), refresh.End{Job: jobs[0].ID, At: start}); err != nil || !ok {
		t.Fatalf("Confirm = %v, %v; want true", ok, err)
	}
	mustClose(t, s)
	s = mustOpen(t, dir)
	if _, got := stored(t, s, k); !got.Equal(start.Add(time.Minute)) {
		t.Errorf("checked %v, want %v", got, start.Add(time.Minute))
	}
	if j, err := s.Job(jobs[0].ID); err != nil || j.State != refresh.Done || j.Outcome != refresh.Unchanged {
		t.Errorf("job is %+v, %v; want done, unchanged", j, err)
	}
}

func TestConfirmRefusesWhatItCannotVouchFor(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	k := inventory.Key{Product: 14, Date: 20_000}
	start := time.Now().Add(-time.Hour)
	confirm := func(k inventory.Key, hash uint64, requested time.Time) bool {
		ok, err := s.Confirm(k, hash, requested, requested, refresh.End{})
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	mustSync(t, s, night(k, 3, start), 77)
	for _, tt := range []struct {
		name      string
		key       inventory.Key
		hash      uint64
		requested time.Time
	}{
		{"another body", k, 78, start.Add(time.Minute)},
		{"requested before the stored one", k, 77, start.Add(-time.Minute)},
		{"never fetched", inventory.Key{Product: 15, Date: 20_000}, 77, start.Add(time.Minute)},
	} {
		if confirm(tt.key, tt.hash, tt.requested) {
			t.Errorf("%s: Confirm = true, want false", tt.name)
		}
	}
	corruptDay(t, s, k)
	if confirm(k, 77, start.Add(time.Minute)) {
		t.Error("damaged record: Confirm = true, want false")
	}
}

// More confirmations than are held must cost commits, not memory.
func TestConfirmationsBeyondTheBoundWaitForACommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := &counter{}
		s, err := Open(t.TempDir(), Options{NoSync: true, Observer: seen})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		k := inventory.Key{Product: 14, Date: 20_000}
		mustSync(t, s, night(k, 3, time.Now()), 77)
		for range maxHeld {
			mustSync(t, s, night(k, 3, time.Now()), 77)
		}
		if got := seen.commits.Load(); got != 1 {
			t.Errorf("%d commits with the bound reached, want 1", got)
		}
		mustSync(t, s, night(k, 3, time.Now()), 77)
		if got := seen.commits.Load(); got != 2 {
			t.Errorf("%d commits with one confirmation more, want 2", got)
		}
	})
}
