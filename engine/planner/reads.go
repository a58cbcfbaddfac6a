package planner

import (
	"math"
	"time"

	"invd/engine/inventory"
)

// Read takes note of reads of a product's date, and returns how likely they were
// given what the partner says; ok is false when the key is not in sight or was
// never fetched.
func (p *Planner) Read(product int, date inventory.Date, reads int, now time.Time) (probability float64, ok bool) {
	p.clock.advance(now.Unix())
	p.read += float64(reads)
	x := &p.products[product]
	x.reads += float64(reads)
	for _, id := range x.ids {
		k := &p.keys[id]
		if k.date != date {
			continue
		}
		p.psiC[k.lead] += float64(reads)
		k.reads += float32(reads)
		if k.fetched == 0 {
			return 0, false
		}
		probability = p.probability(k)
		p.revisit = append(p.revisit, id)
		return probability, true
	}
	return 0, false
}

// probability returns how likely it is that what is stored of k is still true.
func (p *Planner) probability(k *key) float64 {
	if k.fetched == 0 {
		return 0
	}
	return math.Exp(-p.expect(k, p.changeRate(k)))
}

// closeHour learns from the reads of the hour that has passed, and forgets a
// little of everything. An hour without any reads is taken for a feed that is
// silent, not for readers who stay away.
func (p *Planner) closeHour(now int64) {
	hours := float64(now-p.hourly) / hour
	p.hourly = now
	days := p.clock.op - p.exposedTo
	p.exposedTo = p.clock.op
	p.forget(hours / 24)
	if p.read > 0 {
		p.clock.counted(now, p.read/hours)
		p.read = 0
		p.expose(days)
	}
	p.restretch()
}

// expose adds to every factor of the read rate how many reads the others alone
// would have made likely in so many days.
func (p *Planner) expose(days float64) {
	for i := range p.keys {
		k := &p.keys[i]
		if k.product < 0 {
			continue
		}
		x := &p.products[k.product]
		look := days * p.seen(k)
		if k.ahead == 0 && p.over(k) {
			look = 0
		}
		own := k.interest()
		x.exposed += look * p.psi[k.lead] * own
		p.psiE[k.lead] += look * x.rate * own
		k.exposed += float32(look * x.rate * p.psi[k.lead])
	}
	for b := range p.psi {
		p.psi[b] = pooled(p.psiC[b]/p.rate, p.psiE[b]/p.rate, readPrior[b], 30)
	}
	reads, exposed := 1., 1/p.rate
	for i := range p.products {
		reads += p.products[i].reads
		exposed += p.products[i].exposed
	}
	p.rate = max(1e-6, reads/exposed)
	for i := range p.products {
		x := &p.products[i]
		x.rate = (x.reads + 2) / (x.exposed + 2/p.rate)
	}
}

// forget lets evidence fade over so many days.
func (p *Planner) forget(days float64) {
	byProduct, byDate := math.Pow(productMemory, days), math.Pow(dateMemory, days)
	pooled, byReads := math.Pow(pooledMemory, days), math.Pow(readMemory, days)
	for i := range p.products {
		x := &p.products[i]
		x.changes *= byProduct
		x.expected *= byProduct
		if p.read > 0 {
			x.reads *= byReads
			x.exposed *= byReads
		}
		for d := range x.open {
			x.open[d] *= byDate
			x.empty[d] *= byDate
		}
	}
	for b := range leads {
		p.gammaA[b] *= pooled
		p.gammaB[b] *= pooled
		if p.read > 0 {
			p.psiC[b] *= pooled
			p.psiE[b] *= pooled
		}
	}
	for s := range states {
		p.sigmaA[s] *= pooled
		p.sigmaB[s] *= pooled
	}
	p.hits *= pooled
	p.accused *= pooled
}
