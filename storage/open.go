package storage

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// The files of the data dir that are the store's. FileName is the database.
const (
	FileName   = "inventory.db"
	markerName = "inventory.id"   // tells that there was a database once
	lockName   = "inventory.lock" // its lock is the data dir's; holds the holder's pid
)

// SchemaVersion is of everything in the file. A change of format that older
// programs cannot read raises it.
const SchemaVersion = 1

// mapSize is reserved of the address space, not of memory. While the file is
// smaller it can grow without waiting for readers.
const mapSize = 1 << 30

// The keys of the meta bucket. The schema version is four bytes, big-endian and
// not sealed, in every version of the format.
var (
	keySchema  = []byte("schema")
	keyCreated = []byte("created")
	keyID      = []byte("id")
)

// Open opens the store in a data dir, which it makes (mode 0700) when it is
// missing, as it does the file (0600) when the dir never held one. An empty dir
// and a file that came from elsewhere get these modes, if they can be given.
//
// It is ErrLocked when another process has the dir. It is ErrFormat when there is
// a file that must not be opened, or none where there was one: then nothing was
// touched, and the message says what to do.
func Open(dir string, o Options) (_ *Store, err error) {
	if o.LockTimeout <= 0 {
		o.LockTimeout = defaultLockTimeout
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open storage: %w", err)
	}
	lock, err := lockDir(dir, o.LockTimeout)
	if err != nil {
		return nil, fmt.Errorf("open storage %s: %w", dir, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("open storage %s: %w", dir, err), unlock(lock))
		}
	}()
	path := filepath.Join(dir, FileName)
	created, err := createIfNew(dir, path)
	if err != nil {
		return nil, err
	}
	if err := preflight(path, o.Log); err != nil {
		return nil, err
	}
	// Statistics stay on: they cost a read 0.1 to 0.3 µs and are the only way to
	// see free pages, and the open reads that keep pages from being used again.
	db, err := openFile(path, &bbolt.Options{
		Timeout:         o.LockTimeout,
		FreelistType:    bbolt.FreelistMapType,
		NoFreelistSync:  true,
		NoSync:          o.NoSync,
		InitialMmapSize: mapSize,
	})
	if err != nil {
		return nil, err
	}
	if err := keepPrivate(dir, path, created); err != nil {
		o.Log.Warn("others may be able to read the data dir", "err", err)
	}
	s, err := newStore(o, lock, db)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err = s.count(); err == nil {
		err = s.mark(dir, created)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close(), s.unmap())
	}
	go s.run()
	return s, nil
}

// createIfNew makes the file when the dir is new, and reports whether it did. It is
// made under another name and renamed when it is whole and on disk, so that a power
// cut leaves either none or one that opens.
func createIfNew(dir, path string) (created bool, err error) {
	_, err = os.Stat(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	if _, err := os.Stat(filepath.Join(dir, markerName)); !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("%w: %s is missing, but %s shows that there was one: restore a snapshot, or delete %[3]s to begin with nothing",
			ErrFormat, FileName, markerName)
	}
	tmp := path + ".tmp"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	db, err := bbolt.Open(tmp, 0o600, &bbolt.Options{NoFreelistSync: true, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return false, err
	}
	if err := errors.Join(db.Update(initialize), db.Close()); err != nil {
		return false, err
	}
	return true, rename(tmp, path)
}

// keepPrivate takes away what others may do to the file, and to a dir that was made
// or empty before this. A dir with other things in it is left as its owner wants it.
func keepPrivate(dir, path string, created bool) error {
	err := private(path)
	if !created {
		return err
	}
	entries, listed := os.ReadDir(dir)
	if others := slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return e.Name() != FileName && e.Name() != lockName
	}); others || listed != nil {
		return errors.Join(err, listed)
	}
	return errors.Join(err, private(dir))
}

// private leaves of a mode what is the owner's.
func private(path string) error {
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return err
	}
	return os.Chmod(path, info.Mode().Perm()&0o700)
}

func initialize(tx *bbolt.Tx) error {
	for _, name := range buckets {
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	meta := tx.Bucket(bucketMeta)
	return errors.Join(
		meta.Put(keySchema, binary.BigEndian.AppendUint32(nil, SchemaVersion)),
		meta.Put(keyCreated, seal(keyCreated, appendNanos(newValue(8), time.Now()))),
		meta.Put(keyID, seal(keyID, append(newValue(32), rand.Text()...))),
	)
}

// openFile opens a file that passed the preflight, and makes sure that it is ours
// and of this version.
func openFile(path string, o *bbolt.Options) (_ *bbolt.DB, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = damagedFile(path, fmt.Sprint(p))
		}
	}()
	db, err := bbolt.Open(path, 0o600, o)
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, fmt.Errorf("%s: %w", path, ErrLocked)
	case err != nil:
		return nil, err
	}
	if err := db.View(func(tx *bbolt.Tx) error { return checkSchema(tx, path) }); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func checkSchema(tx *bbolt.Tx, path string) error {
	meta := tx.Bucket(bucketMeta)
	if meta == nil {
		return fmt.Errorf("%w: %s is no inventory database: move it away", ErrFormat, path)
	}
	version := meta.Get(keySchema)
	if len(version) != 4 {
		return fmt.Errorf("%w: %s names no schema version: restore a snapshot", ErrFormat, path)
	}
	if v := binary.BigEndian.Uint32(version); v != SchemaVersion {
		return fmt.Errorf("%w: %s has schema version %d, this program knows %d: use the version of invd that wrote it, or a newer one",
			ErrFormat, path, v, SchemaVersion)
	}
	for _, name := range buckets {
		if tx.Bucket(name) == nil && !bytes.Equal(name, bucketLearned) { // older files have none
			return damagedFile(path, fmt.Sprintf("bucket %s is missing", name))
		}
	}
	return nil
}

// mark writes the marker that shows that the dir held a database, unless it is
// there. It comes after the database: a marker alone would refuse the next start.
// A file without its marker that was not just created came from elsewhere. The
// committer does not run yet.
func (s *Store) mark(dir string, created bool) error {
	var id []byte
	err := s.view(func(tx *bbolt.Tx) {
		payload, _ := unseal(keyID, tx.Bucket(bucketMeta).Get(keyID))
		id = append(id, payload...)
	})
	if err != nil {
		return err
	}
	path := filepath.Join(dir, markerName)
	if text, err := os.ReadFile(path); err == nil && strings.TrimSpace(string(text)) == string(id) {
		return nil
	}
	if !created {
		if err := adopt(s.db); err != nil {
			return err
		}
	}
	return replaceFile(path, append(id, '\n'))
}
