package sim

import "time"

// A day is a civil date as the number of days since 1970-01-01.
type day int32

const (
	dateLayout    = "2006-01-02"
	secondsPerDay = 24 * 60 * 60
)

// parseDay accepts YYYY-MM-DD and nothing else.
func parseDay(date string) (day, bool) {
	t, err := time.Parse(dateLayout, date)
	if err != nil || len(date) != len(dateLayout) {
		return 0, false
	}
	return day(t.Unix() / secondsPerDay), true
}

func (d day) utc() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

func (d day) weekday() time.Weekday { return d.utc().Weekday() }

// start returns the first second of the day in loc, in Unix time.
func (d day) start(loc *time.Location) int64 {
	y, m, dd := d.utc().Date()
	return time.Date(y, m, dd, 0, 0, 0, 0, loc).Unix()
}

// weekdays is a set of days of the week.
type weekdays uint8

const everyDay weekdays = 1<<7 - 1

func on(days ...time.Weekday) weekdays {
	var set weekdays
	for _, d := range days {
		set |= 1 << d
	}
	return set
}

func (w weekdays) has(d time.Weekday) bool { return w>>d&1 == 1 }
