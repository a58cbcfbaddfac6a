package config

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// document parses the one document of the file. It returns nil after a
// complaint, and for a file without content a node that is nothing.
func (r *reader) document(data []byte) *yaml.Node {
	if line, ok := lineOfNonText(data); ok {
		r.add(r.file, line, "not text: a byte that is no UTF-8, or a control character")
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc, next yaml.Node
	switch err := decoder.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Line: 1}
	case err != nil:
		r.complainSyntax(err, data)
		return nil
	}
	switch err := decoder.Decode(&next); {
	case err == nil:
		r.add(r.file, next.Line, "a second document begins here: a file is one configuration")
		return nil
	case !errors.Is(err, io.EOF):
		r.complainSyntax(err, data)
		return nil
	}
	if r.complainFeatures(&doc) {
		return nil
	}
	return doc.Content[0]
}

// lineOfNonText finds what no YAML file may hold; the parser refuses it
// without saying where.
func lineOfNonText(data []byte) (line int, found bool) {
	for i := 0; i < len(data); {
		c, width := utf8.DecodeRune(data[i:])
		const nextLine = '\u0085' // a line break to YAML
		control := unicode.IsControl(c) && c != '\n' && c != '\r' && c != '\t' && c != nextLine
		if control || c == '\ufffe' || c == '\uffff' || c == utf8.RuneError && width == 1 {
			return 1 + bytes.Count(data[:i], []byte("\n")), true
		}
		i += width
	}
	return 0, false
}

var syntaxLine = regexp.MustCompile(`^line (\d+): `)

// complainSyntax takes the line out of an error of the parser. The parser proper
// counts lines from 0, its scanner from 1, neither says so about the first, and
// the end of the file counts as a line of its own.
func (r *reader) complainSyntax(err error, data []byte) {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 0
	if m := syntaxLine.FindStringSubmatch(msg); m != nil {
		line, _ = strconv.Atoi(m[1])
		msg = msg[len(m[0]):]
	}
	switch {
	case strings.HasPrefix(msg, "did not find expected"):
		line = min(line+1, countLines(data))
	case strings.HasPrefix(msg, "unknown anchor"): // anywhere
	case line == 0:
		line = 1
	}
	r.add(r.file, line, "not YAML: %s", msg)
}

// countLines counts lines as YAML breaks them.
func countLines(data []byte) int {
	n := -bytes.Count(data, []byte("\r\n"))
	for _, end := range []string{"\n", "\r", "\u0085", "\u2028", "\u2029"} {
		n += bytes.Count(data, []byte(end))
		if bytes.HasSuffix(data, []byte(end)) {
			n--
		}
	}
	return n + 1
}

// complainFeatures refuses what makes YAML hard to read and quick to blow up:
// anchors, aliases and tags. A configuration needs none of them.
func (r *reader) complainFeatures(n *yaml.Node) bool {
	refused := true
	switch {
	case n.Kind == yaml.AliasNode:
		r.add(r.file, n.Line, "aliases are not supported, got %s: write the value out", quote("*"+n.Value))
	case n.Anchor != "":
		r.add(r.file, n.Line, "anchors are not supported, got %s: write the value out where it is needed", quote("&"+n.Anchor))
	case n.Style&yaml.TaggedStyle != 0:
		r.add(r.file, n.Line, "tags are not supported, got %s", quote(n.ShortTag()))
	default:
		refused = false
	}
	for _, child := range n.Content {
		if r.complainFeatures(child) {
			refused = true
		}
	}
	return refused
}
