package httpapi

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"invd/engine/span"
)

// param returns the value of a query parameter and how often it was given.
// Unlike url.ParseQuery it allocates nothing for a query without escapes. A value
// that is badly escaped comes back as it is: no parser of ours takes a '%'.
func param(query, name string) (value string, n int) {
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		k, v, _ := strings.Cut(pair, "=")
		if unescape(k) == name {
			value = unescape(v)
			n++
		}
	}
	return value, n
}

func unescape(s string) string {
	if strings.IndexByte(s, '%') >= 0 || strings.IndexByte(s, '+') >= 0 {
		if u, err := url.QueryUnescape(s); err == nil {
			return u
		}
	}
	return s
}

// How long a reader waits for an answer that is young enough: unless it says, and
// whatever it says.
const (
	defaultWait = 1200 * time.Millisecond
	longestWait = 5 * time.Second
)

// A bound is the staleness a reader asked for with max_age.
type bound struct {
	given  bool
	maxAge time.Duration
	wait   time.Duration
	cut    bool // it wanted to wait longer than longestWait
}

// parseBound reads max_age and wait, each given at most once, from a query that
// has a date. It returns the message for a value that cannot be read, "" if there
// is none.
func parseBound(query string) (b bound, complaint string) {
	if strings.IndexByte(query, '&') < 0 {
		return b, "" // the date is all there is
	}
	value, n := param(query, "max_age")
	if n > 0 {
		age, ok := parseLength(value)
		if !ok || n > 1 {
			return b, badMaxAge
		}
		b = bound{given: true, maxAge: age, wait: defaultWait}
	}
	if value, n = param(query, "wait"); n > 0 {
		wait, ok := parseLength(value)
		if !ok || n > 1 {
			return b, badWait
		}
		b.wait, b.cut = min(wait, longestWait), wait > longestWait
	}
	return b, ""
}

// parseLength reads whole seconds or what span.Parse does, not negative.
func parseLength(s string) (time.Duration, bool) {
	if n, err := strconv.ParseUint(s, 10, 32); err == nil {
		return time.Duration(n) * time.Second, true
	}
	d, err := span.Parse(s)
	return d, err == nil && d >= 0
}
