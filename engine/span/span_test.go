package span

import (
	"testing"
	"time"
)

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	const hour = time.Hour
	tests := []struct {
		text string
		want time.Duration
		show string // what it is shown as; empty: as it was written
	}{
		{"0s", 0, ""},
		{"100ms", 100 * time.Millisecond, ""},
		{"90s", 90 * time.Second, "1m30s"},
		{"15m", 15 * time.Minute, ""},
		{"1h30m", 90 * time.Minute, ""},
		{"1.5h", 90 * time.Minute, "1h30m"},
		{"1h0m5s", hour + 5*time.Second, ""},
		{"100h", 100 * hour, ""},
		{"48h", 48 * hour, ""},
		{"2d", 48 * hour, "48h"},
		{"168h", 168 * hour, "7d"},
		{"7d", 168 * hour, ""},
		{"7d1h", 169 * hour, "169h"},
		{"007d", 168 * hour, "7d"},
		{"1d12h30m", 36*hour + 30*time.Minute, "36h30m"},
		{"106751d", 106751 * 24 * hour, ""},
		{"-15m", -15 * time.Minute, ""},
	}
	for _, tt := range tests {
		got, err := Parse(tt.text)
		if err != nil || got != tt.want {
			t.Errorf("Parse(%s) = %v, %v; want %v", tt.text, got, err, tt.want)
		}
		show := tt.show
		if show == "" {
			show = tt.text
		}
		if text := Format(tt.want); text != show {
			t.Errorf("Format(%v) = %s, want %s", tt.want, text, show)
		}
	}
	for _, text := range []string{"", "d", "-7d", "+7d", "1.5d", "7 d", "7d 1h", "7d-1h", "7d+1h", "1h7d", "7D", "1w", "10", "ten", "106752d", "106751d24h", "99999999999999999999d", "9223372036854775808ns"} {
		if d, err := Parse(text); err == nil {
			t.Errorf("Parse(%q) = %v, want an error", text, d)
		}
	}
}
