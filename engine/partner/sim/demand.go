package sim

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// A booking is a party that wants seats in a slot.
type booking struct {
	second int32 // since the date's midnight, always before the slot's start
	slot   int
	party  [maxPax]int64 // adults, children, infants
}

// parties is how many bookings in a hundred are for 1, 2, … people.
var parties = [...]int{25, 40, 15, 12, 5, 3}

const meanParty = 2.41

// hours is how many bookings in a thousand are made in each hour of a day.
var hours = [24]int{
	20, 12, 8, 6, 6, 8, 14, 24, 36, 46, 52, 56,
	58, 56, 54, 54, 56, 60, 66, 74, 78, 72, 52, 32,
}

// leadTables hold, for products whose customers plan differently, the part of
// the bookings made l or fewer days ahead. The middle one is what surveys of
// tour bookings show: 21, 11 and 8 % on the day, the day before and two days
// before, then as 0.15/l.
var leadTables = newLeadTables(-0.4, -0.2, 0, 0.2, 0.4)

func newLeadTables(tilts ...float64) [][horizon]float64 {
	tables := make([][horizon]float64, len(tilts))
	for i, tilt := range tilts {
		sum := 0.0
		for l := range horizon {
			weight := 0.15 / float64(max(l, 1))
			if l < 3 {
				weight = [...]float64{0.21, 0.11, 0.08}[l]
			}
			sum += weight * math.Pow(float64(l+1), tilt)
			tables[i][l] = sum
		}
		for l := range horizon {
			tables[i][l] /= sum
		}
	}
	return tables
}

// drawBookings returns the bookings for a date in the order they are made.
func drawBookings(seed uint64, p *profile, d day) []booking {
	s := draw(seed, forBookings, uint64(p.id), uint64(d))
	mean := p.bookings * math.Exp(0.3*s.normal()-0.045) // mean 1: exp(sigma²/2) taken off
	if wd := d.weekday(); wd == time.Saturday || wd == time.Sunday {
		mean *= 1.3
	}
	bookings := make([]booking, min(s.poisson(mean), maxBookings))
	for i := range bookings {
		b := &bookings[i]
		where := s.float()
		for b.slot < len(p.slots)-1 && where >= p.slots[b.slot].demand {
			b.slot++
		}
		b.second = drawSecond(&s, p, b.slot)
		b.party = drawParty(&s, len(p.slots[b.slot].pax))
	}
	slices.SortStableFunc(bookings, func(a, b booking) int { return cmp.Compare(a.second, b.second) })
	return bookings
}

// drawSecond returns when a booking is made, in seconds since the date's
// midnight.
func drawSecond(s *stream, p *profile, slot int) int32 {
	lead, _ := slices.BinarySearch(leadTables[p.tilt][:horizon-1], s.float())
	if lead == 0 {
		if start := p.slots[slot].minute * 60; start > 0 {
			return int32(s.below(start))
		}
		lead = 1 // nobody buys today what began at midnight
	}
	n := s.below(1000)
	hour := 0
	for ; hour < len(hours)-1 && n >= hours[hour]; hour++ {
		n -= hours[hour]
	}
	return int32(-lead*secondsPerDay + hour*3600 + s.below(3600))
}

func drawParty(s *stream, kinds int) [maxPax]int64 {
	n := s.below(100)
	people := 0
	for n >= 0 {
		n -= parties[people]
		people++
	}
	party := [maxPax]int64{int64(people)}
	if kinds > 1 && people > 1 && s.chance(0.35) {
		party[1] = int64(s.between(1, people-1))
		party[0] -= party[1]
	}
	if kinds > 2 && party[0] > 1 && s.chance(0.15) {
		party[2] = 1
		party[0]--
	}
	return party
}
