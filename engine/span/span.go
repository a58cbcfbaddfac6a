// Package span reads and writes lengths of time as people write them: 90s, 1h30m,
// 7d, 1d12h. The configuration, the flags, the requests and what commands print all
// speak this one language: Go's, and whole days in front.
//
// It is pure.
package span

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// maxDays keeps a number of days within a time.Duration.
const maxDays = uint64(math.MaxInt64 / day)

var errSpan = errors.New("want a length of time, as 90s, 1h30m or 7d")

// Parse reads a Go duration with whole days of 24 hours in front, or either alone:
// 1d12h is 36h. Days are never negative, what stands alone behind none may be.
func Parse(text string) (time.Duration, error) {
	count, rest, hasDays := strings.Cut(text, "d")
	if !hasDays {
		d, err := time.ParseDuration(text)
		if err != nil {
			return 0, errSpan
		}
		return d, nil
	}
	days, err := strconv.ParseUint(count, 10, 64)
	if err != nil || days > maxDays {
		return 0, errSpan
	}
	whole := time.Duration(days) * day
	if rest == "" {
		return whole, nil
	}
	part, err := time.ParseDuration(rest)
	if err != nil || rest[0] == '-' || rest[0] == '+' || part > math.MaxInt64-whole {
		return 0, errSpan
	}
	return whole + part, nil
}

// Format writes what Parse reads back, the way people write it: 15m rather than
// 15m0s, and 7d rather than 168h, but 48h and 72h.
func Format(d time.Duration) string {
	if d >= 7*day && d%day == 0 {
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}
