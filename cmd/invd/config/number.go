package config

import (
	"math"
	"strconv"
	"strings"
	"time"

	"invd/engine/span"
)

func duration(into *time.Duration, least, most time.Duration) scalar {
	s := scalar{kind: "duration", want: "a duration such as 10s, 15m, 4h or 7d"}
	return ranged(s, into, least, most, span.Parse, span.Format)
}

func size(into *int64, least, most int64) scalar {
	s := scalar{kind: "size", want: "a size such as 65536, 512KiB, 8MiB or 1GiB"}
	return ranged(s, into, least, most, parseSize, formatSize)
}

func whole[T int | int64](into *T, least, most T) scalar {
	s := scalar{kind: "whole number", want: "a whole number", bare: true}
	return ranged(s, into, least, most, parseWhole[T], func(v T) string { return strconv.FormatInt(int64(v), 10) })
}

// parseWhole takes plain decimals only: 010 is eight to some readers of YAML
// and ten to others, and 0x and 1_000 are no more needed in a configuration.
func parseWhole[T int | int64](text string) (T, error) {
	digits := strings.TrimPrefix(text, "-")
	if len(digits) > 1 && digits[0] == '0' || strings.HasPrefix(digits, "+") {
		return 0, errQuantity
	}
	v, err := strconv.ParseInt(text, 10, 64)
	return T(v), err
}

// weight is a number over 0: a product that is to get nothing is disabled.
func weight(into *float64) scalar {
	s := scalar{kind: "number", want: "a number", bounds: "more than 0, at most 1000", bare: true}
	return ranged(s, into, math.SmallestNonzeroFloat64, 1000, parseNumber, func(v float64) string {
		return strconv.FormatFloat(v, 'g', -1, 64)
	})
}

// parseNumber takes decimals, which leaves out Inf, NaN and 0x.
func parseNumber(text string) (float64, error) {
	if strings.Trim(text, "0123456789.eE+-") != "" {
		return 0, errQuantity
	}
	return strconv.ParseFloat(text, 64)
}

// enabled is true or false, in the spellings of YAML's core schema; yes and on
// are text to some readers of YAML.
func enabled(into *bool) scalar {
	s := scalar{kind: "true or false", want: "true or false", bare: true}
	s.set = func(text string) error {
		switch text {
		case "true", "True", "TRUE":
			*into = true
		case "false", "False", "FALSE":
			*into = false
		default:
			return s.unlike(text)
		}
		return nil
	}
	s.text = func() string { return strconv.FormatBool(*into) }
	return s
}
