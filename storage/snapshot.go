package storage

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// Snapshot writes a copy of the store, as it is at one moment, to path (mode 0600)
// and its SHA-256 to path.sha256, in the form that sha256sum -c reads. Reads and
// writes go on meanwhile, though the file may grow. The copy is checked record by
// record before it gets its name: what is at path is whole, or what was there
// before.
func (s *Store) Snapshot(path string) (err error) {
	tmp := path + ".tmp"
	defer func() {
		if err != nil {
			err = fmt.Errorf("snapshot %s: %w", path, errors.Join(err, removeAny(tmp)))
		}
	}()
	sum := sha256.New()
	if err := s.copyTo(tmp, sum); err != nil {
		return err
	}
	findings, err := Check(tmp)
	if err != nil {
		return err
	}
	if len(findings) > 0 {
		return fmt.Errorf("%d findings, the first: %s", len(findings), findings[0])
	}
	if err := rename(tmp, path); err != nil {
		return err
	}
	line := fmt.Sprintf("%s  %s\n", hex.EncodeToString(sum.Sum(nil)), filepath.Base(path))
	return replaceFile(path+".sha256", []byte(line))
}

func (s *Store) copyTo(path string, sum io.Writer) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	viewErr := s.view(func(tx *bbolt.Tx) { _, err = tx.WriteTo(io.MultiWriter(f, sum)) })
	return errors.Join(viewErr, err, f.Close())
}

func removeAny(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
