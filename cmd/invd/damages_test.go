package main

import (
	"bytes"
	"math/rand/v2"
)

// The ways of damage. The files that they return share nothing with the specimen.
// Some of them must be refused; of most it depends on what was hit.
var damages = []struct {
	name    string
	refused bool
	do      func(*rand.Rand, *specimen) []byte
}{
	{"cut", true, func(r *rand.Rand, s *specimen) []byte { return bytes.Clone(s.file[:r.IntN(s.inUse())]) }},
	{"cut behind what is in use", false, func(r *rand.Rand, s *specimen) []byte {
		return bytes.Clone(s.file[:s.inUse()+r.IntN(1+len(s.file)-s.inUse())])
	}},
	{"emptied", true, func(*rand.Rand, *specimen) []byte { return nil }},
	{"a bit flipped", false, flip(1)},
	{"ten bits flipped", false, flip(10)},
	{"a hundred bits flipped", false, flip(100)},
	{"a bit of the last pages flipped", false, func(r *rand.Rand, s *specimen) []byte {
		b, bit := bytes.Clone(s.file), 8*(s.inUse()-8*pageSize)+r.IntN(8*8*pageSize)
		b[bit/8] ^= 1 << (bit % 8)
		return b
	}},
	{"a page zeroed", false, patch(pageSize, func(_ *rand.Rand, b []byte) { clear(b) })},
	{"a sector zeroed", false, patch(512, func(_ *rand.Rand, b []byte) { clear(b) })},
	{"a page garbled", false, patch(pageSize, garbleBytes)},
	{"some bytes garbled", false, patch(16, garbleBytes)},
	{"a letter of a date's record changed", false, func(r *rand.Rand, s *specimen) []byte {
		b, word := bytes.Clone(s.file), []byte("ADULT")
		from := r.IntN(s.inUse())
		at := bytes.Index(b[from:], word)
		if at < 0 {
			from, at = 0, bytes.Index(b, word)
		}
		b[from+at+2] ^= ' '
		return b
	}},
	{"a page in another's place", false, func(r *rand.Rand, s *specimen) []byte {
		b := bytes.Clone(s.file)
		copy(b[pageSize*r.IntN(s.pages):], b[pageSize*r.IntN(s.pages):][:pageSize])
		return b
	}},
	{"meta pages swapped", false, func(_ *rand.Rand, s *specimen) []byte {
		b := bytes.Clone(s.file)
		copy(b, s.file[pageSize:2*pageSize])
		copy(b[pageSize:], s.file[:pageSize])
		return b
	}},
	{"a meta page copied", false, func(r *rand.Rand, s *specimen) []byte {
		b, from := bytes.Clone(s.file), pageSize*r.IntN(2)
		copy(b[pageSize-from:], s.file[from:from+pageSize])
		return b
	}},
	{"a meta page garbled", false, func(r *rand.Rand, s *specimen) []byte {
		b, at := bytes.Clone(s.file), pageSize*r.IntN(2)
		garbleBytes(r, b[at:at+80])
		return b
	}},
	{"both meta pages garbled", true, func(r *rand.Rand, s *specimen) []byte {
		b := bytes.Clone(s.file)
		garbleBytes(r, b[:80])
		garbleBytes(r, b[pageSize:pageSize+80])
		return b
	}},
	{"sent as a text", true, func(_ *rand.Rand, s *specimen) []byte {
		return bytes.ReplaceAll(s.file[:s.inUse()], []byte("\n"), []byte("\r\n"))
	}},
	{"random bytes", true, func(r *rand.Rand, s *specimen) []byte {
		b := make([]byte, 1+r.IntN(s.inUse()))
		garbleBytes(r, b)
		return b
	}},
	{"another program's", true, func(r *rand.Rand, _ *specimen) []byte {
		begins := []string{"SQLite format 3\x00\x10\x00\x01\x01", "\x7fELF\x02\x01\x01", "PK\x03\x04", "id,name\n14,Night Safari\n"}
		return append([]byte(begins[r.IntN(len(begins))]), make([]byte, r.IntN(8*pageSize))...)
	}},
}

func (s *specimen) inUse() int { return s.pages * pageSize }

func flip(bits int) func(*rand.Rand, *specimen) []byte {
	return func(r *rand.Rand, s *specimen) []byte {
		b := bytes.Clone(s.file)
		for range bits {
			bit := r.IntN(8 * s.inUse())
			b[bit/8] ^= 1 << (bit % 8)
		}
		return b
	}
}

// patch changes so many bytes somewhere, at a multiple of their number.
func patch(size int, change func(*rand.Rand, []byte)) func(*rand.Rand, *specimen) []byte {
	return func(r *rand.Rand, s *specimen) []byte {
		b, at := bytes.Clone(s.file), size*r.IntN(s.inUse()/size)
		change(r, b[at:at+size])
		return b
	}
}

func garbleBytes(r *rand.Rand, b []byte) {
	for i := range b {
		b[i] = byte(r.Uint32())
	}
}
