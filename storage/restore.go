package storage

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrNotEmpty says that a data dir holds something already.
var ErrNotEmpty = errors.New("not empty")

// Restore puts a copy of a snapshot into a data dir, which it makes when it is
// missing. Nothing is left there unless the copy has the sum in from.sha256, where
// there is one, and every record of it is good; else it is ErrFormat.
//
// It is ErrLocked when a daemon has the dir, and ErrNotEmpty when the dir holds
// anything but what is left of a daemon whose database was moved away.
//
// The dir gets no marker (see Store.Restored): the next process to open it knows
// by that that the file came from elsewhere.
func Restore(from, dir string) (_ Copy, err error) {
	path := filepath.Join(dir, FileName)
	tmp := path + ".tmp"
	defer func() {
		if err != nil {
			err = fmt.Errorf("restore %s: %w", from, err)
		}
	}()
	src, err := os.Open(from)
	if err != nil {
		return Copy{}, err
	}
	defer src.Close()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Copy{}, err
	}
	lock, err := lockDir(dir, defaultLockTimeout)
	if err != nil {
		return Copy{}, fmt.Errorf("%s: %w", dir, err)
	}
	defer func() { err = errors.Join(err, unlock(lock)) }()
	if err := mustBeEmpty(dir, from); err != nil {
		return Copy{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, removeAny(tmp))
		}
	}()
	want, err := readSum(from + sumSuffix)
	if err != nil {
		return Copy{}, err
	}
	c, err := writeChecked(tmp, func(w io.Writer) error {
		_, err := io.Copy(w, src)
		return err
	}, checkGood, want)
	if err != nil {
		return Copy{}, err
	}
	if err := removeAny(filepath.Join(dir, markerName)); err != nil {
		return Copy{}, err
	}
	c.File = path
	return c, rename(tmp, path)
}

// mustBeEmpty lets pass what a daemon leaves behind whose database was moved away,
// and the folder that the snapshot itself is in.
func mustBeEmpty(dir, snapshot string) error {
	left := map[string]bool{lockName: true, markerName: true, FileName + ".tmp": true, "admin.sock": true, "lost+found": true}
	if inside, err := relative(dir, snapshot); err == nil {
		if name, _, deeper := strings.Cut(inside, string(filepath.Separator)); deeper {
			left[name] = true
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !left[e.Name()] {
			return fmt.Errorf("%s is %w, it has %s: restore into a new folder, or move what is there away", dir, ErrNotEmpty, e.Name())
		}
	}
	return nil
}

func relative(dir, path string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if path, err = filepath.Abs(path); err != nil {
		return "", err
	}
	return filepath.Rel(dir, path)
}

// sumOf returns a file's SHA-256.
func sumOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// readSum returns the sum in a file of sha256sum's form, "" when there is none.
func readSum(path string) (string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	sum, _, _ := strings.Cut(string(text), " ")
	return strings.TrimSpace(sum), nil
}
