package config

import (
	"cmp"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// A scalar is a setting with one value. Both its functions close over the
// variable that holds the value; a cell of the products file goes through the
// same set as a value in YAML.
type scalar struct {
	kind   string // of value, as the documentation calls it: "duration"
	want   string // the same in a complaint: "a duration such as 15m"
	bounds string // what set accepts, in words; empty: anything of the kind
	bare   bool   // a number, true or false: stands without quotes in YAML

	set  func(text string) error // its error completes "partner.timeout: "
	text func() string           // what set would take; empty: not set
}

func (s scalar) read(r *reader, n *yaml.Node, at place) {
	const quoted = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	switch {
	case n.Kind != yaml.ScalarNode, n.ShortTag() == "!!null":
		r.complain(at, "expected %s, got %s", s.want, describe(n))
	case s.bare && n.Style&quoted != 0:
		r.complain(at, "expected %s, got the text %s: leave the quotes out", s.want, quote(n.Value))
	default:
		if err := s.set(n.Value); err != nil {
			r.complain(at, "%v", err)
		}
	}
}

func (s scalar) node() *yaml.Node {
	text := s.text()
	if text == "" {
		return nil
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Value: text}
	if !s.bare {
		n.Tag = "!!str" // the encoder quotes what would read as something else
	}
	return n
}

// unlike is the error of text that is not of the kind.
func (s scalar) unlike(text string) error {
	return fmt.Errorf("expected %s, got %s", s.want, quote(text))
}

// outside is the error of a value out of the bounds.
func (s scalar) outside(text string) error {
	return fmt.Errorf("must be %s, got %s", s.bounds, quote(text))
}

// ranged completes a scalar of an ordered type to one that takes the values
// from least to most.
func ranged[T cmp.Ordered](s scalar, into *T, least, most T, parse func(string) (T, error), format func(T) string) scalar {
	if s.bounds == "" {
		s.bounds = format(least) + " to " + format(most)
	}
	s.set = func(text string) error {
		v, err := parse(text)
		if err != nil {
			return s.unlike(text)
		}
		if v < least || v > most {
			return s.outside(text)
		}
		*into = v
		return nil
	}
	s.text = func() string {
		if *into == *new(T) {
			return ""
		}
		return format(*into)
	}
	return s
}
