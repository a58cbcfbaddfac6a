package inventory

import "time"

// A Record is what is stored of a key: the last good answer and its history.
type Record struct {
	Availability
	ChangedAt time.Time // when the slots last differed from the answer before
	Revision  uint32    // 1 at first, one more with each change
}

// A Calendar is a product's stored dates, ascending.
type Calendar struct {
	Days      []CalendarDay
	ChangedAt time.Time // when a day of it last changed state or price; zero when there is none
	CheckedAt time.Time // the oldest check among its open days; zero when none is open
}

// A CalendarDay sums up one date.
type CalendarDay struct {
	Date  Date
	State State
	From  *Price // nil when no pax has a price
}
