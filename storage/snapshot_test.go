package storage

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"invd/engine/inventory"
)

func TestASnapshotIsWholeWhileWritesGoOn(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	k := inventory.Key{Product: 14, Date: 20_000}
	for i := range inventory.Date(100) {
		mustSync(t, s, night(inventory.Key{Product: 14, Date: 20_000 + i}, 3, time.Now()), 77)
	}
	var writer sync.WaitGroup
	stop := make(chan struct{})
	writer.Go(func() {
		for n := int64(0); ; n++ {
			select {
			case <-stop:
				return
			default:
				mustSync(t, s, night(k, 1+n%50, time.Now()), 77)
			}
		}
	})
	restored := t.TempDir()
	path := filepath.Join(restored, FileName)
	for range 3 {
		if err := s.Snapshot(path); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	writer.Wait()

	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(path + ".sha256")
	if want := fmt.Sprintf("%x  %s\n", sha256.Sum256(file), FileName); err != nil || string(sum) != want {
		t.Errorf("the sum is %q, %v; want %q", sum, err, want)
	}
	left, err := os.ReadDir(restored)
	if err != nil || len(left) != 2 {
		t.Errorf("the snapshot's dir holds %v, %v; want the copy and its sum", left, err)
	}
	mustBeClean(t, s)
	copied := mustOpen(t, restored)
	if got := copied.Stats().Days; got != 100 {
		t.Errorf("the copy has %d days, want 100", got)
	}
	mustBeClean(t, copied)
}

// Run by root, a snapshot to /dev/stdout would replace it for everybody.
func TestASnapshotReplacesNothingButFiles(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	folder := t.TempDir()
	pipe, link := filepath.Join(folder, "pipe"), filepath.Join(folder, "link")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o600), os.Symlink(pipe, link)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, link, folder} {
		before, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Snapshot(path); err == nil {
			t.Errorf("a snapshot to %s (%v) succeeded", path, before.Mode())
		}
		if after, err := os.Lstat(path); err != nil || after.Mode() != before.Mode() {
			t.Errorf("%s (%v) became %v, %v", path, before.Mode(), after, err)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 2 {
		t.Errorf("the folder holds %v, %v; want the pipe and the link", left, err)
	}
}

func TestASnapshotOfDamagedRecordsDoesNotReplaceAGoodOne(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	k := inventory.Key{Product: 14, Date: 20_000}
	mustSync(t, s, night(k, 3, time.Now()), 77)
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Snapshot(path); err != nil {
		t.Fatal(err)
	}
	corruptDay(t, s, k)
	if err := s.Snapshot(path); err == nil {
		t.Error("Snapshot of a damaged record gives no error")
	}
	if findings, err := Check(path); err != nil || len(findings) != 0 {
		t.Errorf("Check of the snapshot before = %q, %v; want it as it was", findings, err)
	}
	if _, err := os.Stat(path + ".tmp"); err == nil {
		t.Error("a temporary file is left")
	}
	if err := s.Snapshot(filepath.Join(t.TempDir(), "missing", "copy.db")); err == nil {
		t.Error("Snapshot into a dir that is not there gives no error")
	}
}
