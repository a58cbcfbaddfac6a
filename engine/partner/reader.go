package partner

import (
	"bytes"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// A scalar is one value of an answer as it was written, for the rules to judge.
// It may alias the body.
type scalar struct {
	kind jsontext.Kind // 0: the member is missing, which null is not
	text []byte        // a string's characters, a number's literal; of others unspecified
}

// absent reports whether the partner said nothing.
func (s scalar) absent() bool { return s.kind == 0 || s.kind == jsontext.KindNull }

// A reader reads values off a JSON text. What is no JSON, has a name twice or text
// that is not UTF-8 is an error, wherever it stands. Nesting beyond the decoder's
// own bound of 10,000 is one too.
type reader struct {
	dec     jsontext.Decoder
	body    []byte
	cleaned int // strings whose control characters were replaced
}

func (r *reader) reset(body []byte) {
	r.dec.Reset(bytes.NewBuffer(body)) // which it reads in place
	r.body = body
}

// object reads an object, calling member with the name of each; member reads the
// value. The name is valid until then.
func (r *reader) object(member func(name []byte) error) error {
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	for r.dec.PeekKind() != jsontext.KindEndObject {
		name, err := r.scalar()
		if err != nil {
			return err
		}
		if err := member(name.text); err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	return err
}

// array reads an array, calling element before each one; element reads it.
func (r *reader) array(element func() error) error {
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	for r.dec.PeekKind() != jsontext.KindEndArray {
		if err := element(); err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	return err
}

// scalar reads any value.
func (r *reader) scalar() (scalar, error) {
	value, err := r.dec.ReadValue()
	if err != nil {
		return scalar{}, err
	}
	// The decoder lends its value until the next call; the body keeps it.
	end := r.dec.InputOffset()
	text := r.body[end-int64(len(value)) : end]
	kind := jsontext.Value(text).Kind()
	if kind == jsontext.KindString {
		text, err = r.unquote(text)
	}
	return scalar{kind, text}, err
}

// unquote returns the characters of a string. Control characters below space, which
// JSON lets through as escapes alone, become U+FFFD: they have no place in a name,
// and NUL ends one elsewhere. Tab, line feed and carriage return stay.
func (r *reader) unquote(quoted []byte) ([]byte, error) {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1], nil
	}
	text, err := jsontext.AppendUnquote(nil, quoted)
	if err != nil || !bytes.ContainsFunc(text, isControl) {
		return text, err
	}
	r.cleaned++
	return bytes.Map(func(c rune) rune {
		if isControl(c) {
			return utf8.RuneError
		}
		return c
	}, text), nil
}

func isControl(c rune) bool {
	return c < ' ' && c != '\t' && c != '\n' && c != '\r'
}
