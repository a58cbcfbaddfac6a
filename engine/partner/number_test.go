package partner

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

// floorOf is the model: the exact value of a number, rounded down and kept within int64.
func floorOf(text string) (n int64, exact bool) {
	r, _ := new(big.Rat).SetString(text)
	q := new(big.Int).Div(r.Num(), r.Denom()) // Euclidean, which for a positive divisor rounds down
	switch {
	case q.IsInt64():
		n = q.Int64()
	case q.Sign() > 0:
		n = math.MaxInt64
	default:
		n = math.MinInt64
	}
	return n, r.IsInt()
}

func TestParseWholeRoundsDownLikeExactArithmetic(t *testing.T) {
	const seed, alphabet = 3, "0001259.e-"
	random := rand.New(rand.NewPCG(seed, seed))
	parsed := 0
	for range 50_000 {
		text := make([]byte, 1+random.IntN(12))
		for i := range text {
			text[i] = alphabet[random.IntN(len(alphabet))]
		}
		n, exact, ok := parseWhole(text)
		if !ok {
			continue
		}
		if _, exponent, _ := strings.Cut(string(text), "e"); len(exponent) > 4 {
			continue // more digits than the model can hold
		}
		parsed++
		want, wantExact := floorOf(string(text))
		if want == math.MinInt64 {
			want++ // parseWhole's lower end is the mirror of its upper one
		}
		if n != want && !(n < math.MinInt64+2 && want < math.MinInt64+2) || exact != wantExact {
			t.Fatalf("parseWhole(%q) = %d, exact %v; want %d, %v (seed %d)", text, n, exact, want, wantExact, seed)
		}
	}
	if parsed < 5_000 {
		t.Errorf("%d random texts were numbers, want enough to mean something", parsed)
	}
}

func TestParseWholeRefusesWhatIsNoNumber(t *testing.T) {
	for _, text := range []string{"", "-", "+1", ".5", "5.", "1.e5", "1e", "1e+", "1e-", "e5", "--1", "1.2.3", "1e5.0", "0x10", "1_000", " 1", "1 ", "NaN", "Infinity", "١"} {
		if n, _, ok := parseWhole([]byte(text)); ok {
			t.Errorf("parseWhole(%q) = %d, want no number", text, n)
		}
	}
}

func TestParseWholeBoundsExponents(t *testing.T) {
	tests := []struct {
		text  string
		n     int64
		exact bool
	}{
		{"1e99999999999999999999999999", math.MaxInt64, true},
		{"1e-99999999999999999999999999", 0, false},
		{"0e99999999999999999999999999", 0, true},
		{"0.0000e5", 0, true},
		{"9223372036854775807", math.MaxInt64, true},
		{"9223372036854775808", math.MaxInt64, true},
		{"-1e99", -math.MaxInt64, true},
		{"-0", 0, true},
		{"12345678901234567890123e-20", 123, false},
	}
	for _, tt := range tests {
		if n, exact, ok := parseWhole([]byte(tt.text)); n != tt.n || exact != tt.exact || !ok {
			t.Errorf("parseWhole(%q) = %d, exact %v, %v; want %d, %v", tt.text, n, exact, ok, tt.n, tt.exact)
		}
	}
}
