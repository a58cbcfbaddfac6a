package partner

import "math"

// parseWhole reads a decimal number, in JSON's grammar or with leading zeros, as
// the whole number at or below it: 12, 12.5, 1e2, -0. A number beyond int64
// becomes the nearest that is not. exact is false where a fraction was dropped;
// ok is false where text is not a number.
func parseWhole(text []byte) (n int64, exact, ok bool) {
	negative := len(text) > 0 && text[0] == '-'
	if negative {
		text = text[1:]
	}
	mantissa, exponent, ok := splitNumber(text)
	if !ok {
		return 0, false, false
	}
	point := len(mantissa) // how many digits stand before the point
	for i, c := range mantissa {
		if c == '.' {
			point = i
		}
	}
	point += exponent

	exact = true
	digits := 0
	for _, c := range mantissa {
		if c == '.' {
			continue
		}
		if digits < point {
			n = timesTen(n, int64(c-'0'))
		} else if c != '0' {
			exact = false
		}
		digits++
	}
	for ; digits < point && n != 0 && n != math.MaxInt64; digits++ {
		n = timesTen(n, 0)
	}
	if negative {
		if n = -n; !exact {
			n--
		}
	}
	return n, exact, true
}

func timesTen(n, digit int64) int64 {
	if n > (math.MaxInt64-digit)/10 {
		return math.MaxInt64
	}
	return n*10 + digit
}

// splitNumber checks an unsigned number and returns what stands before its
// exponent, and the exponent, which is bounded to where it still matters.
func splitNumber(text []byte) (mantissa []byte, exponent int, ok bool) {
	const far = 1 << 40 // more than any body has digits
	i, digits, points := 0, 0, 0
	for ; i < len(text); i++ {
		switch c := text[i]; {
		case '0' <= c && c <= '9':
			digits++
			continue
		case c == '.' && points == 0 && digits > 0:
			points++
			continue
		}
		break
	}
	mantissa = text[:i]
	if digits == 0 || mantissa[i-1] == '.' {
		return nil, 0, false
	}
	if i == len(text) {
		return mantissa, 0, true
	}
	if text[i] != 'e' && text[i] != 'E' {
		return nil, 0, false
	}
	rest, minus := text[i+1:], false
	if len(rest) > 0 && (rest[0] == '-' || rest[0] == '+') {
		rest, minus = rest[1:], rest[0] == '-'
	}
	for _, c := range rest {
		if c < '0' || c > '9' {
			return nil, 0, false
		}
		exponent = min(far, exponent*10+int(c-'0'))
	}
	if minus {
		exponent = -exponent
	}
	return mantissa, exponent, len(rest) > 0
}
