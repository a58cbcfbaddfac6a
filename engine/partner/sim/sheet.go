package sim

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// A sheet is everything that will ever happen to one date of one product. It is
// not changed once it is made, so readers share it.
type sheet struct {
	start int64    // the date's midnight in Unix seconds
	sales [][]sale // by slot, ascending in time
	steps []step   // ascending in time
}

// A sale is a moment at which a slot sold seats, with the totals after it.
type sale struct {
	second int32     // since the date's midnight, usually negative
	sold   [3]uint16 // seats so far, in the order of the slot's pax
}

// maxPax is how many kinds of pax a slot can have: what fits a sale.
const maxPax = len(sale{}.sold)

// horizon is for how many days before a date it is on sale.
const horizon = 60

// maxBookings bounds the bookings of one date, and so a sheet's memory.
const maxBookings = 20_000

func newSheet(seed uint64, p *profile, d day, loc *time.Location) *sheet {
	sh := &sheet{start: d.start(loc), sales: make([][]sale, len(p.slots))}
	if p.fixed {
		return sh
	}
	sh.steps = priceSteps(seed, p.id, d, loc)
	bookings := drawBookings(seed, p, d)
	counts := make([]int, len(p.slots))
	for _, b := range bookings {
		counts[b.slot]++
	}
	for i, n := range counts {
		sh.sales[i] = make([]sale, 0, n)
	}
	for _, b := range bookings {
		sh.sell(p, b)
	}
	return sh
}

// sell books b, or as much of it as there are seats left for.
func (sh *sheet) sell(p *profile, b booking) {
	plan, sales := &p.slots[b.slot], sh.sales[b.slot]
	next := sale{second: b.second}
	left := plan.seats
	if n := len(sales); n > 0 {
		next.sold = sales[n-1].sold
		for _, sold := range next.sold {
			left -= int64(sold)
		}
	}
	if left == 0 {
		return
	}
	// The adult comes first and its pool is the whole slot, so somebody always
	// gets in and a slot sells out to exactly zero.
	for i, want := range b.party {
		if i < len(plan.pax) {
			got := min(want, left, plan.pax[i].seats-int64(next.sold[i]))
			next.sold[i] += uint16(got)
			left -= got
		}
	}
	if n := len(sales); n > 0 && sales[n-1].second == b.second {
		sales[n-1] = next
		return
	}
	sh.sales[b.slot] = append(sales, next)
}

// soldAt returns the seats of a slot sold until the Unix second now, inclusive.
func (sh *sheet) soldAt(slot int, now int64) [maxPax]uint16 {
	if i := sh.salesUntil(slot, now); i > 0 {
		return sh.sales[slot][i-1].sold
	}
	return [maxPax]uint16{}
}

func (sh *sheet) salesUntil(slot int, now int64) int {
	i, _ := slices.BinarySearchFunc(sh.sales[slot], now-sh.start+1, func(s sale, second int64) int {
		return cmp.Compare(int64(s.second), second)
	})
	return i
}

// next returns the first Unix second after now at which anything changes.
func (sh *sheet) next(now int64) (int64, bool) {
	first := int64(math.MaxInt64)
	for slot, sales := range sh.sales {
		if i := sh.salesUntil(slot, now); i < len(sales) {
			first = min(first, sh.start+int64(sales[i].second))
		}
	}
	for _, st := range sh.steps {
		if st.second > now {
			first = min(first, st.second)
			break
		}
	}
	return first, first != math.MaxInt64
}
