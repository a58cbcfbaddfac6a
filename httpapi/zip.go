package httpapi

import (
	"bytes"
	"compress/gzip"
	"io"
	"sync"
)

// A compressor lends out gzip writers, which are large.
type compressor struct{ pool sync.Pool }

// newCompressor makes a compressor of one of package gzip's levels.
func newCompressor(level int) *compressor {
	return &compressor{sync.Pool{New: func() any {
		w, _ := gzip.NewWriterLevel(nil, level) // it fails for other levels only
		return w
	}}}
}

func (c *compressor) compress(b []byte) []byte {
	var out bytes.Buffer
	_ = c.through(&out, func(w io.Writer) error { // a bytes.Buffer never fails
		_, err := w.Write(b)
		return err
	})
	return bytes.Clone(out.Bytes()) // without the buffer's spare room
}

// through compresses to out what write writes.
func (c *compressor) through(out io.Writer, write func(io.Writer) error) error {
	w := c.pool.Get().(*gzip.Writer)
	defer c.pool.Put(w)
	w.Reset(out)
	if err := write(w); err != nil {
		return err
	}
	return w.Close()
}
