package partner

import (
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
	"github.com/go-json-experiment/json/jsontext"

	"invd/engine/inventory"
)

// unsaid is a number of places that the partner left out.
const unsaid = -1

// places reads a whole number, 0 to inventory.MaxRemaining, of a number or a
// numeric string; otherwise where the partner said nothing. ok is false for
// anything else.
func (d *decoder) places(s scalar, otherwise int64) (n int64, ok bool) {
	if s.absent() {
		return otherwise, true
	}
	if s.kind != jsontext.KindNumber && s.kind != jsontext.KindString {
		return 0, false
	}
	n, exact, ok := parseWhole(s.text)
	if !ok {
		return 0, false
	}
	if !exact {
		d.notes.Rounded++
	}
	if n < 0 || n > inventory.MaxRemaining {
		d.notes.Clamped++
		n = min(max(n, 0), inventory.MaxRemaining)
	}
	return n, true
}

// amount reads an exact decimal of a number or a numeric string; otherwise where
// the partner said nothing.
func (d *decoder) amount(s scalar, otherwise inventory.Money) (inventory.Money, bool) {
	if s.absent() {
		return otherwise, true
	}
	if s.kind != jsontext.KindNumber && s.kind != jsontext.KindString {
		return inventory.Money{}, false
	}
	m, err := inventory.ParseMoney(d.words.intern(s.text))
	return m, err == nil
}

// clock reads a time of day; it is false, and NoClock, for anything else.
func (d *decoder) clock(s scalar) (inventory.Clock, bool) {
	if s.kind != jsontext.KindString {
		return inventory.NoClock, false
	}
	c, err := inventory.ParseClock(d.words.intern(s.text))
	return c, err == nil
}

// id reads an id, which may be written as a string or a number.
func (d *decoder) id(s scalar) []byte {
	switch {
	case s.kind == jsontext.KindString, s.kind == jsontext.KindNumber:
		return d.cut(s.text, maxWord)
	case !s.absent():
		d.notes.Ignored++
	}
	return nil
}

// word reads an optional text.
func (d *decoder) word(s scalar, limit int) string {
	switch {
	case s.kind == jsontext.KindString:
		return d.words.intern(d.cut(s.text, limit))
	case !s.absent():
		d.notes.Ignored++
	}
	return ""
}

// cut bounds a text to limit bytes of whole characters.
func (d *decoder) cut(text []byte, limit int) []byte {
	if len(text) <= limit {
		return text
	}
	d.notes.Shortened++
	for !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

// words makes one string of texts that come again and again, as most of an answer
// does: each place keeps the latest that fell on it.
type words [128]string

func (w *words) intern(text []byte) string {
	if len(text) == 0 {
		return ""
	}
	place := &w[xxhash.Sum64(text)%uint64(len(w))]
	if *place != string(text) {
		*place = string(text)
	}
	return *place
}
