package partner

import (
	"bytes"
	"strconv"
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

// amount reads an exact decimal of a number or a numeric string, without the noise of
// floating point; otherwise where the partner said nothing.
func (d *decoder) amount(s scalar, otherwise inventory.Money) (inventory.Money, bool) {
	if s.absent() {
		return otherwise, true
	}
	if s.kind != jsontext.KindNumber && s.kind != jsontext.KindString {
		return inventory.Money{}, false
	}
	m, err := inventory.ParseMoney(d.words.intern(s.text))
	if err == nil {
		return m, true
	}
	for _, text := range meant(s.text) {
		if m, err := inventory.ParseMoney(text); err == nil {
			d.notes.Rounded++
			return m, true
		}
	}
	return inventory.Money{}, false
}

// meant returns what a partner may mean who calculates in floating point and prints
// what that leaves, as 0.30000000000000004 for 0.1 + 0.2: the number to 15 digits, as
// many as a float64 holds of any, and to 9 behind the point, for of a difference the
// noise is that of the larger numbers. None if text is no number.
func meant(text []byte) []string {
	if _, _, ok := splitNumber(bytes.TrimPrefix(text, []byte("-"))); !ok {
		return nil
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return nil
	}
	return []string{strconv.FormatFloat(f, 'e', 14, 64), strconv.FormatFloat(f, 'f', 9, 64)}
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
