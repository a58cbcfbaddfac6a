package planner

import (
	"math"
	"time"
)

// A Move says that a key that waits for its time is due at another one, or that one
// that waits in the queue belongs in another band.
type Move struct {
	ID   uint32
	Due  int64 // Unix seconds
	Band int
}

const (
	rescoreEvery = 60   // seconds between two scorings of what is warm
	leastScored  = 1024 // keys, at each of them
	scoredACall  = 8    // or more, so many for each call of the minute: what misses the processor's caches takes time
	sweepAgain   = 10   // seconds until the next look for something to do, when there was nothing
)

// Turn does what is to be done at regular times, given how many jobs wait in the
// queue, and returns what is to be moved. The result is valid until the next call.
func (p *Planner) Turn(now time.Time, waiting int) []Move {
	at := now.Unix()
	if at < p.clock.wall { // the wall clock was set back
		p.hourly, p.scoredAt, p.sweptAt = min(p.hourly, at), min(p.scoredAt, at), min(p.sweptAt, at)
	}
	p.clock.advance(at)
	if p.scoredAt == 0 { // the first
		p.restretch()
	}
	if at >= p.hourly+hour {
		p.closeHour(at)
	}
	if at >= p.scoredAt+rescoreEvery {
		p.scoredAt = at
		p.rescore(at)
	}
	if perMinute := p.PerDay / (24 * 60); float64(waiting) < max(2, perMinute/2) && at >= p.sweptAt {
		p.sweep(at, max(16, int(2*perMinute), len(p.keys)/256))
	}
	for _, id := range p.revisit {
		if k := &p.keys[id]; k.product >= 0 && k.warm == 0 {
			p.moves = append(p.moves, Move{ID: id, Due: p.due(id, at), Band: int(k.band)})
		}
	}
	p.revisit = p.revisit[:0]
	moves := p.moves
	p.moves, p.spare = p.spare[:0], moves
	return moves
}

// rescore puts the warm keys into the bands that they belong in now: all of them,
// or if there are very many, the next so many in turn.
func (p *Planner) rescore(now int64) {
	n := min(len(p.warm), max(leastScored, int(scoredACall*p.PerDay/(24*60))))
	for range n {
		if p.rescored >= len(p.warm) {
			p.rescored = 0
		}
		id := p.warm[p.rescored]
		p.rescored++
		k := &p.keys[id]
		if k.band == aged {
			continue
		}
		band := uint8(steps + p.step(p.index(k)))
		if p.bound(k) <= now && p.take(now) {
			band = aged
		}
		if band != k.band {
			k.band = band
			p.moves = append(p.moves, Move{ID: id, Due: now, Band: int(band)})
		}
	}
}

// sweep makes the best n of the keys that wait due now and lets the price fall to
// what they are worth. It looks at every key, twice.
func (p *Planner) sweep(now int64, n int) {
	if cap(p.scores) < len(p.keys) {
		p.scores = make([]float32, len(p.keys)+len(p.keys)/4)
	}
	p.scores = p.scores[:len(p.keys)]
	var histogram [512]int
	found := 0
	for i := range p.keys {
		k := &p.keys[i]
		p.scores[i] = 0
		if k.product < 0 || k.warm != 0 || k.fetched != 0 && (p.rests(k, now) || p.expect(k, p.changeRate(k)) < leastDoubt) {
			continue
		}
		if index := p.index(k); index > 0 {
			p.scores[i] = float32(index)
			histogram[bin(index)]++
			found++
		}
	}
	p.sweptAt = now
	if found == 0 {
		p.sweptAt = now + sweepAgain
		return
	}
	least, left := len(histogram)-1, min(n, found)
	for left > histogram[least] {
		left -= histogram[least]
		least--
	}
	if bottom := math.Exp2(float64(least-256) / 4); p.price == 0 || bottom < p.price {
		p.price = bottom
	}
	for i := range p.keys { // left is how many of the lowest bin there is room for
		if p.scores[i] == 0 {
			continue
		}
		index := float64(p.scores[i])
		b := bin(index)
		if b < least || b == least && left == 0 {
			continue
		}
		if b == least {
			left--
		}
		band := uint8(steps + p.step(index))
		p.heat(uint32(i), band)
		p.moves = append(p.moves, Move{ID: uint32(i), Due: now, Band: int(band)})
	}
}

// bin numbers quarter octaves from 2^-64 to 2^64.
func bin(index float64) int { return max(0, min(511, 256+quarters(index))) }
