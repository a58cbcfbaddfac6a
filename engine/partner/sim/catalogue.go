package sim

import (
	"math"
	"time"
)

// firstProduct is the lowest id of the demo catalogue.
const firstProduct = 14

// Catalogue returns the ids of the first n products of the demo catalogue: the
// real API's 14 and 15, then generated ones from 16 upwards.
func Catalogue(n int) []int64 {
	ids := make([]int64, max(0, n))
	for i := range ids {
		ids[i] = int64(firstProduct + i)
	}
	return ids
}

// A profile is what stays the same about a product.
type profile struct {
	id      int64
	variant int64
	open    weekdays
	slots   []slotPlan

	// fixed products never sell a seat and never change a price.
	fixed bool

	// The rest is for products that sell.
	bookings float64 // mean number of bookings for an open date
	tilt     int     // which table of lead times its customers follow
	weekend  int64   // price on Saturday and Sunday, in percent of other days
}

type slotPlan struct {
	start      string // HH:MM
	minute     int    // the same, since midnight
	seats      int64
	pax        []paxPlan // the adult first
	adultsOnly weekdays  // days on which the slot has no other pax
	demand     float64   // part of the bookings that go to this slot or an earlier one
}

type paxPlan struct {
	kind  paxKind
	seats int64 // seats of this pax' own pool
	cents int64 // final price on a weekday, before any price change
}

type paxKind struct {
	typ, name, description string
	primary                bool
}

// patterns are the weekdays products open on and how many products in a hundred
// do so. Together 81 % of all dates are open. A missing day is drawn.
var patterns = []struct {
	percent int
	open    weekdays
	dayOff  bool
}{
	{percent: 55, open: everyDay},
	{percent: 15, open: everyDay, dayOff: true},
	{percent: 10, open: everyDay &^ on(time.Saturday, time.Sunday)},
	{percent: 8, open: on(time.Saturday, time.Sunday)},
	{percent: 7, open: on(time.Monday, time.Tuesday, time.Wednesday)},
	{percent: 5, open: on(time.Sunday)},
}

// mostPopular caps a product's demand in multiples of the least popular one's.
const mostPopular = 450

// newProfile makes up a product from the seed and its id alone, so that a
// product is the same in every catalogue. bookings is the mean over products.
func newProfile(seed uint64, id int64, bookings float64) *profile {
	switch id {
	case 14:
		return product14()
	case 15:
		return product15()
	}
	s := draw(seed, forProfile, uint64(id))
	p := &profile{id: id, variant: 200 + id, open: drawWeekdays(&s)}

	// 1/u is Pareto with exponent 1, the continuous form of Zipf's law; the
	// mean of min(1/u, m) is 1 + ln m.
	p.bookings = bookings / (1 + math.Log(mostPopular)) * min(1/(1-s.float()), mostPopular)
	p.tilt = s.below(len(leadTables))
	p.weekend = []int64{100, 100, 110, 125}[s.below(4)]
	p.slots = drawSlots(&s, p.bookings)
	return p
}

// maxSeats keeps a sale's counts within their 16 bits.
const maxSeats = 60_000

func drawWeekdays(s *stream) weekdays {
	n := s.below(100)
	for _, p := range patterns {
		if n -= p.percent; n >= 0 {
			continue
		}
		if p.dayOff {
			return p.open &^ on(time.Weekday(s.below(7)))
		}
		return p.open
	}
	return everyDay
}

// drawSlots makes up a day: its slots, how popular each is, and seats for some
// more or some fewer people than can be expected to come.
func drawSlots(s *stream, bookings float64) []slotPlan {
	n := s.between(1, 14)
	step := 30
	if n <= 8 && s.chance(0.5) {
		step = 60
	}
	last := s.between(24, 42) * 30 // 12:00 to 21:00
	if n == 1 && s.chance(0.3) {
		last = 0 // one ticket for the whole day
	}

	seats := int64(2000) // as good as unlimited
	if !s.chance(0.1) {
		perSlot := bookings * meanParty / float64(n)
		seats = min(maxSeats, 4+int64(perSlot*(0.8+2*s.float())))
	}
	price := int64(math.Round(4500*math.Exp(0.6*s.normal()))) + 1000
	if s.chance(0.5) {
		price = price / 100 * 100
	}
	childPercent := int64(s.between(40, 80))
	children, infants := s.chance(0.7), s.chance(0.3)

	slots := make([]slotPlan, n)
	total := 0.0
	for i := range slots {
		minute := last - (n-1-i)*step
		total += 0.4 + s.float()
		cents := price
		if minute%60 != 0 {
			cents += price / 10
		}
		slots[i] = slotPlan{start: clock(minute), minute: minute, seats: seats, demand: total}
		slots[i].pax = []paxPlan{{adultFrom12, seats, cents}}
		if children {
			slots[i].pax = append(slots[i].pax, paxPlan{childFrom3, (seats + 1) / 2, cents * childPercent / 100})
		}
		if infants {
			slots[i].pax = append(slots[i].pax, paxPlan{infant, min(10, seats), 0})
		}
	}
	for i := range slots {
		slots[i].demand /= total
	}
	return slots
}
