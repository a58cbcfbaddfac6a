package storage

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"invd/engine/inventory"
)

// snapshotOf returns a snapshot of a store with one day in it.
func snapshotOf(t *testing.T, k inventory.Key) string {
	t.Helper()
	s := mustOpen(t, t.TempDir())
	mustSync(t, s, night(k, 3, time.Now()), 77)
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Snapshot(path); err != nil {
		t.Fatal(err)
	}
	mustClose(t, s)
	return path
}

func TestARestoredStoreKnowsThatItWasRestored(t *testing.T) {
	k := inventory.Key{Product: 14, Date: 20_000}
	snapshot := snapshotOf(t, k)
	for _, how := range []string{"restore", "by hand"} {
		t.Run(how, func(t *testing.T) {
			dir := t.TempDir()
			if how == "restore" {
				if _, err := Restore(snapshot, dir); err != nil {
					t.Fatal(err)
				}
			} else {
				b, err := os.ReadFile(snapshot)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, FileName), b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			mustClose(t, mustOpen(t, dir)) // nobody asks: the moment has not come
			s := mustOpen(t, dir)
			if _, err := s.Availability(k); err != nil {
				t.Errorf("Availability of what was restored: %v", err)
			}
			for range 2 {
				for _, now := range []time.Time{noon, noon.Add(time.Hour)} {
					if at, err := s.Restored(now); err != nil || !at.Equal(noon) {
						t.Errorf("Restored(%v) = %v, %v; want the moment it was first asked, %v", now, at, err, noon)
					}
				}
				mustClose(t, s)
				s = mustOpen(t, dir)
			}
			mustBeClean(t, s)
		})
	}
}

func TestAStoreThatWasNeverRestoredSaysSo(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		s := mustOpen(t, dir)
		if at, err := s.Restored(noon); err != nil || !at.IsZero() {
			t.Errorf("Restored = %v, %v; want the zero time", at, err)
		}
		mustClose(t, s)
	}
}

func TestRestoreRefusesAndLeavesNothing(t *testing.T) {
	snapshot := snapshotOf(t, inventory.Key{Product: 14, Date: 20_000})
	file := func(dir, name string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("a locked dir", func(t *testing.T) {
		dir := t.TempDir()
		mustOpen(t, dir)
		if _, err := Restore(snapshot, dir); !errors.Is(err, ErrLocked) {
			t.Errorf("Restore = %v, want ErrLocked", err)
		}
	})
	t.Run("a dir with anything in it", func(t *testing.T) {
		dir := t.TempDir()
		file(dir, "notes.txt")
		if _, err := Restore(snapshot, dir); !errors.Is(err, ErrNotEmpty) {
			t.Errorf("Restore = %v, want ErrNotEmpty", err)
		}
	})
	t.Run("a sum of another file", func(t *testing.T) {
		dir := t.TempDir()
		other := filepath.Join(t.TempDir(), "copy.db")
		if err := os.Link(snapshot, other); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(other+sumSuffix, []byte("00ff  copy.db\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Restore(other, dir); !errors.Is(err, ErrFormat) {
			t.Errorf("Restore = %v, want ErrFormat", err)
		}
		for _, name := range []string{FileName, FileName + ".tmp"} {
			if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
				t.Errorf("%s is left", name)
			}
		}
	})
	t.Run("but what a daemon left behind is no hindrance", func(t *testing.T) {
		dir := t.TempDir()
		for _, name := range []string{lockName, markerName, "admin.sock", FileName + ".tmp"} {
			file(dir, name)
		}
		inside := filepath.Join(dir, "snapshots")
		if err := os.Mkdir(inside, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(snapshot, filepath.Join(inside, "copy.db")); err != nil {
			t.Fatal(err)
		}
		if _, err := Restore(filepath.Join(inside, "copy.db"), dir); err != nil {
			t.Errorf("Restore = %v", err)
		}
		mustOpen(t, dir)
	})
}
