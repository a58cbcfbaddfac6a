package storage

import (
	"errors"
	"os"
	"testing"
	"time"

	"invd/engine/inventory"
)

// A file that loses its end while it is mapped into memory takes pages from under the
// readers: the store breaks and says why, and the process lives to tell.
func TestAFileThatIsCutOffUnderAReaderBreaksTheStore(t *testing.T) {
	for _, tt := range []struct {
		name string
		left func(layout) uint64 // how many pages
		use  func(*Store, inventory.Key) error
	}{
		{"all, a read", func(layout) uint64 { return 0 }, read},
		{"all, a write", func(layout) uint64 { return 0 }, write},
		{"all but the first page, a read", func(layout) uint64 { return 1 }, read},
		{"all but the first page, a write", func(layout) uint64 { return 1 }, write},
		// The write itself needs nothing of what is gone.
		{"half, a write", func(l layout) uint64 { return l.pages / 2 }, write},
		{"the last page in use, a write", func(l layout) uint64 { return l.pages - 1 }, write},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := mustOpen(t, t.TempDir())
			k := inventory.Key{Product: 14, Date: 20_000}
			for range 200 {
				mustSync(t, s, night(k, 3, time.Now()), 77)
				k.Date++
			}
			k.Date--
			f, err := os.Open(s.path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			info, err := f.Stat()
			if err != nil {
				t.Fatal(err)
			}
			l, _, err := readLayout(f, uint64(info.Size()))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(s.path, int64(tt.left(l)*l.pageSize)); err != nil {
				t.Fatal(err)
			}
			if err := tt.use(s, k); !errors.Is(err, ErrBroken) {
				t.Errorf("got %v, want ErrBroken", err)
			}
			select {
			case <-s.Broken():
			default:
				t.Error("Broken is not closed")
			}
			if err := s.Close(); !errors.Is(err, ErrBroken) {
				t.Errorf("Close gives %v, want ErrBroken", err)
			}
		})
	}
}

func read(s *Store, k inventory.Key) error {
	_, err := s.Availability(k)
	return err
}

func write(s *Store, _ inventory.Key) error { return s.PutHold(time.Now(), "") }
