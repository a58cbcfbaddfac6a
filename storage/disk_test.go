package storage

import (
	"math/rand/v2"
)

const sector = 512 // bytes that a disk writes whole or not at all

// An image is what a file holds: data, and zeros from there to size.
type image struct {
	data []byte
	size int64
}

func (i image) clone() image {
	return image{data: append([]byte(nil), i.data...), size: i.size}
}

// A disk is what a device and a file system make of the calls of a process: what was
// flushed is there after a power cut, and of what was not, anything may be. Names are
// flushed with their directory, in their order, as those of a journal are.
type disk struct {
	stale func() bool // tells that a flush is to be ignored: the fault that controls plant; nil: none

	files   []*file
	names   map[string]*file // as the process sees them
	durable map[string]*file // as a power cut leaves them
	linked  []event          // changes of names since the last flush of the directory
	inodes  []*file          // of linked, for those that create
}

// A file keeps its writes until it is flushed.
type file struct {
	image   image // flushed
	pending []event
}

func newDisk() *disk {
	return &disk{names: make(map[string]*file), durable: make(map[string]*file)}
}

// do takes one call.
func (d *disk) do(e event) {
	switch e.call {
	case "create":
		if d.names[e.file] != nil {
			return // what is there already is only written to
		}
		f := &file{}
		d.files = append(d.files, f)
		d.link(e, f)
	case "rename", "unlink":
		d.link(e, d.names[e.file])
	case "pwrite", "ftruncate":
		if f := d.names[e.file]; f != nil {
			f.pending = append(f.pending, e)
		}
	case "flush":
		if d.stale != nil && d.stale() {
			return
		}
		if e.file == "." {
			for i, l := range d.linked {
				relink(d.durable, l, d.inodes[i])
			}
			d.linked, d.inodes = nil, nil
		} else if f := d.names[e.file]; f != nil {
			for _, w := range f.pending {
				f.image.apply(w)
			}
			f.pending = nil
		}
	}
}

func (d *disk) link(e event, f *file) {
	relink(d.names, e, f)
	d.linked, d.inodes = append(d.linked, e), append(d.inodes, f)
}

func relink(names map[string]*file, e event, f *file) {
	switch {
	case e.call == "create":
		names[e.file] = f
	case f == nil: // there was nothing to rename or unlink
	case e.call == "unlink":
		delete(names, e.file)
	default:
		delete(names, e.file)
		names[e.to] = f
	}
}

func (i *image) apply(e event) {
	if e.call == "ftruncate" {
		i.size = e.at
		i.data = i.data[:min(int64(len(i.data)), e.at)]
		return
	}
	end := e.at + int64(len(e.data))
	if missing := end - int64(len(i.data)); missing > 0 {
		i.data = append(i.data, make([]byte, missing)...)
	}
	copy(i.data[e.at:], e.data)
	i.size = max(i.size, end)
}

// cut returns the files after a power cut. Of what was not flushed it keeps a first
// part, or any writes, or any sectors of any writes.
func (d *disk) cut(random *rand.Rand) map[string]image {
	names := make(map[string]*file, len(d.durable))
	for name, f := range d.durable {
		names[name] = f
	}
	kept := random.IntN(len(d.linked) + 1)
	for i, l := range d.linked[:kept] {
		relink(names, l, d.inodes[i])
	}
	files := make(map[string]image, len(names))
	for name, f := range names {
		left := f.image.clone()
		writes, share := f.pending, random.Float64()
		mode := random.IntN(3)
		if mode == 0 && len(writes) > 0 {
			writes = writes[:random.IntN(len(writes)+1)]
		}
		for _, w := range writes {
			switch {
			case mode == 0:
				left.apply(w)
			case mode == 1 || w.call == "ftruncate":
				if random.Float64() < share {
					left.apply(w)
				}
			default:
				for at := 0; at < len(w.data); at += sector {
					if random.Float64() < share {
						torn := w
						torn.at, torn.data = w.at+int64(at), w.data[at:min(at+sector, len(w.data))]
						left.apply(torn)
					}
				}
			}
		}
		files[name] = left
	}
	return files
}
