package planner

import (
	"math"
	"time"
)

// A View says what is known of a key.
type View struct {
	Changes, Reads float64 // a day, by the readers' clock
	Expected       float64 // changes since the last fetch
	Probability    float64 // that what is stored is still true
	Index          float64
	Bound          time.Time // when it is as old as it may be; zero: never
}

// View returns what is known of a key.
func (p *Planner) View(id uint32, now time.Time) View {
	p.clock.advance(now.Unix())
	k := &p.keys[id]
	v := View{Changes: p.changeRate(k), Reads: p.readRate(k), Probability: p.probability(k), Index: p.index(k)}
	if k.fetched != 0 {
		v.Expected = p.expect(k, v.Changes)
	}
	if bound := p.bound(k); bound != math.MaxInt64 {
		v.Bound = time.Unix(bound, 0)
	}
	return v
}

// A Summary is the state of a planner in a few numbers.
type Summary struct {
	Price   float64 // reads that a call is worth at the margin
	Stretch float64 // of all bounds of age
	Share   float64 // of the calls, that the stretched bounds need
	Warm    int     // keys that are due and not fetched yet
	Cold    int     // keys never fetched
	Fresh   float64 // of the reads to be expected, that find what is true
}

// Summary looks at every key.
func (p *Planner) Summary(now time.Time) Summary {
	p.clock.advance(now.Unix())
	s := Summary{Price: p.price, Stretch: p.stretch, Share: p.needed / p.stretch / p.PerDay, Warm: len(p.warm), Cold: p.cold}
	var reads, fresh float64
	for i := range p.keys {
		if k := &p.keys[i]; k.product >= 0 && !p.over(k) {
			w := p.readRate(k)
			reads += w
			fresh += w * p.probability(k)
		}
	}
	if reads > 0 {
		s.Fresh = fresh / reads
	}
	return s
}

// Price returns what a call is worth at the margin, in reads.
func (p *Planner) Price() float64 { return p.price }
