package sim

import (
	"slices"
	"sync"
	"time"
)

// A world knows what every product offers at every moment.
type world struct {
	seed     uint64
	loc      *time.Location
	products map[int64]*profile

	mu         sync.Mutex
	young, old map[key]*sheet // see sheet
	maxYoung   int
}

type key struct {
	product int64
	day     day
}

// generation is how many sheets a generation of the cache holds: a round of 450
// products with 60 dates stays in it.
const generation = 1 << 15

func newWorld(o Options) *world {
	w := &world{
		seed:     o.Seed,
		loc:      o.Location,
		products: make(map[int64]*profile, len(o.Products)),
		young:    make(map[key]*sheet),
		maxYoung: generation,
	}
	for _, id := range o.Products {
		w.products[id] = newProfile(o.Seed, id, o.Bookings)
	}
	return w
}

// sheet returns the sheet of a product's date. The cache is two generations:
// what is asked for moves to the young one, and when that is full it becomes
// the old one and what nobody asked for meanwhile is forgotten.
func (w *world) sheet(p *profile, d day) *sheet {
	k := key{p.id, d}
	w.mu.Lock()
	sh := w.young[k]
	if sh == nil {
		if sh = w.old[k]; sh != nil {
			w.keep(k, sh)
		}
	}
	w.mu.Unlock()
	if sh != nil {
		return sh
	}

	sh = newSheet(w.seed, p, d, w.loc)
	w.mu.Lock()
	w.keep(k, sh)
	w.mu.Unlock()
	return sh
}

// keep is called with mu held.
func (w *world) keep(k key, sh *sheet) {
	if len(w.young) >= w.maxYoung {
		w.old, w.young = w.young, make(map[key]*sheet, w.maxYoung)
	}
	w.young[k] = sh
}

// A scratch is memory to put an answer together in, used again and again.
type scratch struct {
	slots []Slot
	pax   []Pax
	body  []byte
}

// slots returns what p offers on d at a moment if it is open at all. The
// result is in sc.
func (w *world) slots(sc *scratch, p *profile, d day, at time.Time) []Slot {
	now := at.Unix()
	sh := w.sheet(p, d)
	factor, percent := sh.factorAt(now), int64(100)
	wd := d.weekday()
	if !p.fixed && (wd == time.Saturday || wd == time.Sunday) {
		percent = p.weekend
	}

	slots := slices.Grow(sc.slots[:0], len(p.slots))[:len(p.slots)]
	pax := slices.Grow(sc.pax[:0], len(p.slots)*maxPax) // never moves below
	sc.slots, sc.pax = slots, pax
	for i := range p.slots {
		plan := &p.slots[i]
		sold := sh.soldAt(i, now)
		left := plan.seats
		for _, n := range sold {
			left -= int64(n)
		}
		first := len(pax)
		for j := range plan.pax {
			if j > 0 && plan.adultsOnly.has(wd) {
				break
			}
			pp := &plan.pax[j]
			pax = append(pax, Pax{
				Type: pp.kind.typ, Name: pp.kind.name, Description: pp.kind.description,
				Primary:    pp.kind.primary,
				Remaining:  min(left, pp.seats-int64(sold[j])),
				FinalCents: (pp.cents*percent*factor + 50*wholePrice) / (100 * wholePrice),
			})
			if pp.cents > 0 {
				last := &pax[len(pax)-1]
				last.OriginalCents = last.FinalCents + markup
			}
		}
		slots[i] = Slot{Start: plan.start, Remaining: left, Pax: pax[first:len(pax):len(pax)]}
	}
	return slots
}

// markup is what the partner's originalPrice is above its finalPrice, always,
// although it states a discount of 0. Who is free is free in both.
const markup = 100_00
