package storage

import (
	"bytes"
	"log/slog"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"invd/engine/inventory"
)

// nobody is a user whom a folder's mode binds, unlike root.
const nobody = 65534

// TestAFolderThatIsClosedToTheStoreDoesNotStopIt takes all rights of a data dir away, as
// chmod by mistake does, and gives them back.
func TestAFolderThatIsClosedToTheStoreDoesNotStopIt(t *testing.T) {
	dir := t.TempDir()
	var log bytes.Buffer // written by the committer, read once it has ended
	s, err := Open(dir, Options{NoSync: true, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	k := inventory.Key{Product: 14, Date: 20_000}
	put := func(n int64) {
		t.Helper()
		mustSync(t, s, night(k, n, time.Now()), 77)
		if got, err := s.Availability(k); err != nil || got.Slots[0].Remaining != n {
			t.Fatalf("read after a write of %d: %+v, %v", n, got, err)
		}
	}
	put(1)
	setMode(t, dir, 0)
	asNobody(t, func() {
		if _, err := os.Stat(s.path); !os.IsPermission(err) {
			t.Errorf("the closed folder can be entered: %v", err)
		}
		put(2)
		put(3)
	})
	setMode(t, dir, 0o700)
	put(4)
	mustClose(t, s)
	if n := strings.Count(log.String(), "cannot be found"); n != 1 {
		t.Errorf("it was logged %d times, want once:\n%s", n, &log)
	}
}

// asNobody runs f without root's right to enter any folder.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() == 0 {
		if err := syscall.Setreuid(-1, nobody); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := syscall.Setreuid(-1, 0); err != nil {
				t.Fatal(err)
			}
		}()
	}
	f()
}

func setMode(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}
