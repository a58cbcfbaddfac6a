package sim

import (
	"fmt"
	"time"
)

// Products 14 and 15 as the real API served them in 2025: a dummy that never
// sold a seat and never changed a price.

func product14() *profile {
	p := &profile{
		id:      14,
		variant: 32,
		open:    on(time.Sunday, time.Tuesday, time.Thursday, time.Saturday),
		fixed:   true,
	}
	for minute := 4 * 60; minute <= 8*60; minute += 30 {
		adult, child := int64(212_14), int64(43_00)
		if minute%60 != 0 {
			adult, child = 242_14, 73_00
		}
		s := slotPlan{
			start:  clock(minute),
			minute: minute,
			seats:  2000,
			pax:    []paxPlan{{adultFrom12, 1000, adult}, {childFrom3, 1000, child}},
		}
		if s.start == "04:00" || s.start == "05:30" {
			s.adultsOnly = on(time.Tuesday)
		}
		p.slots = append(p.slots, s)
	}
	return p
}

func product15() *profile {
	return &profile{
		id:      15,
		variant: 122,
		open:    on(time.Sunday),
		fixed:   true,
		slots: []slotPlan{{
			start: "00:00",
			seats: 170,
			pax:   []paxPlan{{adultFrom12, 150, 341_00}, {childFrom5, 10, 137_00}, {infant, 10, 0}},
		}},
	}
}

// The pax types. Only the adult is primary; the bands of adults and children
// overlap on product 15, as they do at the partner.
var (
	adultFrom12 = paxKind{"ADULT_12~99", "Adult", "12-99 years", true}
	childFrom3  = paxKind{"CHILD_3~11", "Child", "3-11 years", false}
	childFrom5  = paxKind{"CHILD_5~15", "Child", "5-15 years", false}
	infant      = paxKind{"INFANT_0~4", "Infant", "0-4 years", false}
)

func clock(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }
