package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// checkJSON requires the last stdout to be one JSON value, and what stands at a
// path of it, as in products.0.state, to match:
//
//	[!] json [PATH REGEXP]
//
// With "!" there must be nothing at the path. The body is taken of what get printed.
func checkJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 0 && len(args) != 2 && !(neg && len(args) == 1) {
		ts.Fatalf("usage: json [path regexp] | ! json path")
	}
	root, err := parseJSON(ts.ReadFile("stdout"))
	ts.Check(err)
	if len(args) == 0 {
		return
	}
	value, found := lookUp(root, args[0])
	if neg {
		if found {
			ts.Fatalf("%s is %s; want nothing", args[0], value)
		}
		return
	}
	want, err := regexp.Compile(args[1])
	ts.Check(err)
	if !found || !want.MatchString(value) {
		ts.Fatalf("%s is %q; want a match for %s", args[0], value, want)
	}
}

// let sets a variable to what stands at a path of the last stdout: let NAME PATH.
func let(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: let name path")
	}
	root, err := parseJSON(ts.ReadFile("stdout"))
	ts.Check(err)
	value, found := lookUp(root, args[1])
	if !found {
		ts.Fatalf("nothing at %s", args[1])
	}
	ts.Setenv(args[0], value)
}

// parseJSON reads exactly one value.
func parseJSON(text string) (root any, err error) {
	if head, body, _ := strings.Cut(text, "\n\n"); strings.HasPrefix(head, "HTTP ") {
		text = body
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&root); err != nil {
		return nil, fmt.Errorf("not JSON: %w\n%s", err, text)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("more than one JSON value:\n%s", text)
	}
	return root, nil
}

// lookUp returns a member of members and elements, as text. The path "data.len" is
// how many elements data has.
func lookUp(v any, path string) (text string, found bool) {
	for step := range strings.SplitSeq(path, ".") {
		switch node := v.(type) {
		case map[string]any:
			if v, found = node[step]; !found {
				return "", false
			}
		case []any:
			i, err := strconv.Atoi(step)
			switch {
			case step == "len":
				v = len(node)
			case err != nil || i < 0 || i >= len(node):
				return "", false
			default:
				v = node[i]
			}
		default:
			return "", false
		}
	}
	if s, ok := v.(string); ok {
		return s, true
	}
	b, err := json.Marshal(v)
	return string(b), err == nil
}
