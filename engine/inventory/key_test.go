package inventory_test

import (
	"testing"

	"invd/engine/inventory"
)

func TestProductIDsAreDecimalNumbersThatEveryJSONReaderTakes(t *testing.T) {
	tests := []struct {
		in   string
		want inventory.ProductID // 0: refused
	}{
		{"1", 1},
		{"14", 14},
		{"9007199254740991", inventory.MaxProductID},
		{"9007199254740992", 0},
		{"9999999999999999", 0},
		{"10000000000000000", 0},
		{"9223372036854775808", 0},
		{"", 0},
		{"0", 0},
		{"014", 0},
		{"-1", 0},
		{"+1", 0},
		{"14abc", 0},
		{"1e1", 0},
		{"1.0", 0},
		{" 1", 0},
		{"1 ", 0},
		{"0x1", 0},
		{"1_0", 0},
		{"１４", 0}, // full-width digits
	}
	for _, tt := range tests {
		got, err := inventory.ParseProductID(tt.in)
		if got != tt.want || (err == nil) != (tt.want != 0) {
			t.Errorf("ParseProductID(%q) = %d, %v; want %d", tt.in, got, err, tt.want)
		}
		if err == nil && got.String() != tt.in {
			t.Errorf("ParseProductID(%q).String() = %q, want the same", tt.in, got.String())
		}
	}
}

func TestKeysAreOrderedByProductThenDate(t *testing.T) {
	ascending := []inventory.Key{
		{Product: 1, Date: mustDate(t, "2026-04-09")},
		{Product: 14, Date: mustDate(t, "1970-01-01")},
		{Product: 14, Date: mustDate(t, "2026-04-09")},
		{Product: 14, Date: mustDate(t, "9999-12-31")},
		{Product: inventory.MaxProductID, Date: mustDate(t, "1970-01-01")},
	}
	for i, x := range ascending {
		for j, y := range ascending {
			if got, want := sign(x.Compare(y)), sign(i-j); got != want {
				t.Errorf("%v.Compare(%v) has sign %d, want %d", x, y, got, want)
			}
		}
	}
}

func TestAKeyPrintsAsProductSlashDate(t *testing.T) {
	k := inventory.Key{Product: 14, Date: mustDate(t, "2026-04-09")}
	if got, want := k.String(), "14/2026-04-09"; got != want {
		t.Errorf("Key.String() = %q, want %q", got, want)
	}
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}
