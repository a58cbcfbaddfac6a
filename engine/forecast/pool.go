package forecast

import (
	"math"

	"invd/engine/report"
)

// A Pool makes a population of keys that are known one by one: those that are about
// as far ahead, read about as often and change about as often, to half an octave,
// become one class. However many keys there are, there are some thousand classes.
// Make one with NewPool.
type Pool struct {
	first  []int // by days ahead: where the class begins
	index  map[place]int
	sums   []sums
	closed float64
}

type place struct{ ahead, reads, changes int }

// sums are those of a class. What is a mean later is weighted by the time that a key
// is on sale.
type sums struct {
	ahead                                  int
	keys, onSale, reads, weighted, changes float64
}

// NewPool makes an empty pool. aheadTo is as Reference has it.
func NewPool(aheadTo []int) *Pool {
	p := &Pool{index: map[place]int{}}
	for len(p.first) < farthest(aheadTo) {
		first := len(p.first)
		for to := classEnd(first, aheadTo); len(p.first) < to; {
			p.first = append(p.first, first)
		}
	}
	return p
}

func farthest(aheadTo []int) int {
	days := readersHorizon
	for _, end := range aheadTo {
		days = max(days, end)
	}
	return days
}

// Add adds a key that is like c, which is on sale with the probability c.Keys.
func (p *Pool) Add(c report.Class) {
	p.closed += 1 - c.Keys
	if c.Keys == 0 || c.OnSale == 0 {
		return
	}
	c.Reads = max(c.Reads, 1e-9) // or there is no mean of weights
	at := place{p.first[min(c.Ahead, len(p.first)-1)], halfOctave(c.Reads * c.Weight), halfOctave(c.Changes)}
	i, ok := p.index[at]
	if !ok {
		i = len(p.sums)
		p.index[at] = i
		p.sums = append(p.sums, sums{ahead: at.ahead})
	}
	s, time := &p.sums[i], c.Keys*c.OnSale
	s.keys += c.Keys
	s.onSale += time
	s.reads += time * c.Reads
	s.weighted += time * c.Reads * c.Weight
	s.changes += time * c.Changes
}

func halfOctave(v float64) int { return int(math.Floor(2 * math.Log2(max(v, 1e-9)))) }

// Population returns what was added, of so many products.
func (p *Pool) Population(rates string, products int) report.Population {
	all := report.Population{Rates: rates, Products: products, Closed: p.closed}
	for _, s := range p.sums {
		all.Classes = append(all.Classes, report.Class{
			Ahead: s.ahead, Keys: s.keys, OnSale: s.onSale / s.keys,
			Reads: s.reads / s.onSale, Weight: s.weighted / s.reads, Changes: s.changes / s.onSale,
		})
	}
	return all
}
