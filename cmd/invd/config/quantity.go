package config

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// maxDays keeps a number of days within a time.Duration.
const maxDays = int64(math.MaxInt64 / day)

var errQuantity = errors.New("not a quantity")

// parseDuration reads a Go duration with days, as whole numbers, in front:
// 90s, 1h30m, 7d, 1d12h.
func parseDuration(text string) (time.Duration, error) {
	count, rest, ok := strings.Cut(text, "d")
	if !ok {
		return time.ParseDuration(text)
	}
	days, err := strconv.ParseUint(count, 10, 32)
	if err != nil || int64(days) > maxDays {
		return 0, errQuantity
	}
	whole := time.Duration(days) * day
	if rest == "" {
		return whole, nil
	}
	part, err := time.ParseDuration(rest)
	if err != nil || rest[0] == '-' || rest[0] == '+' || part > math.MaxInt64-whole {
		return 0, errQuantity
	}
	return whole + part, nil
}

// formatDuration writes what parseDuration reads back, the way people write
// it: 15m rather than 15m0s, and 7d rather than 168h, but 48h and 72h.
func formatDuration(d time.Duration) string {
	if d >= 7*day && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// units are the sizes' units, the largest first; bytes need none.
var units = []struct {
	name  string
	shift int
}{{"TiB", 40}, {"GiB", 30}, {"MiB", 20}, {"KiB", 10}, {"B", 0}, {"", 0}}

// parseSize reads a whole number of bytes, or of one of the units.
func parseSize(text string) (int64, error) {
	digits := strings.TrimRight(text, "BKMGTikmgtb")
	unit := text[len(digits):]
	n, err := strconv.ParseUint(digits, 10, 63)
	if err != nil {
		return 0, errQuantity
	}
	for _, u := range units {
		if u.name == unit {
			if n > math.MaxInt64>>u.shift {
				return 0, errQuantity
			}
			return int64(n) << u.shift, nil
		}
	}
	return 0, errQuantity
}

// formatSize writes what parseSize reads back, in the largest unit that
// divides it.
func formatSize(bytes int64) string {
	for _, u := range units {
		if u.shift > 0 && bytes != 0 && bytes%(1<<u.shift) == 0 {
			return strconv.FormatInt(bytes>>u.shift, 10) + u.name
		}
	}
	return strconv.FormatInt(bytes, 10)
}
