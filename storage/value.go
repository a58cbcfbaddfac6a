package storage

import (
	"encoding/binary"
	"time"

	"github.com/cespare/xxhash/v2"
)

// Every value of every bucket is sealed: a format byte, then a checksum over the
// value's own key, the format byte and the payload, then the payload. bbolt's
// pages carry no checksum, so this is what keeps a flipped bit from being served;
// covering the key catches a value that ends up under another one.
const (
	format   = 1
	sealSize = 1 + 8
)

// newValue returns room for a sealed value, to append the payload to.
func newValue(payload int) []byte {
	return make([]byte, sealSize, sealSize+payload)
}

// seal completes a value that newValue began. It returns v.
func seal(key, v []byte) []byte {
	v[0] = format
	binary.BigEndian.PutUint64(v[1:], checksum(key, v))
	return v
}

// unseal returns the payload of a value; it is false when the value is not the
// one that was sealed under key. The payload aliases v.
func unseal(key, v []byte) ([]byte, bool) {
	if len(v) < sealSize || v[0] != format || binary.BigEndian.Uint64(v[1:]) != checksum(key, v) {
		return nil, false
	}
	return v[sealSize:], true
}

func checksum(key, v []byte) uint64 {
	var d xxhash.Digest
	d.Reset()
	d.Write(key)
	d.Write(v[:1])
	d.Write(v[sealSize:])
	return d.Sum64()
}

// nanos is how a time is stored: Unix nanoseconds, 0 for the zero time.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// instant is the time that nanos stored, in UTC.
func instant(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC()
}

func appendNanos(b []byte, t time.Time) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(nanos(t)))
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// A parser takes a payload apart. After the first thing that is not there it is
// bad, and everything else it returns is zero.
type parser struct {
	b   []byte
	bad bool
}

func (p *parser) fail() {
	p.b, p.bad = nil, true
}

// end reports whether everything was there and nothing is left.
func (p *parser) end() bool { return !p.bad && len(p.b) == 0 }

func (p *parser) bytes(n uint64) []byte {
	if n > uint64(len(p.b)) {
		p.fail()
		return nil
	}
	b := p.b[:n]
	p.b = p.b[n:]
	return b
}

func (p *parser) byte() byte {
	if b := p.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// enum returns a byte that must be at most last.
func (p *parser) enum(last byte) byte {
	b := p.byte()
	if b > last {
		p.fail()
		return 0
	}
	return b
}

func (p *parser) uint32() uint32 {
	if b := p.bytes(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (p *parser) uint64() uint64 {
	if b := p.bytes(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (p *parser) time() time.Time { return instant(int64(p.uint64())) }

func (p *parser) uvarint() uint64 {
	n, size := binary.Uvarint(p.b)
	if size <= 0 {
		p.fail()
		return 0
	}
	p.b = p.b[size:]
	return n
}

func (p *parser) varint() int64 {
	n, size := binary.Varint(p.b)
	if size <= 0 {
		p.fail()
		return 0
	}
	p.b = p.b[size:]
	return n
}

// count returns a number of things that take at least size bytes each, and so is
// bounded by what is left: nothing allocates more than the payload can fill.
func (p *parser) count(size int) int {
	n := p.uvarint()
	if n > uint64(len(p.b)/size) {
		p.fail()
		return 0
	}
	return int(n)
}

func (p *parser) string() string { return string(p.bytes(p.uvarint())) }
