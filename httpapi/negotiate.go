package httpapi

import (
	"strconv"
	"strings"
)

// acceptsGzip reads Accept-Encoding (RFC 9110, 12.5.3): gzip by name counts, else
// the asterisk does.
func acceptsGzip(lines []string) bool {
	any := false
	for _, line := range lines {
		for line != "" {
			var coding string
			coding, line, _ = strings.Cut(line, ",")
			name, params, _ := strings.Cut(coding, ";")
			name = strings.TrimSpace(name)
			switch {
			case strings.EqualFold(name, "gzip"):
				return wanted(params)
			case name == "*":
				any = wanted(params)
			}
		}
	}
	return any
}

// wanted reports whether a coding's weight is above 0. One that cannot be read is
// not.
func wanted(params string) bool {
	params = strings.TrimSpace(params)
	if params == "" {
		return true
	}
	name, value, _ := strings.Cut(params, "=")
	if !strings.EqualFold(strings.TrimSpace(name), "q") {
		return false
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	return err == nil && q > 0
}

// A match is what If-None-Match says of an answer.
type match uint8

const (
	matchNone match = iota
	matchAny        // the asterisk
	matchPlain
	matchZipped
)

// matchTags compares If-None-Match (RFC 9110, 13.1.2) with the ETags of an
// answer, weakly, as the RFC wants it. Of a list that breaks off in something
// else than an ETag, what stands before counts.
func matchTags(lines []string, plain, zipped string) match {
	if len(lines) == 1 && strings.TrimSpace(lines[0]) == "*" {
		return matchAny
	}
	for _, s := range lines {
		for {
			s = strings.TrimLeft(s, " \t,")
			s = strings.TrimPrefix(s, "W/")
			if len(s) < 2 || s[0] != '"' {
				break
			}
			end := strings.IndexByte(s[1:], '"')
			if end < 0 {
				break
			}
			switch tag := s[:end+2]; tag {
			case plain:
				return matchPlain
			case zipped:
				return matchZipped
			}
			s = strings.TrimLeft(s[end+2:], " \t")
			if s != "" && s[0] != ',' {
				break
			}
		}
	}
	return matchNone
}
