package storage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const lockRetry = 50 * time.Millisecond

// lockDir takes the data dir's lock. It is a file of its own because a lock goes
// with the inode: a database that is replaced under a running daemon would come
// without one.
func lockDir(dir string, timeout time.Duration) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lockFile(f, syscall.LOCK_EX, timeout); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	// The pid is for people; a lock without one still locks.
	if err := f.Truncate(0); err == nil {
		_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	return f, nil
}

// lockFile locks an open file, waiting up to timeout, or returns ErrLocked with
// the pid that the file holds, if it holds one.
func lockFile(f *os.File, how int, timeout time.Duration) error {
	for start := time.Now(); ; time.Sleep(lockRetry) {
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, syscall.EWOULDBLOCK):
			return fmt.Errorf("lock %s: %w", f.Name(), err)
		case time.Since(start) < timeout:
			continue
		}
		text := make([]byte, 20)
		n, _ := f.ReadAt(text, 0)
		if pid, err := strconv.Atoi(strings.TrimSpace(string(text[:n]))); err == nil {
			return fmt.Errorf("%w: pid %d", ErrLocked, pid)
		}
		return ErrLocked
	}
}

// unlock lets the data dir go. The file stays: whoever waits for it has it open.
func unlock(f *os.File) error {
	return errors.Join(f.Truncate(0), f.Close())
}
