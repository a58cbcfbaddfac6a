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
		left int64
		use  func(*Store, inventory.Key) error
	}{
		{"all, a read", 0, read},
		{"all, a write", 0, write},
		{"all but the first page, a read", 4096, read},
		{"all but the first page, a write", 4096, write},
		{"half, a write", 16 << 10, write},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := mustOpen(t, t.TempDir())
			k := inventory.Key{Product: 14, Date: 20_000}
			for range 20 {
				mustSync(t, s, night(k, 3, time.Now()), 77)
				k.Date++
			}
			k.Date--
			if err := os.Truncate(s.path, tt.left); err != nil {
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
