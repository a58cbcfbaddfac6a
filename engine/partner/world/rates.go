package world

import (
	"sort"
	"time"

	"invd/engine/inventory"
)

// Rates returns how often a date of a product is to be expected to change at now
// and how often it is read, both by the day, as long as the day is, of a clock that
// runs as fast as readers come. It is what a planner could know at best: the rates
// by which the world is drawn, not what is drawn.
func (w *World) Rates(k inventory.Key, now time.Time) (changes, reads float64) {
	p := w.byID[k.Product]
	ahead := int(k.Date - inventory.DateOf(now.In(w.opts.Location)))
	if p == nil || !p.open[k.Date.Weekday()] || ahead < 0 || ahead >= horizon {
		return 0, 0
	}
	s := w.sheet(p, k.Date)
	bookings := s.bookings * p.ahead.share(ahead) * (1 + cancelShare)
	if ahead == 0 { // all of them come before the last slot starts
		bookings /= elapsed(readClock, p.last())
	}
	changes = bookings*s.onSale(now.Unix()) + w.opts.PriceEvents*p.repriced[ahead] + w.opts.Edits
	today := k.Date.AddDays(-ahead)
	seen := p.glanced[today.Weekday()]
	if p.open[today.Weekday()] && !w.readable(p, today, now) { // who wanted it looks at another
		seen -= p.glance.share(0)
	}
	return changes, w.opts.Reads * p.reads * p.glance.share(ahead) / seen
}

// onSale returns the share of customers who want a slot that has places at the
// Unix second now.
func (s *sheet) onSale(now int64) float64 {
	i := sort.Search(len(s.sales), func(i int) bool { return s.midnight+int64(s.sales[i].second) > now })
	if i == 0 {
		return 1
	}
	return s.sales[i-1].share
}

// A sale is a moment from which on that share of customers finds places.
type sale struct {
	second int32
	share  float64
}

// prepare works out what Rates needs of a product: by weekday the share of glances
// at open dates, and by days ahead how many dates a change of price covers.
func (p *product) prepare() {
	for today := range p.glanced {
		for ahead := range horizon {
			if p.open[(today+ahead)%7] {
				p.glanced[today] += p.glance.share(ahead)
			}
		}
	}
	for _, span := range priceSpans {
		for lead := range horizon + 1 {
			first := firstOf(lead, span)
			for ahead := first; ahead < min(first+span, horizon); ahead++ {
				p.repriced[ahead] += p.ahead.share(lead) / float64(len(priceSpans))
			}
		}
	}
}

// elapsed returns the share of a clock's day that has passed at a second of it.
func elapsed(clock choice, second int32) float64 {
	hour := int(second / 3600)
	part := clock.share(min(hour, 23)) * float64(second%3600) / 3600
	if hour == 0 {
		return part
	}
	return clock[hour-1] + part
}
