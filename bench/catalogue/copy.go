package catalogue

import (
	"errors"
	"io"
	"os"
)

// CopyFile writes a file's bytes to another, in order and through memory, a
// mebibyte at a time, and flushes them: what a program does that writes that much.
func CopyFile(to, from string) (err error) {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.Create(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dst.Close()) }()
	// Without the methods by which the kernel would copy or share the blocks.
	if _, err := io.CopyBuffer(struct{ io.Writer }{dst}, struct{ io.Reader }{src}, make([]byte, 1<<20)); err != nil {
		return err
	}
	return dst.Sync()
}
