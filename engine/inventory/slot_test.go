package inventory_test

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"testing"

	"invd/engine/inventory"
)

func TestTimesOfDayAreNormalised(t *testing.T) {
	const refused = inventory.NoClock
	tests := []struct {
		in   string
		want inventory.Clock
	}{
		{"00:00", 0},
		{"04:30", 270},
		{"4:30", 270},
		{"04:30:00", 270},
		{"4:30:00", 270},
		{"23:59", 1439},
		{"24:00", 0},
		{"24:00:00", 0},
		{"24:01", refused},
		{"25:00", refused},
		{"12:60", refused},
		{"04:30:15", refused}, // a second more is another time
		{"04:30:0", refused},
		{"4:3", refused},
		{"0430", refused},
		{"430", refused},
		{":30", refused},
		{"04:", refused},
		{"-4:30", refused},
		{"+4:30", refused},
		{"04-30", refused},
		{"04:30Z", refused},
		{" 4:30", refused},
		{"4:30 PM", refused},
		{"004:30", refused},
		{"٤:30", refused}, // an Arabic digit of two bytes
		{"", refused},
	}
	for _, tt := range tests {
		if got, err := inventory.ParseClock(tt.in); got != tt.want || (err == nil) != (tt.want != refused) {
			t.Errorf("ParseClock(%q) = %d, %v; want %d", tt.in, got, err, tt.want)
		}
	}
}

func TestEveryMinuteOfTheDayRoundTrips(t *testing.T) {
	for c := inventory.Clock(0); c < 24*60; c++ {
		if got, want := c.String(), fmt.Sprintf("%02d:%02d", c/60, c%60); got != want {
			t.Errorf("Clock(%d).String() = %q, want %q", c, got, want)
		}
		if got, err := inventory.ParseClock(c.String()); err != nil || got != c {
			t.Errorf("ParseClock(%q) = %d, %v; want %d", c, got, err, c)
		}
	}
	if got := inventory.NoClock.String(); got != "" {
		t.Errorf("NoClock.String() = %q, want nothing", got)
	}
}

var clock = regexp.MustCompile(`^([0-9]{1,2}):([0-9]{2})(:00)?$`)

func FuzzParseClock(f *testing.F) {
	for _, s := range []string{"04:30", "4:30", "04:30:00", "24:00", "24:01", "23:59", "", ":", "0430", "4:30:00", "99:99"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want := inventory.NoClock
		if part := clock.FindStringSubmatch(s); part != nil {
			h, _ := strconv.Atoi(part[1])
			m, _ := strconv.Atoi(part[2])
			if h < 24 && m < 60 || h == 24 && m == 0 {
				want = inventory.Clock(h%24*60 + m)
			}
		}
		if got, err := inventory.ParseClock(s); got != want || (err == nil) != (want != inventory.NoClock) {
			t.Errorf("ParseClock(%q) = %d, %v; want %d", s, got, err, want)
		}
	})
}

func TestAPaxIsBookableWhenItsSmallestBookingFits(t *testing.T) {
	tests := []struct {
		name           string
		slot, pax, min int64
		want           bool
	}{
		{"plenty", 2000, 1000, 1, true},
		{"the last place", 1, 1, 1, true},
		{"slot used up", 0, 10, 1, false},
		{"pax used up", 10, 0, 1, false},
		{"no minimum still takes a place", 0, 0, 0, false},
		{"no minimum", 1, 1, 0, true},
		{"negative minimum", 0, 5, -3, false},
		{"minimum just fits", 4, 9, 4, true},
		{"slot below the minimum", 3, 9, 4, false},
		{"pax below the minimum", 9, 3, 4, false},
		{"pax has more than the slot", 2, 150, 2, true},
		{"the most there can be", inventory.MaxRemaining, inventory.MaxRemaining, math.MaxInt64, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := inventory.Slot{Remaining: tt.slot, Pax: []inventory.Pax{{Remaining: tt.pax, Min: tt.min, Max: inventory.NoLimit}}}
			if got := s.Bookable(&s.Pax[0]); got != tt.want {
				t.Errorf("Bookable(slot %d, pax %d, min %d) = %v, want %v", tt.slot, tt.pax, tt.min, got, tt.want)
			}
			if got := s.SoldOut(); got != !tt.want {
				t.Errorf("SoldOut() of its one pax = %v, want %v", got, !tt.want)
			}
			if s.Pax = append(s.Pax, inventory.Pax{Remaining: 1, Min: 1}); tt.slot > 0 && s.SoldOut() {
				t.Error("SoldOut() = true, want false: another pax can be booked")
			}
		})
	}
}

func TestASlotWithoutPaxIsSoldOut(t *testing.T) {
	if s := (inventory.Slot{Remaining: 100}); !s.SoldOut() {
		t.Error("SoldOut() of a slot without pax = false, want true")
	}
}
