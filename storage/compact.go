package storage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// Compacted tells what Compact did.
type Compacted struct {
	File   string `json:"file"`
	Before int64  `json:"bytes_before"`
	After  int64  `json:"bytes_after"`
}

// compactTx bounds what one transaction of a compaction holds in memory.
const compactTx = 16 << 20

// Compact writes the database of a data dir anew, without the free pages. The new
// file takes the old one's place when it is on disk and was found good, so that a
// power cut leaves one or the other; a file that would not shrink is left as it
// is. It needs room on the disk for both, and is ErrLocked while a daemon runs.
func Compact(dir string) (_ Compacted, err error) {
	path := filepath.Join(dir, FileName)
	tmp := path + ".tmp"
	defer func() {
		if err != nil {
			err = fmt.Errorf("compact %s: %w", path, errors.Join(err, removeAny(tmp)))
		}
	}()
	c := Compacted{File: path}
	err = withFile(dir, func(src *bbolt.DB) error {
		if err := removeAny(tmp); err != nil {
			return err
		}
		// NoSync: rename flushes the file once it is whole.
		dst, err := bbolt.Open(tmp, 0o600, &bbolt.Options{NoSync: true, NoFreelistSync: true, FreelistType: bbolt.FreelistMapType})
		if err != nil {
			return err
		}
		if err := errors.Join(bbolt.Compact(dst, src, compactTx), dst.Close()); err != nil {
			return err
		}
		if err := checkGood(tmp); err != nil {
			return err
		}
		if c.Before, err = fileSize(path); err != nil {
			return err
		}
		if c.After, err = fileSize(tmp); err != nil {
			return err
		}
		if c.After >= c.Before {
			c.After = c.Before
			return removeAny(tmp)
		}
		return rename(tmp, path)
	})
	return c, err
}

func fileSize(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
