package inventory_test

import (
	"encoding/json"
	"testing"
	"time"

	"invd/engine/inventory"
)

func mustDate(t *testing.T, s string) inventory.Date {
	t.Helper()
	d, err := inventory.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDatesAreReadStrictly(t *testing.T) {
	tests := []struct {
		in   string
		want inventory.Date // days since 1970-01-01; -1: refused
	}{
		{"1970-01-01", 0},
		{"1970-01-02", 1},
		{"2000-02-29", 11016},
		{"2026-04-09", 20552},
		{"9999-12-31", 2932896},
		{"1969-12-31", -1},
		{"0000-01-01", -1},
		{"2025-02-29", -1},
		{"2100-02-29", -1},
		{"2025-02-30", -1},
		{"2025-04-31", -1},
		{"2025-00-10", -1},
		{"2025-13-10", -1},
		{"2025-10-00", -1},
		{"2025-10-32", -1},
		{"2025-3-9", -1},
		{"20250309", -1},
		{"09-03-2025", -1},
		{"2025/03/09", -1},
		{"2025-03-09T00:00", -1},
		{" 2025-03-09", -1},
		{"2025-03-9 ", -1},
		{"+025-03-09", -1},
		{"2025-+3-09", -1},
		{"202５-03-0", -1}, // ten bytes, one of its digits full-width
		{"tomorrow", -1},
		{"", -1},
	}
	for _, tt := range tests {
		got, err := inventory.ParseDate(tt.in)
		switch {
		case tt.want < 0:
			if err == nil {
				t.Errorf("ParseDate(%q) = %v, want an error", tt.in, got)
			}
		case err != nil || got != tt.want:
			t.Errorf("ParseDate(%q) = %d, %v; want %d", tt.in, got, err, tt.want)
		}
	}
}

func TestEveryDateOfFourCenturiesRoundTrips(t *testing.T) {
	day := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	for n := range 400 * 366 {
		d, want := inventory.Date(n), day.AddDate(0, 0, n)
		if got := d.String(); got != want.Format(time.DateOnly) {
			t.Fatalf("Date(%d).String() = %q, want %q", n, got, want.Format(time.DateOnly))
		}
		if got := mustDate(t, d.String()); got != d {
			t.Fatalf("ParseDate(%q) = %d, want %d", d, got, d)
		}
		if got := d.Weekday(); got != want.Weekday() {
			t.Fatalf("%v.Weekday() = %v, want %v", d, got, want.Weekday())
		}
	}
}

func TestDateOfIsTheCivilDateOfTheTimesOwnZone(t *testing.T) {
	instant := time.Date(2026, 4, 8, 18, 30, 0, 0, time.UTC)
	tests := []struct {
		zone string
		at   time.Time
		want inventory.Date
	}{
		{"UTC", instant, mustDate(t, "2026-04-08")},
		{"Asia/Kolkata", instant, mustDate(t, "2026-04-09")},         // 00:00 there
		{"Asia/Kolkata", instant.Add(-1), mustDate(t, "2026-04-08")}, // a nanosecond before
		{"America/Los_Angeles", instant.Add(12 * time.Hour), mustDate(t, "2026-04-08")},
		{"UTC", time.Unix(-1, 0), -1},
		{"UTC", time.Unix(-86400, 0), -1},
		{"UTC", time.Unix(-86401, 0), -2},
	}
	for _, tt := range tests {
		if got := inventory.DateOf(tt.at.In(mustZone(t, tt.zone))); got != tt.want {
			t.Errorf("DateOf(%v in %s) = %v, want %v", tt.at, tt.zone, got, tt.want)
		}
	}
}

func TestAddDaysCrossesMonthsAndLeapDays(t *testing.T) {
	tests := []struct {
		from string
		days int
		want string
	}{
		{"2024-02-28", 1, "2024-02-29"},
		{"2024-02-28", 2, "2024-03-01"},
		{"2025-02-28", 1, "2025-03-01"},
		{"2025-12-31", 1, "2026-01-01"},
		{"2026-01-01", -1, "2025-12-31"},
		{"2026-01-01", 0, "2026-01-01"},
		{"2026-01-01", 59, "2026-03-01"},
	}
	for _, tt := range tests {
		if got := mustDate(t, tt.from).AddDays(tt.days).String(); got != tt.want {
			t.Errorf("%s + %d days = %s, want %s", tt.from, tt.days, got, tt.want)
		}
	}
}

func TestADateIsItsTextInJSON(t *testing.T) {
	in := map[inventory.Date]inventory.Date{mustDate(t, "2026-04-09"): mustDate(t, "2026-12-31")}
	b, err := json.Marshal(in)
	if want := `{"2026-04-09":"2026-12-31"}`; err != nil || string(b) != want {
		t.Fatalf("Marshal = %s, %v; want %s", b, err, want)
	}
	var out map[inventory.Date]inventory.Date
	if err := json.Unmarshal(b, &out); err != nil || len(out) != 1 || out[mustDate(t, "2026-04-09")] != mustDate(t, "2026-12-31") {
		t.Errorf("Unmarshal(%s) = %v, %v; want %v", b, out, err, in)
	}
	var d inventory.Date
	if err := json.Unmarshal([]byte(`"2026-02-30"`), &d); err == nil {
		t.Errorf(`Unmarshal("2026-02-30") = %v, want an error`, d)
	}
}

// The standard library reads the same form, in any year.
func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-04-09", "2024-02-29", "2025-02-29", "1970-01-01", "1969-12-31", "9999-12-31", "2026-4-09", "2026-04-9x", "", "2026-04-091"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := inventory.ParseDate(s)
		want, wantErr := time.Parse(time.DateOnly, s)
		if valid := wantErr == nil && want.Year() >= 1970; valid != (err == nil) {
			t.Fatalf("ParseDate(%q) = %v, %v; time.Parse says %v, %v", s, got, err, want, wantErr)
		}
		if err != nil {
			return
		}
		if got.String() != s {
			t.Errorf("ParseDate(%q).String() = %q, want the same", s, got)
		}
		if got != inventory.DateOf(want) {
			t.Errorf("ParseDate(%q) = %d, want %d", s, got, inventory.DateOf(want))
		}
	})
}

func TestADateIsWrittenAsTimeWritesIt(t *testing.T) {
	for d := inventory.Date(-800_000); d < 3_000_000; d += 11 { // years -221 to 10183
		if got, want := d.String(), time.Unix(int64(d)*86400, 0).UTC().Format(time.DateOnly); got != want {
			t.Fatalf("day %d = %q, want %q", int32(d), got, want)
		}
	}
}
