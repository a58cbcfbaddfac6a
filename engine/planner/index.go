package planner

import (
	"math"
	"time"

	"invd/engine/freshness"
	"invd/engine/inventory"
)

const (
	slowest, fastest = .002, 2000 // changes a day that are believed
	closedReads      = .05        // of a date's readers look at it while it is closed
)

// changeRate returns λ, changes a day of the readers' clock.
func (p *Planner) changeRate(k *key) float64 {
	if p.Rates != nil {
		changes, _ := p.Rates(p.name(k), time.Unix(p.clock.wall, 0))
		return between(slowest, changes, fastest)
	}
	return between(slowest, p.products[k.product].beta*p.gamma[k.lead]*k.own()*p.sigma[k.state], fastest)
}

// readRate returns w, reads a day of the readers' clock times the product's weight.
func (p *Planner) readRate(k *key) float64 {
	x := &p.products[k.product]
	if p.Rates != nil {
		_, reads := p.Rates(p.name(k), time.Unix(p.clock.wall, 0))
		return max(1e-9, reads*x.weight)
	}
	w := x.weight * x.rate * p.psi[k.lead] * k.interest()
	return max(1e-9, w*p.seen(k))
}

// seen returns the share of its readers who get to see a date: those who want a
// closed one do not look.
func (p *Planner) seen(k *key) float64 {
	switch {
	case k.fetched == 0:
		return p.products[k.product].opens(k.date)
	case k.state == inventory.Closed:
		return closedReads
	}
	return 1
}

func (p *Planner) name(k *key) inventory.Key {
	return inventory.Key{Product: p.products[k.product].id, Date: k.date}
}

// expect returns how many changes are to be expected of k since it was fetched.
func (p *Planner) expect(k *key, changeRate float64) float64 {
	return changeRate*max(0, p.clock.op-k.tau) + float64(k.suspect)
}

// index returns what a call for k is worth now, in reads.
func (p *Planner) index(k *key) float64 {
	changes, reads := p.changeRate(k), p.readRate(k)
	if k.fetched == 0 {
		return p.unseen(reads)
	}
	x := p.expect(k, changes)
	if k.ahead == 0 {
		left := p.remaining(k)
		if left <= 0 {
			return 0
		}
		return freshness.IndexUntil(reads, changes, x, left)
	}
	return freshness.Index(reads, changes, x)
}

// unseen returns the index of a key that was never fetched: all reads that its
// first answer will serve until most keys are there, or for Horizon. How many of
// them it keeps true matters less. A reader who is told of an older state of
// today is served, one who is told nothing is not.
func (p *Planner) unseen(reads float64) float64 {
	return reads * max(float64(p.cold)/p.PerDay, p.Horizon.Hours()/24)
}

// remaining returns for how long today's key k will still be asked for, in days of
// the readers' clock: until its last slot starts.
func (p *Planner) remaining(k *key) float64 {
	return p.clock.reading(p.end(k)) - p.clock.op
}

// end returns when a key of today is over, in Unix seconds.
func (p *Planner) end(k *key) int64 {
	x := &p.products[k.product]
	if k.ends == 0 {
		return x.midnight + day
	}
	return x.midnight + 60*int64(k.ends)
}

// over reports whether nobody will ask for k any more.
func (p *Planner) over(k *key) bool { return k.ahead == 0 && p.clock.wall >= p.end(k) }

// step returns how far an index is above or below the price, 0 the highest.
func (p *Planner) step(index float64) int {
	if p.price == 0 {
		return 0
	}
	return stepOf(index / p.price)
}

// stepOf returns the number of quarter octaves by which a ratio lies below 2^5,
// within 0 and Steps-1.
func stepOf(ratio float64) int {
	if !(ratio > 0) {
		return Steps - 1
	}
	return max(0, min(Steps-1, 20-quarters(ratio)))
}

// quarters returns the whole quarter octaves in a positive number: the integer part
// of four times its binary logarithm.
func quarters(v float64) int {
	fraction, exponent := math.Frexp(v) // fraction from 1/2 to 1
	n := 4 * (exponent - 1)
	switch {
	case fraction >= .8408964152537145: // 2^-(1/4)
		return n + 3
	case fraction >= math.Sqrt2/2:
		return n + 2
	case fraction >= .5946035575013605: // 2^-(3/4)
		return n + 1
	}
	return n
}

// Steps is the number of steps of urgency: quarter octaves from 32 times the price
// and more down to 0.6 times and less.
const Steps = 24
