package httpapi

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "Adult", `"\`, "\x00\x1f\x7f", "a\u2028b\u2029", "\xff\xc3", "𝄞é", "\ufffd"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b := appendString(nil, s)
		var got string
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatalf("appendString(%q) = %s: %v", s, b, err)
		}
		var want strings.Builder
		for _, r := range s { // a bad byte is a U+FFFD
			want.WriteRune(r)
		}
		if got != want.String() || !utf8.Valid(b) {
			t.Errorf("appendString(%q) = %s, read back as %q; want %q", s, b, got, want.String())
		}
		if strings.ContainsAny(string(b), "\u2028\u2029\n") {
			t.Errorf("appendString(%q) = %s has a line end in it", s, b)
		}
	})
}
