package storage

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"os"
)

// What bbolt's two meta pages hold. Its numbers are in the byte order of the
// machine that wrote them.
const (
	pageHeaderSize = 16
	metaSize       = 64
	metaMagic      = 0xED0CDAED
	metaVersion    = 2
	minPageSize    = 1 << 10
	maxPageSize    = 1 << 16
)

// A layout is what a valid meta page says about the file.
type layout struct {
	pageSize uint64
	root     uint64 // page of the root bucket
	pages    uint64 // in use, free ones among them: all below the high-water mark
	txid     uint64
}

func damagedFile(path, what string) error {
	return fmt.Errorf("%w: %s is damaged (%s): restore a snapshot; nothing was changed", ErrFormat, path, what)
}

// preflight looks at the file before bbolt maps it into memory. A page that is
// missing there is a fatal fault that no recover catches, and bbolt panics in a
// goroutine of its own on a page that makes no sense; here both are an ErrFormat.
// It reads every page in use. The whole file is mapped at once before that, so that
// it is in memory when bbolt reads it again in an order the kernel cannot guess: cold,
// its pages would come one fault at a time.
func preflight(path string, log *slog.Logger) error {
	return walkDatabase(path, log, nil)
}

func walkDatabase(path string, log *slog.Logger, record visitor) error {
	if err := mustBeFile(path); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() == 0 {
		return fmt.Errorf("%w: %s is empty: restore a snapshot; nothing was changed", ErrFormat, path)
	}
	l, torn, err := readLayout(f, uint64(info.Size()))
	if err == nil {
		err = l.walkFile(f, record)
	}
	if err != nil {
		return damagedFile(path, err.Error())
	}
	if torn {
		log.LogAttrs(context.Background(), slog.LevelWarn, "meta page damaged: the last commit may be lost", slog.String("path", path))
	}
	return nil
}

// mustBeFile refuses folders, pipes and devices; to open a pipe could take forever.
func mustBeFile(path string) error {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%w: %s is no regular file: move it away and restore a snapshot", ErrFormat, path)
	}
	return err
}

// readLayout returns the newest valid layout, as bbolt will choose it. torn
// reports that one of the two meta pages is not valid, which a power cut in the
// middle of a commit does.
func readLayout(f io.ReaderAt, size uint64) (newest layout, torn bool, err error) {
	first, ok := readMeta(f, 0)
	if !ok {
		// The second page's place depends on the page size, which the first one held.
		for pageSize := int64(minPageSize); pageSize <= maxPageSize && !ok; pageSize *= 2 {
			newest, ok = readMeta(f, pageSize)
		}
		torn = true
	} else if second, ok := readMeta(f, int64(first.pageSize)); !ok {
		newest, torn = first, true
	} else if second.txid > first.txid {
		newest = second
	} else {
		newest = first
	}
	switch {
	case !ok:
		return layout{}, false, errors.New("it has no valid meta page")
	case newest.pageSize < minPageSize || newest.pageSize > maxPageSize || newest.pageSize&(newest.pageSize-1) != 0:
		return layout{}, false, fmt.Errorf("page size %d", newest.pageSize)
	case newest.pages > size/newest.pageSize:
		return layout{}, false, fmt.Errorf("truncated: %d bytes of at least %d", size, newest.pages*newest.pageSize)
	}
	return newest, torn, nil
}

func readMeta(f io.ReaderAt, offset int64) (layout, bool) {
	var page [pageHeaderSize + metaSize]byte
	if _, err := f.ReadAt(page[:], offset); err != nil {
		return layout{}, false
	}
	order, m := binary.NativeEndian, page[pageHeaderSize:]
	sum := fnv.New64a()
	sum.Write(m[:metaSize-8])
	if order.Uint32(m) != metaMagic || order.Uint32(m[4:]) != metaVersion || order.Uint64(m[56:]) != sum.Sum64() {
		return layout{}, false
	}
	return layout{
		pageSize: uint64(order.Uint32(m[8:])),
		root:     order.Uint64(m[16:]),
		pages:    order.Uint64(m[40:]),
		txid:     order.Uint64(m[48:]),
	}, true
}
