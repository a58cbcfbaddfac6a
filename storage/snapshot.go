package storage

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"go.etcd.io/bbolt"
)

// sumSuffix names the file beside a snapshot that holds its SHA-256.
const sumSuffix = ".sha256"

// A Copy tells of a checked copy of a database.
type Copy struct {
	File   string `json:"file"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // hexadecimal
}

// Snapshot writes a copy of the store, as it is at one moment, to path (mode 0600)
// and its SHA-256 to path.sha256, in the form that sha256sum -c reads. Reads and
// writes go on meanwhile, though the file may grow. Every page of the copy is read
// back, and the checksum of every record, before it gets its name: what is at path
// is whole, or what was there before. (Check compares the records with each other,
// too, and takes ten times as long.)
func (s *Store) Snapshot(path string) error {
	_, err := WriteSnapshot(path, func(w io.Writer) (err error) {
		viewErr := s.view(func(tx *bbolt.Tx) { _, err = tx.WriteTo(w) })
		return errors.Join(viewErr, err)
	})
	return err
}

// SnapshotDir is Snapshot of a data dir whose daemon does not run. It is ErrLocked
// when one does.
func SnapshotDir(dir, path string) (Copy, error) {
	var c Copy
	err := withFile(dir, func(db *bbolt.DB) (err error) {
		c, err = WriteSnapshot(path, func(w io.Writer) error {
			return db.View(func(tx *bbolt.Tx) error {
				_, err := tx.WriteTo(w)
				return err
			})
		})
		return err
	})
	return c, err
}

// WriteSnapshot makes a snapshot at path of the database that write writes: under
// another name first, which becomes path when the copy is on disk and was found
// good. Its sum is written last, so that there is never one beside another file's. What
// is there and is no file, as /dev/stdout, is left alone.
func WriteSnapshot(path string, write func(io.Writer) error) (_ Copy, err error) {
	if there, err := os.Stat(path); err == nil && !there.Mode().IsRegular() {
		return Copy{}, fmt.Errorf("snapshot %s: what has that name is no file, and not replaced", path)
	}
	tmp := path + ".tmp"
	defer func() {
		if err != nil {
			err = fmt.Errorf("snapshot %s: %w", path, errors.Join(err, removeAny(tmp)))
		}
	}()
	c, err := writeChecked(tmp, write, checkSeals, "")
	if err != nil {
		return Copy{}, err
	}
	if err := removeAny(path + sumSuffix); err != nil {
		return Copy{}, err
	}
	if err := rename(tmp, path); err != nil {
		return Copy{}, err
	}
	c.File = path
	return c, replaceFile(path+sumSuffix, fmt.Appendf(nil, "%s  %s\n", c.SHA256, filepath.Base(path)))
}

// copyBuffer is what is read and written at once.
const copyBuffer = 1 << 20

// writeChecked writes a database to path, flushes it, and has it checked. It must
// have the SHA-256 want, if that is not empty. The check and the sum read what
// was written while the disk is busy with the flush.
func writeChecked(path string, write func(io.Writer) error, check func(string) error, want string) (Copy, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return Copy{}, err
	}
	b := bufio.NewWriterSize(f, copyBuffer)
	if err := errors.Join(write(b), b.Flush()); err != nil {
		return Copy{}, errors.Join(err, f.Close())
	}
	size, seekErr := f.Seek(0, io.SeekCurrent)
	var sum string
	var syncErr, sumErr, checkErr error
	var reads sync.WaitGroup
	reads.Go(func() { sum, sumErr = sumOf(path) })
	reads.Go(func() { checkErr = check(path) })
	syncErr = f.Sync()
	reads.Wait()
	if err := errors.Join(seekErr, syncErr, sumErr, f.Close()); err != nil {
		return Copy{}, err
	}
	if want != "" && want != sum {
		return Copy{}, fmt.Errorf("%w: it has SHA-256 %s, the file beside it says %s", ErrFormat, sum, want)
	}
	return Copy{File: path, Bytes: size, SHA256: sum}, checkErr
}

// checkSeals makes sure that a file of this version can be opened and that the
// checksum of every record is right.
func checkSeals(path string) error {
	if err := walkDatabase(path, slog.New(slog.DiscardHandler), checkSeal); err != nil {
		return err
	}
	db, err := openFile(path, &bbolt.Options{ReadOnly: true, Timeout: defaultLockTimeout})
	if err != nil {
		return err
	}
	return db.Close()
}

func checkSeal(key, value []byte) error {
	if _, ok := unseal(key, value); !ok && !bytes.Equal(key, keySchema) {
		return fmt.Errorf("record %x: %s", key, damagedValue)
	}
	return nil
}

// checkGood is ErrFormat when Check finds anything.
func checkGood(path string) error {
	findings, err := Check(path)
	if err == nil && len(findings) > 0 {
		err = fmt.Errorf("%w: %d findings, the first: %s", ErrFormat, len(findings), findings[0])
	}
	return err
}

// withFile opens the database of a data dir that no daemon has, for reading.
func withFile(dir string, use func(*bbolt.DB) error) (err error) {
	path := filepath.Join(dir, FileName)
	if _, err := os.Stat(path); err != nil { // before a lock file is made there
		return err
	}
	lock, err := lockDir(dir, defaultLockTimeout)
	if err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	defer func() { err = errors.Join(err, unlock(lock)) }()
	return readFile(path, use)
}

func removeAny(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
