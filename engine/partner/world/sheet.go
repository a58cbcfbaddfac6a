package world

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"sort"

	"invd/engine/inventory"
)

const day = 24 * 60 * 60

// A sheet is everything that will ever happen to one open date of one product. It
// does not change once it is made.
type sheet struct {
	midnight int64   // the date's start in Unix seconds
	events   []event // ascending in time
	bookings float64 // that were to be expected
	sales    []sale  // ascending in time: how many customers find places
}

// An event is a change that shows: of a slot's places or, for all slots alike, of
// the price.
type event struct {
	second        int32 // since the date's midnight, negative before it
	slot          int32 // or priced
	before, after int32 // places, or the price in per mille of the product's
}

const (
	priced   = -1
	maxSlots = 12
)

// Parties: how many bookings in a hundred are for 1, 2, … people.
var parties = newChoice(6, func(i int) float64 { return [...]float64{25, 40, 15, 12, 5, 3}[i] })

const (
	meanParty   = 2.41
	cancelShare = 0.06
)

// until returns how many events have happened by the Unix second now.
func (s *sheet) until(now int64) int {
	after := int32(max(min(now-s.midnight, day), -horizon*day)) // nothing happens outside
	return sort.Search(len(s.events), func(i int) bool { return s.events[i].second > after })
}

// A wish is what somebody tries: to take places, or to give them back.
type wish struct {
	second int32
	slot   int32 // or priced
	places int32 // to take, negative to give; or the new price
	undoes int32 // the number of the wish whose places are given back, or -1
}

func newSheet(o *Options, p *product, date inventory.Date) *sheet {
	s := &sheet{midnight: date.Start(o.Location).Unix()}
	r := draw(o.Seed, forDate, uint64(p.id), uint64(date))
	s.bookings = p.bookings * lognormal(r, 0.5)
	wishes := p.drawBookings(r, poisson(r, s.bookings))
	for range poisson(r, o.Edits*horizon) {
		i := r.IntN(len(p.slots))
		most := float64(p.slots[i].places)
		wishes = append(wishes, wish{
			second: int32(-r.IntN(horizon * day)), slot: int32(i), undoes: -1,
			places: int32(most*(0.1+0.4*r.Float64())) * int32(1-2*r.IntN(2)),
		})
	}
	wishes = append(wishes, priceWishes(o, p, date)...)
	s.play(p, wishes)
	return s
}

// drawBookings draws n bookings and who of them cancels.
func (p *product) drawBookings(r *rand.Rand, n int) []wish {
	wishes := make([]wish, 0, n+n/8)
	for range n {
		w := wish{slot: int32(p.wanted.draw(r)), places: int32(1 + parties.draw(r)), undoes: -1}
		days := int32(p.ahead.draw(r))
		w.second = -horizon * day // before the date comes in sight
		if days < horizon {
			w.second = int32(bookingClock.draw(r)*3600+r.IntN(3600)) - days*day
		}
		if start := p.slots[w.slot].second; w.second >= start { // too late for it: a later one, or sooner
			if i := p.next(w.second); i >= 0 {
				w.slot = int32(i)
			} else {
				w.second = int32(r.IntN(int(p.last())))
				w.slot = int32(p.next(w.second))
			}
		}
		wishes = append(wishes, w)
		if r.Float64() < cancelShare {
			left := int(p.slots[w.slot].second - w.second)
			wishes = append(wishes, wish{second: w.second + 1 + int32(r.IntN(left)), slot: w.slot, undoes: int32(len(wishes) - 1)})
		}
	}
	return wishes
}

// next returns the first slot that starts after a second of its day, or -1.
func (p *product) next(second int32) int {
	return slices.IndexFunc(p.slots, func(s slot) bool { return s.second > second })
}

// play makes events of the wishes that come true: nobody takes a place that is not
// there, and who got none gives none back.
func (s *sheet) play(p *product, wishes []wish) {
	order := make([]int32, len(wishes))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(wishes[a].second, wishes[b].second), cmp.Compare(a, b))
	})
	left := make([]int32, len(p.slots))
	for i := range left {
		left[i] = p.slots[i].places
	}
	price, onSale := int32(1000), 1.0
	s.events = make([]event, 0, len(wishes))
	for _, i := range order {
		w := &wishes[i]
		e := event{second: w.second, slot: w.slot}
		if w.slot == priced {
			e.before, e.after = price, w.places
			price = w.places
		} else {
			take := min(w.places, left[w.slot])
			if w.undoes >= 0 {
				take = -wishes[w.undoes].places
			}
			w.places = take // what it got, for who undoes it
			e.before = left[w.slot]
			left[w.slot] -= take
			e.after = left[w.slot]
		}
		if e.after == e.before {
			continue
		}
		s.events = append(s.events, e)
		if w.slot != priced && (e.before == 0 || e.after == 0) {
			if share := p.wanted.share(int(w.slot)); e.after == 0 {
				onSale -= share
			} else {
				onSale += share
			}
			s.sales = append(s.sales, sale{w.second, max(0, onSale)})
		}
	}
}
