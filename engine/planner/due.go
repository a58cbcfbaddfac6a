package planner

import (
	"math"
	"time"

	"invd/engine/freshness"
	"invd/engine/inventory"
)

// The bands of the queue: what somebody waits for, what is as old as it may be,
// what failed, and the steps of the index.
const (
	onDemand = iota
	aged
	retry
	steps
	Bands = steps + Steps
)

const (
	warmFrom   = .5        // of the price: an index from which a key is warm
	leastPause = 60        // seconds between two calls for a key
	often      = 2 * hour  // is how often a key is looked at whose time may come within that or is not known
	rarest     = 8 * hour  // that a key waits without being looked at
	idleLook   = hour / 6  // after which a key is looked at again whose index is not there yet
	closedAge  = 7 * day   // a closed date's bound
	leastDoubt = .001      // changes to be expected: below, a call is not worth making
	noTokens   = hour / 60 // after which a key beyond its bound asks for a call again
)

// Due returns when a key that is neither queued nor running is due: now, and then
// it is warm, in its band, until Due is asked again. Later, it is to be asked again.
func (p *Planner) Due(id uint32, now time.Time) time.Time {
	return time.Unix(p.due(id, now.Unix()), 0)
}

func (p *Planner) due(id uint32, now int64) int64 {
	p.clock.advance(now)
	k := &p.keys[id]
	p.cool(k)
	next := now + rarest
	switch bound := p.bound(k); {
	case bound > now:
		next = min(next, bound)
	case p.rests(k, now):
		return now + leastPause
	case p.take(now):
		p.heat(id, aged)
		return now
	default:
		next = now + noTokens + int64(id%noTokens)
	}
	if p.price == 0 {
		return max(next, now+leastPause)
	}
	if p.rests(k, now) {
		return max(now+leastPause, min(next, now+p.crosses(k)))
	}
	if index := p.index(k); index >= warmFrom*p.price {
		p.heat(id, uint8(steps+p.step(index)))
		return now
	}
	if wait := p.crosses(k); wait > 0 {
		return min(next, now+wait)
	}
	return min(next, now+idleLook)
}

// rests reports whether k was fetched a moment ago. A time in the future is from
// before the clock was set back.
func (p *Planner) rests(k *key, now int64) bool {
	return now >= int64(k.fetched) && now < int64(k.fetched)+leastPause
}

// crosses returns in how many seconds the index of k can reach the price from
// which it is warm, or when that is far off half of it: until then its rates may
// double, as those of a date do that draws nearer, and it still comes in time. The
// last stretch is a little longer, for prices that rise.
func (p *Planner) crosses(k *key) int64 {
	if k.fetched == 0 || p.over(k) {
		return often
	}
	changes := p.changeRate(k)
	x := freshness.ReachedAt(warmFrom*p.price, p.readRate(k), changes)
	if math.IsInf(x, 1) {
		return rarest
	}
	wait := p.clock.until(k.tau+(x-float64(k.suspect))/changes, 2*rarest)
	if wait <= often {
		return wait + wait/16
	}
	return max(often, wait/2)
}

// Band returns the band of a key that goes to the queue.
func (p *Planner) Band(id uint32, now time.Time) int {
	p.clock.advance(now.Unix())
	k := &p.keys[id]
	if k.warm == 0 {
		p.heat(id, uint8(steps+p.step(p.index(k))))
	}
	return int(k.band)
}

// heat makes a key warm.
func (p *Planner) heat(id uint32, band uint8) {
	k := &p.keys[id]
	k.band = band
	if k.warm == 0 {
		p.warm = append(p.warm, id)
		k.warm = int32(len(p.warm))
	}
}

// cool ends that.
func (p *Planner) cool(k *key) {
	if k.warm == 0 {
		return
	}
	last := p.warm[len(p.warm)-1]
	p.warm[k.warm-1] = last
	p.keys[last].warm = k.warm
	p.warm = p.warm[:len(p.warm)-1]
	k.warm = 0
}

// Cool says that a key is not to be fetched after all, or is fetched for reasons of
// somebody else's.
func (p *Planner) Cool(id uint32) { p.cool(&p.keys[id]) }

// bound returns when k is as old as it may be, in Unix seconds. To keep deadlines
// from coming together it is a quarter of the age early at most, differently for
// each key; one that was never fetched may come any time from its coming into sight
// on. In the day before a date comes under a stricter bound its own falls to that.
func (p *Planner) bound(k *key) int64 {
	if p.over(k) {
		return math.MaxInt64
	}
	early := spread(k)
	if k.state == inventory.Closed {
		return int64(k.fetched) + int64(closedAge*(.75+.25*early))
	}
	share, base := .75+.23*early, float64(min(int64(k.fetched), p.clock.wall))
	if k.fetched == 0 {
		share, base = early, float64(k.entered)
	}
	share *= p.stretch
	age := p.Bounds[k.ahead].Seconds()
	if k.ahead > 0 {
		if fall := age - p.Bounds[k.ahead-1].Seconds(); fall > 0 {
			midnight := float64(p.products[k.product].midnight)
			return int64(midnight + (base-midnight+share*age)/(1+share*fall/day))
		}
	}
	return int64(base + share*age)
}

// spread hashes a key to a number from 0 to 1, by the finaliser of splitmix64.
func spread(k *key) float64 {
	h := uint64(k.product)<<32 ^ uint64(uint32(k.date))
	h += 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return float64((h^h>>31)>>11) / (1 << 53)
}

// take takes a call for a key that is as old as it may be, if there is one.
func (p *Planner) take(now int64) bool {
	perSecond := p.Share * p.PerDay / day
	p.tokens = min(p.tokens+perSecond*float64(max(0, now-p.tokensAt)), max(4, 120*perSecond))
	p.tokensAt = now
	if p.tokens < 1 {
		return false
	}
	p.tokens--
	return true
}

// restretch finds how many calls a day the bounds need, and the factor for all of
// them that fits these into their share. A sixth is added for deadlines that come
// early.
func (p *Planner) restretch() {
	p.needed = 0
	for i := range p.keys {
		k := &p.keys[i]
		switch {
		case k.product < 0:
		case k.state == inventory.Closed:
			p.needed += day / closedAge
		default:
			n := 24 / p.Bounds[k.ahead].Hours() * p.seen(k)
			if k.ahead == 0 && k.ends > 0 {
				n *= float64(k.ends) / (24 * 60)
			}
			p.needed += n
		}
	}
	p.stretch = max(1, 1.16*p.needed/(p.Share*p.PerDay))
}
