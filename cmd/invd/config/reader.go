package config

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"go.yaml.in/yaml/v3"
)

// A reader is one pass over a configuration file: what its settings are read
// against, and what is wrong with them.
type reader struct {
	complaints
	file   string // the configuration file, as the caller named it
	folder string // absolute; relative paths begin here

	open   func(path string) (io.ReadCloser, error)
	getenv func(name string) string

	zones     map[string]*time.Location // loaded so far; loading one reads a file
	schedules map[string]int            // line of each name
	ids       map[int64]spot            // of the products
}

// A spot is a line of one of the two files.
type spot struct {
	file string
	line int
}

func newReader(file string) (*reader, error) {
	folder, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return nil, err
	}
	return &reader{
		file:      file,
		folder:    folder,
		open:      func(path string) (io.ReadCloser, error) { return os.Open(path) },
		getenv:    os.Getenv,
		zones:     make(map[string]*time.Location),
		schedules: make(map[string]int),
		ids:       make(map[int64]spot),
	}, nil
}

func (r *reader) complain(at place, format string, args ...any) {
	msg := fmt.Sprintf(format, args...)
	if at.path != "" {
		msg = at.path + ": " + msg
	}
	r.add(r.file, at.line, "%s", msg)
}

// display names a file beside the configuration the way that was named.
func (r *reader) display(path string) string {
	if rel, err := filepath.Rel(r.folder, path); err == nil && filepath.IsLocal(rel) {
		return filepath.Join(filepath.Dir(r.file), rel)
	}
	return path
}

// plainKey is what a path shows of a key as it is.
var plainKey = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,60}$`)

// A place is a setting's in the configuration: "partner.limits[0].per", and
// the line of its key.
type place struct {
	path string
	line int
}

func (p place) key(key string, line int) place {
	if !plainKey.MatchString(key) {
		key = quote(key)
	}
	if p.path != "" {
		key = p.path + "." + key
	}
	return place{key, line}
}

func (p place) item(i, line int) place {
	return place{fmt.Sprintf("%s[%d]", p.path, i), line}
}

// describe says what a value is when it is not what it should be.
func describe(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.ShortTag() == "!!null":
		return "nothing"
	}
	return quote(n.Value)
}
