package storage

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"invd/engine/inventory"
)

// used makes a data dir with a few records and returns it and the file's bytes.
func used(t *testing.T) (dir string, file []byte) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data")
	s := mustOpen(t, dir)
	for product := range inventory.ProductID(200) {
		mustSync(t, s, night(inventory.Key{Product: 1 + product, Date: 20_000}, 3, noon), 77)
	}
	mustClose(t, s)
	file, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	return dir, file
}

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	dir, _ := used(t)
	for name, want := range map[string]os.FileMode{".": 0o700, FileName: 0o600, markerName: 0o600, lockName: 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", name, got, want)
		}
	}
}

func TestModesThatLetOthersInAreMended(t *testing.T) {
	_, file := used(t)
	for _, tt := range []struct {
		name  string
		files map[string][]byte // that lie there, for all to read
		want  os.FileMode       // of the dir
	}{
		{"an empty dir", nil, 0o700},
		{"a file from elsewhere", map[string][]byte{FileName: file}, 0o755},
		{"a dir with other things", map[string][]byte{"notes.txt": nil}, 0o755},
	} {
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, b := range tt.files {
			if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		mustClose(t, mustOpen(t, dir))
		for name, want := range map[string]os.FileMode{".": tt.want, FileName: 0o600} {
			info, err := os.Stat(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if got := info.Mode().Perm(); got != want {
				t.Errorf("%s: %s has mode %o, want %o", tt.name, name, got, want)
			}
		}
	}
}

func TestASecondOpenIsLockedOutAndToldByWhom(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	_, err := Open(dir, Options{LockTimeout: time.Millisecond})
	if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), strconv.Itoa(os.Getpid())) {
		t.Errorf("the second Open gives %v, want ErrLocked with pid %d", err, os.Getpid())
	}
	if _, err := Check(s.path); !errors.Is(err, ErrLocked) {
		t.Errorf("Check of an open file gives %v, want ErrLocked", err)
	}
	// The database of a running daemon may be replaced; the dir is locked still.
	if err := os.Rename(s.path, s.path+".old"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{LockTimeout: time.Millisecond}); !errors.Is(err, ErrLocked) {
		t.Errorf("Open of a dir whose file was moved gives %v, want ErrLocked", err)
	}
	mustClose(t, s)
	if err := os.Rename(s.path+".old", s.path); err != nil {
		t.Fatal(err)
	}
	mustClose(t, mustOpen(t, dir))
}

