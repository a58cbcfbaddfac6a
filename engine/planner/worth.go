package planner

import (
	"math"
	"time"

	"invd/engine/freshness"
)

const (
	readsDoubt = .02     // probability of being false below which no reader is made to wait
	readsPrice = .6      // of the price, that a call for a reader must be worth
	farthest   = 4 * day // that Worth looks ahead
)

// Worth returns from when on it pays to fetch a key because somebody reads it, as
// long as no more is learned of it: the zero time for a key that was never fetched,
// ok false for never.
//
// A call that a read causes makes that very read true, with the probability that
// the copy is false, and is worth its index besides. So it pays from a lower index
// on than a call that nobody waits for. The price may be undercut a little, for it
// is a mean over two minutes; fetching what is almost certainly true is a waste
// even when calls are cheap.
func (p *Planner) Worth(id uint32, now time.Time) (from time.Time, ok bool) {
	p.clock.advance(now.Unix())
	k := &p.keys[id]
	if k.fetched == 0 {
		return time.Time{}, true
	}
	changes := p.changeRate(k)
	x := p.paysFrom(p.readRate(k) / changes)
	if math.IsInf(x, 1) {
		return time.Time{}, false
	}
	wait := p.clock.until(k.tau+(x-float64(k.suspect))/changes, farthest)
	return time.Unix(max(now.Unix()+wait, int64(k.fetched)+leastPause), 0), true
}

// paysFrom returns how many changes are to be expected of a key before a call for
// its reader is worth its price: the root of 1-e^-x + ratio G(x), which only grows.
func (p *Planner) paysFrom(ratio float64) float64 {
	lo, hi := -math.Log1p(-readsDoubt), 64.
	worth := func(x float64) float64 { return -math.Expm1(-x) + ratio*freshness.G(x) }
	price := readsPrice * p.price
	switch {
	case worth(lo) >= price:
		return lo
	case worth(hi) < price:
		return math.Inf(1)
	}
	for range 40 {
		if mid := (lo + hi) / 2; worth(mid) < price {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi
}
