package config

import "go.yaml.in/yaml/v3"

// A setting is a part of the schema: it takes its value from YAML and gives it
// back.
type setting interface {
	// read sets the value, or complains to r and leaves it as it was.
	read(r *reader, n *yaml.Node, at place)
	// node is nil when the value is not set.
	node() *yaml.Node
}

// A field is a key and what it sets.
type field struct {
	key      string
	required bool
	setting
}

// A section is a mapping with a closed set of keys.
type section struct {
	fields []field
	check  func(f found) // of the keys together, when each is good; may be nil
	always func(f found) // likewise, whatever the keys are like
}

// found tells where the keys of a section stand in the file.
type found struct {
	r     *reader
	at    place
	lines map[string]int
}

// line is a key's or, when it is absent, the section's.
func (f found) line(key string) int {
	if line, ok := f.lines[key]; ok {
		return line
	}
	return f.at.line
}

func (f found) complain(key, format string, args ...any) {
	f.r.complain(f.at.key(key, f.line(key)), format, args...)
}

func (s section) read(r *reader, n *yaml.Node, at place) {
	before := r.count()
	f, ok := s.readKeys(r, n, at)
	if ok && s.always != nil {
		s.always(f)
	}
	if ok && s.check != nil && r.count() == before {
		s.check(f)
	}
}

// readKeys reads all keys, or is false when there can be none. A section with
// nothing in it is as good as absent.
func (s section) readKeys(r *reader, n *yaml.Node, at place) (f found, ok bool) {
	f = found{r: r, at: at, lines: make(map[string]int, len(s.fields))}
	if n.Kind != yaml.MappingNode && n.ShortTag() != "!!null" {
		r.complain(at, "expected a mapping of keys to values, got %s", describe(n))
		return f, false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		here := at.key(key.Value, key.Line)
		known, ok := s.field(key.Value)
		first := f.lines[key.Value]
		switch {
		case key.Kind != yaml.ScalarNode:
			r.complain(place{at.path, key.Line}, "expected a key, got %s", describe(key))
		case !ok:
			r.complain(here, "unknown key%s", meant(key.Value, s.fields))
		case first > 0:
			r.complain(here, "set twice, first on line %d", first)
		default:
			f.lines[key.Value] = key.Line
			known.read(r, value, here)
		}
	}
	for _, field := range s.fields {
		if field.required && f.lines[field.key] == 0 {
			r.complain(at.key(field.key, at.line), "required, but absent")
		}
	}
	return f, true
}

func (s section) field(key string) (field, bool) {
	for _, f := range s.fields {
		if f.key == key {
			return f, true
		}
	}
	return field{}, false
}

// meant guesses which key an unknown one stands for, in brackets; or is empty.
func meant(unknown string, fields []field) string {
	if near := suggest(unknown, keys(fields)); near != "" {
		return " (did you mean " + near + "?)"
	}
	return ""
}

func keys(fields []field) []string {
	var all []string
	for _, f := range fields {
		all = append(all, f.key)
	}
	return all
}

func (s section) node() *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode}
	for _, f := range s.fields {
		if value := f.setting.node(); value != nil {
			m.Content = append(m.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: f.key}, value)
		}
	}
	if len(m.Content) == 0 {
		return nil
	}
	return m
}
