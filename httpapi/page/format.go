package page

import (
	"fmt"
	"strconv"
	"time"
)

// appendSpan appends a duration in the two largest units that are not zero: 45s,
// 3m20s, 4h05m, 2d6h.
func appendSpan(b []byte, d time.Duration) []byte {
	s := max(0, int64(d/time.Second))
	switch {
	case s < 60:
		return append(strconv.AppendInt(b, s, 10), 's')
	case s < 60*60:
		return appendUnits(b, s/60, 'm', s%60, 's')
	case s < 24*60*60:
		return appendUnits(b, s/3600, 'h', s/60%60, 'm')
	}
	return appendUnits(b, s/86400, 'd', s/3600%24, 'h')
}

func appendUnits(b []byte, many int64, unit byte, few int64, lesser byte) []byte {
	b = append(strconv.AppendInt(b, many, 10), unit)
	if few == 0 {
		return b
	}
	return append(strconv.AppendInt(b, few, 10), lesser)
}

// seconds writes a number of seconds as reports have them.
func seconds(s float64) string { return string(appendSpan(nil, time.Duration(s*float64(time.Second)))) }

// size writes a number of bytes.
func size(n int64) string {
	const unit = 1 << 10
	if n < unit {
		return strconv.FormatInt(n, 10) + " B"
	}
	f, name := float64(n)/unit, "KiB"
	for _, next := range []string{"MiB", "GiB", "TiB"} {
		if f < unit {
			break
		}
		f, name = f/unit, next
	}
	return fmt.Sprintf("%.1f %s", f, name)
}

// count writes a number with its thousands apart.
func count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:] // narrow no-break space
	}
	return s
}

// ratio writes which part of the lookups were hits.
func ratio(hits, misses uint64) string { return percent(int(hits), int(hits+misses)) }

// percent writes part of whole, rounded down: 100 % means all.
func percent(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	return strconv.FormatFloat(float64(part*1000/whole)/10, 'f', -1, 64) + "\u202f%"
}
