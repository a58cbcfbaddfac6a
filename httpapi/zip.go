package httpapi

import (
	"bytes"
	"compress/gzip"
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
	w := c.pool.Get().(*gzip.Writer)
	defer c.pool.Put(w)
	w.Reset(&out)
	_, _ = w.Write(b) // a bytes.Buffer never fails
	_ = w.Close()
	return bytes.Clone(out.Bytes()) // without the buffer's spare room
}
