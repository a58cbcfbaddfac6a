package inventory_test

import (
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"invd/engine/inventory"
)

func mustMoney(t *testing.T, s string) inventory.Money {
	t.Helper()
	m, err := inventory.ParseMoney(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAmountsAreReadExactlyAndPrintedShortest(t *testing.T) {
	tests := []struct{ in, want string }{ // want "": refused
		{"212.14", "212.14"},
		{"212.140", "212.14"},
		{"2.1214e2", "212.14"},
		{"2.1214E+2", "212.14"},
		{"21214e-2", "212.14"},
		{"73.0", "73"},
		{"73", "73"},
		{"7.3e1", "73"},
		{"1e3", "1000"},
		{"1.234", "1.234"},
		{"0.1", "0.1"},
		{"0.000001", "0.000001"},
		{"1e-6", "0.000001"},
		{"100", "100"},
		{"-0.5", "-0.5"},
		{"-212.14", "-212.14"},
		{"0", "0"},
		{"-0", "0"},
		{"0.00", "0"},
		{"-0.0e5", "0"},
		{"0." + strings.Repeat("0", 300), "0"},
		{"0." + strings.Repeat("0", 120) + "5e120", "0.5"},
		{"999999999999.999999", "999999999999.999999"},
		{"-999999999999.999999", "-999999999999.999999"},
		{"999999999999.999999" + strings.Repeat("0", 40), "999999999999.999999"},
		{"100000000000.0000000", "100000000000"},
		{"100000000000." + strings.Repeat("0", 40), "100000000000"},
		{"123456789012345678e-6", "123456789012.345678"},

		{"1000000000000", ""},
		{"1e12", ""},
		{"1e30", ""},
		{"1e127", ""},
		{"1e128", ""},
		{"1e99999999999999999999", ""},
		{"0.0000001", ""},
		{"1e-7", ""},
		{"1e-127", ""},
		{"999999999999.9999991", ""},
		{"100000000000.0000001", ""},
		{"999999999999.9999990000000001", ""},
		{"18446744073709551617", ""}, // 2^64 + 1
		{"10000000000000000000e-9", ""},
		{"92233720368547758.08e2", ""},
		{"", ""},
		{"-", ""},
		{".", ""},
		{".5", ""},
		{"5.", ""},
		{"5.e1", ""},
		{"-.5", ""},
		{"+5", ""},
		{"--5", ""},
		{"1.2.3", ""},
		{"1,5", ""},
		{"1e", ""},
		{"1e+", ""},
		{"1e1.5", ""},
		{"e5", ""},
		{"1_000", ""},
		{"0x10", ""},
		{" 5", ""},
		{"5 ", ""},
		{"NaN", ""},
		{"Infinity", ""},
		{"null", ""},
		{"5SGD", ""},
	}
	for _, tt := range tests {
		got, err := inventory.ParseMoney(tt.in)
		switch {
		case tt.want == "":
			if err == nil {
				t.Errorf("ParseMoney(%q) = %v, want an error", tt.in, got)
			}
		case err != nil || got.String() != tt.want:
			t.Errorf("ParseMoney(%q) = %v, %v; want %s", tt.in, got, err, tt.want)
		}
	}
}

func TestEqualAmountsAreEqualValues(t *testing.T) {
	for _, same := range [][]string{
		{"212.14", "212.140", "21214e-2", "2.1214e2"},
		{"0", "-0", "0.000", "0e10"},
		{"1000", "1e3", "1000.0", "0.001e6"},
	} {
		for _, s := range same[1:] {
			if got, want := mustMoney(t, s), mustMoney(t, same[0]); got != want {
				t.Errorf("ParseMoney(%q) = %+v, want %+v like %q", s, got, want, same[0])
			}
		}
	}
	if got := mustMoney(t, "0"); got != (inventory.Money{}) {
		t.Errorf(`ParseMoney("0") = %+v, want the zero value`, got)
	}
}

// Amounts of every scale, near each other and far apart, compare like rationals.
func TestAmountsCompareLikeRationals(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pow10 := int64(1)
	amounts := []inventory.Money{{}, mustMoney(t, "999999999999.999999"), mustMoney(t, "-999999999999.999999")}
	for scale := uint8(0); scale <= 6; scale++ {
		for _, near := range []int64{0, pow10, 12 * pow10, 999_999_999_999 * pow10} {
			for range 6 {
				units := near - 3 + random.Int64N(7)
				amounts = append(amounts, normal(units, scale), normal(-units, scale))
			}
		}
		amounts = append(amounts, normal(random.Int64N(999_999_999_999*pow10), scale))
		pow10 *= 10
	}
	for _, a := range amounts {
		for _, b := range amounts {
			if got, want := a.Compare(b), rational(a).Cmp(rational(b)); got != want {
				t.Errorf("%v.Compare(%v) = %d, want %d", a, b, got, want)
			}
		}
		if got, want := a.IsZero(), rational(a).Sign() == 0; got != want {
			t.Errorf("%v.IsZero() = %v, want %v", a, got, want)
		}
		if got, want := a.IsNegative(), rational(a).Sign() < 0; got != want {
			t.Errorf("%v.IsNegative() = %v, want %v", a, got, want)
		}
	}
}

// decimal is the form that ParseMoney reads. It is JSON's and leading zeros.
var decimal = regexp.MustCompile(`^-?0*([0-9]+)(?:\.[0-9]+)?(?:[eE]([+-]?[0-9]+))?$`)

func FuzzParseMoney(f *testing.F) {
	for _, s := range []string{
		"212.14", "73.0", "-0.5", "0", "-0", "1e3", "2.1214e2", "1E-6", "999999999999.999999", "1000000000000",
		"100000000000.0000000", "0.0000001", "123456789012345678.000e-6", "5.", ".5", "-", "1e", "00012.50", "1e128",
	} {
		f.Add(s)
	}
	f.Fuzz(checkMoney)
}

// Digits around the bounds, zeros on either side of them, a point and an exponent
// anywhere: what the fuzzer finds in an hour, in every run of the tests.
func TestRandomDecimalsAreReadExactlyOrRefused(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	digits := func(n int) string {
		b := []byte(strings.Repeat("0", n))
		for i := range b {
			if random.IntN(2) == 0 {
				b[i] += byte(random.IntN(10))
			}
		}
		return string(b)
	}
	for range 30_000 {
		s := digits(1 + random.IntN(20))
		if random.IntN(3) > 0 {
			s += "." + digits(1+random.IntN(24))
		}
		if random.IntN(3) == 0 {
			s += "e" + strconv.Itoa(random.IntN(50)-25)
		}
		if random.IntN(4) == 0 {
			s = "-" + s
		}
		if checkMoney(t, s); t.Failed() {
			return
		}
	}
}

// checkMoney holds ParseMoney to math/big for one text.
func checkMoney(t *testing.T, s string) {
	t.Helper()
	m, err := inventory.ParseMoney(s)
	form := decimal.FindStringSubmatch(s)
	if err != nil {
		if form != nil && believable(t, s, form[1], form[2]) {
			t.Fatalf("ParseMoney(%q) refuses an exact decimal: %v", s, err)
		}
		return
	}
	if form == nil {
		t.Fatalf("ParseMoney(%q) = %v, want an error", s, m)
	}
	want, _ := new(big.Rat).SetString(s)
	if rational(m).Cmp(want) != 0 {
		t.Fatalf("ParseMoney(%q) = %v, want exactly %v", s, m, want)
	}
	if normal(m.Units, m.Scale) != m || m.Scale > 6 {
		t.Errorf("ParseMoney(%q) = %+v, want the normal form %+v", s, m, normal(m.Units, m.Scale))
	}
	if !json.Valid(m.AppendTo(nil)) {
		t.Errorf("ParseMoney(%q) prints as %q, want a JSON number", s, m)
	}
	if again, err := inventory.ParseMoney(m.String()); err != nil || again != m {
		t.Errorf("ParseMoney(%q) = %+v, %v; want %+v", m.String(), again, err, m)
	}
}

// believable reports whether the decimal s, its whole part and exponent given, is
// one that must be read: within the bounds, and not written out absurdly long.
func believable(t *testing.T, s, whole, exponent string) bool {
	t.Helper()
	if exponent != "" {
		if _, err := strconv.ParseInt(exponent, 10, 8); err != nil {
			return false
		}
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("big.Rat cannot read %q", s)
	}
	micros := new(big.Rat).Mul(r, big.NewRat(1_000_000, 1))
	limit := big.NewInt(1_000_000_000_000_000_000)
	return len(whole) <= 18 && micros.IsInt() && micros.Num().CmpAbs(limit) < 0
}

// normal returns units × 10^-scale without trailing zeros.
func normal(units int64, scale uint8) inventory.Money {
	for scale > 0 && units%10 == 0 {
		units, scale = units/10, scale-1
	}
	return inventory.Money{Units: units, Scale: scale}
}

func rational(m inventory.Money) *big.Rat {
	pow10 := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(m.Scale)), nil)
	return new(big.Rat).SetFrac(big.NewInt(m.Units), pow10)
}
