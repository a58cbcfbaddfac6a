package inventory

import (
	"fmt"
	"time"
)

const day = 24 * time.Hour

// A Date is a civil date, counted in days since 1970-01-01. It has no zone: the
// partner's dates are civil dates of the product's own zone.
type Date int32

// DateOf returns the civil date of t in t's location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return civil(y, m, d)
}

func civil(y int, m time.Month, d int) Date {
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / int64(day/time.Second))
}

// ParseDate reads exactly YYYY-MM-DD, a date that exists, years 1970 to 9999.
func ParseDate(s string) (Date, error) {
	if len(s) != len("2006-01-02") || s[4] != '-' || s[7] != '-' {
		return 0, fmt.Errorf("date %.20q: want YYYY-MM-DD", s)
	}
	for i, c := range []byte(s) {
		if i != 4 && i != 7 && (c < '0' || c > '9') {
			return 0, fmt.Errorf("date %.20q: want YYYY-MM-DD", s)
		}
	}
	digits := func(s string) (n int) {
		for _, c := range []byte(s) {
			n = n*10 + int(c-'0')
		}
		return n
	}
	y, m, d := digits(s[:4]), time.Month(digits(s[5:7])), digits(s[8:])
	date := civil(y, m, d)
	if gy, gm, gd := date.utc().Date(); y < 1970 || gy != y || gm != m || gd != d {
		return 0, fmt.Errorf("date %.20q: no such day", s)
	}
	return date, nil
}

// AppendTo appends YYYY-MM-DD. It is on the way of every read that is not cached,
// and a sixth of what time.AppendFormat takes.
func (d Date) AppendTo(b []byte) []byte {
	y, m, day := d.utc().Date()
	if y < 0 || y > 9999 {
		return d.utc().AppendFormat(b, time.DateOnly)
	}
	digit := func(n int) byte { return byte('0' + n%10) }
	return append(b, digit(y/1000), digit(y/100), digit(y/10), digit(y),
		'-', digit(int(m)/10), digit(int(m)), '-', digit(day/10), digit(day))
}

// String returns YYYY-MM-DD.
func (d Date) String() string { return string(d.AppendTo(nil)) }

// AddDays returns the date n days later.
func (d Date) AddDays(n int) Date { return d + Date(n) }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

func (d Date) utc() time.Time { return time.Unix(int64(d)*int64(day/time.Second), 0).UTC() }

// MarshalText makes a Date its YYYY-MM-DD in JSON.
func (d Date) MarshalText() ([]byte, error) { return d.AppendTo(nil), nil }

// UnmarshalText reads YYYY-MM-DD.
func (d *Date) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDate(string(b))
	return err
}

// Start returns the first instant whose civil date in loc is d or later. Where a
// zone skips midnight that is the first instant after the gap; where midnight
// comes twice, the first; where the zone skipped the whole date, the start of
// the next one. (time.Date gives neither of these reliably.)
func (d Date) Start(loc *time.Location) time.Time {
	// A zone's offset lies within ±26 h, so the answer lies in this span. Between
	// two transitions local time runs evenly and the start follows by arithmetic.
	t := d.utc().Add(-26 * time.Hour).In(loc)
	for {
		_, end := t.ZoneBounds()
		_, offset := t.Zone()
		start := d.utc().Add(-time.Duration(offset) * time.Second).In(loc)
		if start.Before(t) { // the transition itself carried the clock past midnight
			return t
		}
		if end.IsZero() || start.Before(end) {
			return start
		}
		t = end.In(loc)
	}
}
