package planner

import (
	"math"
	"time"

	"invd/engine/inventory"
)

// A Fetch is what an answer told beside what was known.
type Fetch struct {
	At       time.Time
	State    inventory.State
	Slots    int  // that it has; 0 when it is the same as before
	Changed  int  // slots that are new, gone or have other places left
	Repriced bool // some price is another one
	Ends     int  // minute of the day at which the last slot starts; 0: not known
}

// Memory: what is kept of evidence for another day.
const (
	productMemory = .93
	pooledMemory  = .95
	readMemory    = .88
	dateMemory    = .98
)

// Fetched takes note of an answer for a key, and returns how likely it was that it
// would say nothing new; known is false for the first.
func (p *Planner) Fetched(id uint32, f Fetch, now time.Time) (probability float64, known bool) {
	p.clock.advance(now.Unix())
	k := &p.keys[id]
	x := &p.products[k.product]
	if k.warm != 0 && k.band >= steps {
		p.settlePrice(p.index(k))
	}
	reopened := k.state == inventory.Closed && f.State != inventory.Closed
	if k.fetched == 0 {
		p.cold--
		p.countDate(k, f.State)
	} else {
		probability, known = p.probability(k), true
		p.learnChanges(k, x, f)
		if reopened || f.State == inventory.Closed && k.state != inventory.Closed {
			p.countDate(k, f.State)
		}
	}
	before := int64(k.fetched)
	k.tau, k.fetched, k.suspect = p.clock.op, uint32(f.At.Unix()), 0
	k.state = f.State
	if f.Slots > 0 {
		k.slots = uint8(min(f.Slots, 255))
	}
	if f.Ends > 0 {
		k.ends = int16(f.Ends)
	}
	if f.Repriced && before >= x.repriced {
		x.repriced = now.Unix()
		p.accuse(x, id)
	}
	if reopened {
		p.suspectClosed(x, k.date.Weekday())
	}
	return probability, known
}

// settlePrice lets the price follow the index of what is called for, over two
// minutes or 16 calls.
func (p *Planner) settlePrice(index float64) {
	p.price += (index - p.price) / max(16, p.PerDay*2/(24*60))
}

// countDate takes note whether a date of its weekday was open. Today's may be
// closed only because it is over.
func (p *Planner) countDate(k *key, s inventory.State) {
	x, d := &p.products[k.product], k.date.Weekday()
	switch {
	case s != inventory.Closed:
		x.open[d]++
	case k.ahead > 0:
		x.empty[d]++
	}
}

// learnChanges attributes the changes seen since the last fetch to the factors of
// the rate: to each what the others leave to be explained. Slots hide changes that
// came twice; m/(1-e^-m) of them are to be expected for each slot that changed
// (the EM step whose fixed point is the maximum of likelihood).
func (p *Planner) learnChanges(k *key, x *product, f Fetch) {
	m := between(slowest, x.beta*p.gamma[k.lead]*k.own()*p.sigma[k.state], fastest) * max(0, p.clock.op-k.tau)
	if m == 0 {
		return
	}
	seen := float64(f.Changed)
	if f.Changed > 0 {
		each := m / float64(max(f.Slots, int(k.slots), f.Changed))
		seen *= each / -math.Expm1(-each)
	}
	if f.Repriced {
		seen++
	}
	own := k.own()
	x.changes += seen
	x.expected += m / x.beta
	p.gammaA[k.lead] += seen
	p.gammaB[k.lead] += m / p.gamma[k.lead]
	p.sigmaA[k.state] += seen
	p.sigmaB[k.state] += m / p.sigma[k.state]
	k.changes += float32(seen)
	k.expected += float32(m / own)
	if k.suspect > 0 && k.state != inventory.Closed {
		p.accused++
		if f.Repriced {
			p.hits++
		}
	}
	x.beta = between(.05, (x.changes+2)/(x.expected+2), 20)
	p.gamma[k.lead] = pooled(p.gammaA[k.lead], p.gammaB[k.lead], changePrior[k.lead], 20)
	p.sigma[k.state] = pooled(p.sigmaA[k.state], p.sigmaB[k.state], statePrior[k.state], 20)
}

// pooled is a factor for which seen events are known where 1 would have expected
// so many, with a prior that weighs as much as some events.
func pooled(seen, expected, prior, weight float64) float64 {
	return between(prior/50, (seen+weight)/(expected+weight/prior), prior*50)
}

// accuse makes the other dates of a product suspect of the price that is new on
// one of them. A price that was known to have changed since the others were fetched
// is no news: without that test they would accuse each other for ever.
func (p *Planner) accuse(x *product, id uint32) {
	h := (p.hits + 4) / (p.accused + 10)
	doubt := float32(-math.Log1p(-min(h, .95)))
	for _, other := range x.ids {
		if k := &p.keys[other]; other != id && k.fetched != 0 && k.state != inventory.Closed {
			k.suspect += doubt
			p.revisit = append(p.revisit, other)
		}
	}
}

// suspectClosed makes the closed dates of a weekday suspect on which one was found
// open.
func (p *Planner) suspectClosed(x *product, weekday time.Weekday) {
	for _, other := range x.ids {
		if k := &p.keys[other]; k.state == inventory.Closed && k.date.Weekday() == weekday {
			k.suspect += math.Ln2
			p.revisit = append(p.revisit, other)
		}
	}
}
