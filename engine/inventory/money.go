package inventory

import (
	"fmt"
	"strconv"
)

// Money is an exact decimal: Units × 10^-Scale, in the normal form that has no
// trailing zeros after the point. Two equal amounts are equal as Go values. The
// zero value is 0.
type Money struct {
	Units int64
	Scale uint8 // digits after the point, 0 to 6
}

// Bounds of an amount that is believed: 12 digits before the point, 6 after.
const (
	maxScale = 6
	maxUnits = 1_000_000_000_000_000_000
)

// ParseMoney reads a JSON number's text ("212.14", "2.1214e2") without any
// rounding. It refuses more than 12 digits before the point or 6 after.
func ParseMoney(s string) (Money, error) {
	bad := func() (Money, error) { return Money{}, fmt.Errorf("amount %.30q: want an exact decimal", s) }
	rest, negative := s, false
	if rest != "" && rest[0] == '-' {
		rest, negative = rest[1:], true
	}
	var units int64
	digits, scale, point := 0, 0, false
	i := 0
	for ; i < len(rest); i++ {
		c := rest[i]
		if c == '.' && !point && digits > 0 {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		if units > maxUnits/10 {
			if c != '0' || !point {
				return bad()
			}
			digits++ // a trailing zero beyond the precision changes nothing
			continue
		}
		units = units*10 + int64(c-'0')
		digits++
		if point {
			scale++
		}
	}
	if digits == 0 || rest[min(i, len(rest))-1] == '.' {
		return bad()
	}
	if i < len(rest) {
		if rest[i] != 'e' && rest[i] != 'E' {
			return bad()
		}
		exp, err := strconv.ParseInt(rest[i+1:], 10, 8)
		if err != nil {
			return bad()
		}
		scale -= int(exp)
	}
	for ; scale > 0 && units%10 == 0; scale-- {
		units /= 10
	}
	if units == 0 {
		return Money{}, nil
	}
	for ; scale < 0; scale++ {
		if units > maxUnits/10 {
			return bad()
		}
		units *= 10
	}
	if scale > maxScale || units/pow10[scale] >= 1_000_000_000_000 {
		return bad()
	}
	if negative {
		units = -units
	}
	return Money{Units: units, Scale: uint8(scale)}, nil
}

var pow10 = [maxScale + 1]int64{1, 10, 100, 1_000, 10_000, 100_000, 1_000_000}

// Compare returns -1, 0 or 1 as m is less than, equal to or more than o.
func (m Money) Compare(o Money) int {
	mw, mf := m.split()
	ow, of := o.split()
	switch {
	case mw < ow, mw == ow && mf < of:
		return -1
	case mw == ow && mf == of:
		return 0
	}
	return 1
}

// split returns the whole part and the fraction in millionths, both with m's sign.
func (m Money) split() (whole, millionths int64) {
	p := pow10[m.Scale]
	return m.Units / p, m.Units % p * pow10[maxScale-m.Scale]
}

// IsZero reports whether the amount is 0.
func (m Money) IsZero() bool { return m.Units == 0 }

// IsNegative reports whether the amount is below 0.
func (m Money) IsNegative() bool { return m.Units < 0 }

// AppendTo appends the amount as a JSON number: "212.14", "73", "0".
func (m Money) AppendTo(b []byte) []byte {
	if m.Scale == 0 {
		return strconv.AppendInt(b, m.Units, 10)
	}
	u := m.Units
	if u < 0 {
		b, u = append(b, '-'), -u
	}
	p := pow10[m.Scale]
	b = strconv.AppendInt(b, u/p, 10)
	b = append(b, '.')
	fraction := u % p
	for p /= 10; p > 0; p /= 10 {
		b = append(b, '0'+byte(fraction/p%10))
	}
	return b
}

// String returns the amount as a decimal.
func (m Money) String() string { return string(m.AppendTo(nil)) }