func TestAFileThatMustNotBeOpenedIsRefusedAndLeftAlone(t *testing.T) {
	dir, file := used(t)
	path := filepath.Join(dir, FileName)
	l, _, err := readLayout(bytes.NewReader(file), uint64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	inUse := int(l.pages * l.pageSize)
	foreign := func(prepare func(*bbolt.Tx) error) []byte {
		other := filepath.Join(t.TempDir(), "other.db")
		db, err := bbolt.Open(other, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(db.Update(prepare), db.Close()); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(other)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	schema := func(version uint32) []byte {
		return foreign(func(tx *bbolt.Tx) error {
			return errors.Join(initialize(tx), tx.Bucket(bucketMeta).Put(keySchema, binary.BigEndian.AppendUint32(nil, version)))
		})
	}
	tests := []struct {
		name  string
		file  []byte // nil: none
		words string // that the message must have
	}{
		{"missing", nil, "restore a snapshot"},
		{"emptied", []byte{}, "restore a snapshot"},
		{"100 bytes", file[:100], "restore a snapshot"},
		{"4194 bytes", file[:4194], "truncated"},
		{"half", file[:inUse/2], "truncated"},
		{"all but a byte", file[:inUse-1], "truncated"},
		{"garbage", bytes.Repeat([]byte("garbage!"), 8192), "damaged"},
		{"zeros", make([]byte, 65536), "damaged"},
		{"another program's", foreign(func(tx *bbolt.Tx) error {
			_, err := tx.CreateBucket([]byte("orders"))
			return err
		}), "no inventory database"},
		{"schema of the future", schema(2), "schema version 2"},
		{"schema of the past", schema(0), "schema version 0"},
		{"a bucket is missing", foreign(func(tx *bbolt.Tx) error {
			return errors.Join(initialize(tx), tx.DeleteBucket(bucketDays))
		}), "bucket days"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
			if tt.file != nil {
				if err := os.WriteFile(path, tt.file, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			s, err := Open(dir, Options{NoSync: true})
			if !errors.Is(err, ErrFormat) {
				t.Errorf("Open gives %v, %v; want ErrFormat", s, err)
			} else if !strings.Contains(err.Error(), tt.words) {
				t.Errorf("Open gives %q, which does not say %q", err, tt.words)
			}
			got, err := os.ReadFile(path)
			if tt.file == nil {
				if !errors.Is(err, os.ErrNotExist) {
					t.Errorf("there is a file now, error %v", err)
				}
			} else if err != nil || !bytes.Equal(got, tt.file) {
				t.Errorf("the file was changed, error %v", err)
			}
			if tt.file != nil {
				if findings, err := Check(path); !errors.Is(err, ErrFormat) {
					t.Errorf("Check gives %q, %v; want ErrFormat", findings, err)
				}
			}
		})
	}
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	mustBeClean(t, mustOpen(t, dir))
}

func TestWhatIsNoFileIsRefused(t *testing.T) {
	for name, make := range map[string]func(string) error{
		"a folder": func(path string) error { return os.Mkdir(path, 0o700) },
		"a pipe":   func(path string) error { return syscall.Mkfifo(path, 0o600) },
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, FileName)
		if err := make(path); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, Options{NoSync: true}); !errors.Is(err, ErrFormat) {
			t.Errorf("Open of %s gives %v, want ErrFormat", name, err)
		}
		if _, err := Check(path); !errors.Is(err, ErrFormat) {
			t.Errorf("Check of %s gives %v, want ErrFormat", name, err)
		}
	}
}

func TestAnInterruptedCreationIsBegunAgain(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, FileName+".tmp"), []byte("half of a"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := mustOpen(t, dir)
	mustClose(t, s)
	// It was interrupted again after the database came, before its marker did.
	if err := os.Remove(filepath.Join(dir, markerName)); err != nil {
		t.Fatal(err)
	}
	mustClose(t, mustOpen(t, dir))
	if _, err := os.Stat(filepath.Join(dir, markerName)); err != nil {
		t.Errorf("the marker is missing: %v", err)
	}
}

func TestATornMetaPageCostsTheLastCommitAtMost(t *testing.T) {
	dir, file := used(t)
	l, _, err := readLayout(bytes.NewReader(file), uint64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for page := range uint64(2) {
		torn := bytes.Clone(file)
		clear(torn[page*l.pageSize+40 : (page+1)*l.pageSize])
		if err := os.WriteFile(filepath.Join(dir, FileName), torn, 0o600); err != nil {
			t.Fatal(err)
		}
		s := mustOpen(t, dir)
		if got := s.Stats().Days; got < 199 {
			t.Errorf("with meta page %d torn there are %d days, want 199 at least", page, got)
		}
		mustClose(t, s)
	}
}

func FuzzPreflight(f *testing.F) {
	dir := f.TempDir()
	s := mustOpen(f, dir)
	for product := range inventory.ProductID(50) {
		mustSync(f, s, night(inventory.Key{Product: 1 + product, Date: 20_000}, 3, noon), 77)
	}
	mustClose(f, s)
	file, err := os.ReadFile(s.path)
	if err != nil {
		f.Fatal(err)
	}
	l, _, err := readLayout(bytes.NewReader(file), uint64(len(file)))
	if err != nil {
		f.Fatal(err)
	}
	file = file[:l.pages*l.pageSize]
	r := rand.New(rand.NewPCG(11, 12))
	for range 300 {
		f.Add(uint(r.Uint32()), binary.BigEndian.AppendUint32(nil, r.Uint32()>>r.IntN(32)))
	}
	f.Fuzz(func(t *testing.T, at uint, patch []byte) {
		patched := bytes.Clone(file)
		copy(patched[at%uint(len(file)):], patch)
		l, _, err := readLayout(bytes.NewReader(patched), uint64(len(patched)))
		if err == nil {
			err = l.walk(patched, nil)
		}
		if err != nil {
			return
		}
		// What passes must not make bbolt panic, in whatever goroutine.
		path := filepath.Join(t.TempDir(), FileName)
		if err := os.WriteFile(path, patched, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Check(path); err != nil && !errors.Is(err, ErrFormat) {
			t.Errorf("Check gives %v, want findings or ErrFormat", err)
		}
		db, err := openFile(path, &bbolt.Options{NoFreelistSync: true, FreelistType: bbolt.FreelistMapType})
		if err == nil {
			err = db.Close()
		}
		if err != nil && !errors.Is(err, ErrFormat) {
			t.Errorf("openFile gives %v, want nil or ErrFormat", err)
		}
	})
}

// A page that is gone under the mapping, as a failing disk has it, would be the end
// of the process.
func TestAPageThatCannotBeReadIsAnErrorOfThePreflight(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, make([]byte, 4*4096), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l := layout{pageSize: 4096, root: 6, pages: 8}
	if err := l.walkFile(f, nil); err == nil || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("walkFile = %v, want that it cannot be read", err)
	}
}
