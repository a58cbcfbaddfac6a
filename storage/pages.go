package storage

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"syscall"
)

// bbolt's pages that hold keys, and the elements they begin with.
const (
	branchPage   = 1
	leafPage     = 2
	elementSize  = 16
	bucketFlag   = 1
	bucketHeader = 16
	maxDepth     = 64 // a tree this deep holds more keys than there are
)

// A walker visits every page that can be reached from the root and makes sure
// that bbolt can, too: each is what it says, lies within the file, is reached
// once, and has its keys in order and inside its parent's range.
type walker struct {
	layout
	file    []byte   // the pages in use, at least
	visited []uint64 // a bit a page
	record  visitor
}

// A visitor looks at a key and its value in the middle of a walk. What it is given
// is valid until it returns. It may be nil.
type visitor func(key, value []byte) error

// walkFile walks over a file that readLayout found long enough. A page that the
// disk cannot read is an error here, and not the end of the process.
func (l layout) walkFile(f *os.File, record visitor) (err error) {
	file, err := syscall.Mmap(int(f.Fd()), 0, int(l.pages*l.pageSize), syscall.PROT_READ, syscall.MAP_SHARED|mapPopulate)
	if err != nil {
		return err
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("cannot be read: %v", p)
		}
		err = errors.Join(err, syscall.Munmap(file))
	}()
	return l.walk(file, record)
}

func (l layout) walk(file []byte, record visitor) error {
	w := &walker{layout: l, file: file, visited: make([]uint64, l.pages/64+1), record: record}
	return w.page(l.root, nil, nil, 0)
}

// page visits a page whose keys must be at least low and below high; nil is no
// bound.
func (w *walker) page(id uint64, low, high []byte, depth int) error {
	b, err := w.read(id)
	if err == nil && depth > maxDepth {
		err = errors.New("too deep")
	}
	if err == nil {
		err = w.elements(b, low, high, depth)
	}
	if err != nil {
		return fmt.Errorf("page %d: %w", id, err)
	}
	return nil
}

// read returns a page with its overflow, and marks all of it as visited.
func (w *walker) read(id uint64) ([]byte, error) {
	if id < 2 || id >= w.pages {
		return nil, errors.New("out of range")
	}
	start := id * w.pageSize
	order := binary.NativeEndian
	if self := order.Uint64(w.file[start:]); self != id {
		return nil, fmt.Errorf("calls itself %d", self)
	}
	overflow := uint64(order.Uint32(w.file[start+12:]))
	if overflow >= w.pages-id {
		return nil, errors.New("overflows the file")
	}
	for n := id; n <= id+overflow; n++ {
		if w.visited[n/64]&(1<<(n%64)) != 0 {
			return nil, errors.New("reached twice")
		}
		w.visited[n/64] |= 1 << (n % 64)
	}
	return w.file[start : start+(1+overflow)*w.pageSize], nil
}

// elements visits the elements of a page, or of a bucket small enough to lie
// inside its parent's.
func (w *walker) elements(b, low, high []byte, depth int) error {
	if len(b) < pageHeaderSize {
		return errors.New("too short")
	}
	order := binary.NativeEndian
	kind, count := order.Uint16(b[8:]), int(order.Uint16(b[10:]))
	switch {
	case kind != branchPage && kind != leafPage:
		return fmt.Errorf("kind %d", kind)
	case kind == branchPage && count == 0:
		return errors.New("no elements")
	case len(b) < pageHeaderSize+count*elementSize:
		return fmt.Errorf("%d elements in %d bytes", count, len(b))
	}
	for i := range count {
		key, value, err := element(b, kind, i)
		if err != nil {
			return fmt.Errorf("element %d: %w", i, err)
		}
		next := high
		if i+1 < count {
			if next, _, err = element(b, kind, i+1); err != nil {
				return fmt.Errorf("element %d: %w", i+1, err)
			}
		}
		if low != nil && bytes.Compare(key, low) < 0 || next != nil && bytes.Compare(key, next) >= 0 {
			return fmt.Errorf("element %d: key out of order", i)
		}
		head := b[pageHeaderSize+i*elementSize:]
		if kind == branchPage {
			err = w.page(order.Uint64(head[8:]), key, next, depth+1)
		} else if flags := order.Uint32(head); flags == bucketFlag {
			err = w.bucket(value, depth+1)
		} else if flags != 0 {
			err = fmt.Errorf("element %d: flags %d", i, flags)
		} else if w.record != nil {
			err = w.record(key, value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// element returns the key of an element, and its value in a leaf.
func element(b []byte, kind uint16, i int) (key, value []byte, err error) {
	order, at := binary.NativeEndian, pageHeaderSize+i*elementSize
	head := b[at:]
	pos, keySize, valueSize := order.Uint32(head), order.Uint32(head[4:]), uint32(0)
	if kind == leafPage {
		pos, keySize, valueSize = order.Uint32(head[4:]), order.Uint32(head[8:]), order.Uint32(head[12:])
	}
	start := uint64(at) + uint64(pos)
	end := start + uint64(keySize) + uint64(valueSize)
	if keySize == 0 || end > uint64(len(b)) {
		return nil, nil, errors.New("outside of its page")
	}
	middle := start + uint64(keySize)
	return b[start:middle:middle], b[middle:end:end], nil
}

// bucket visits the bucket that a leaf's value describes.
func (w *walker) bucket(value []byte, depth int) error {
	if len(value) < bucketHeader {
		return errors.New("bucket too short")
	}
	if root := binary.NativeEndian.Uint64(value); root != 0 {
		return w.page(root, nil, nil, depth)
	}
	if depth > maxDepth {
		return errors.New("too deep")
	}
	return w.elements(value[bucketHeader:], nil, nil, depth)
}
