package config

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

var errQuantity = errors.New("not a quantity")

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
