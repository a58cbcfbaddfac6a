package world

import (
	"sync"
	"time"

	"invd/engine/inventory"
	"invd/engine/partner/sim"
)

// A World is a market. Make one with New; all methods may be called at once.
type World struct {
	opts     Options
	products []product
	byID     map[inventory.ProductID]*product
	readers  choice // over products

	mu     sync.Mutex
	sheets map[inventory.Key]*sheet
}

// New makes the market that options describe.
func New(o Options) *World {
	w := &World{opts: o, products: newProducts(o), byID: map[inventory.ProductID]*product{}, sheets: map[inventory.Key]*sheet{}}
	for i := range w.products {
		w.byID[w.products[i].id] = &w.products[i]
	}
	w.readers = newChoice(len(w.products), func(i int) float64 { return w.products[i].reads })
	return w
}

// Open reports whether the product is sold on the date at all.
func (w *World) Open(k inventory.Key) bool {
	p := w.byID[k.Product]
	return p != nil && p.open[k.Date.Weekday()]
}

// Forget lets go of what is remembered of dates before date, which are in nobody's
// sight any more.
func (w *World) Forget(date inventory.Date) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for k := range w.sheets {
		if k.Date < date {
			delete(w.sheets, k)
		}
	}
}

// sheet returns what happens to an open date.
func (w *World) sheet(p *product, date inventory.Date) *sheet {
	k := inventory.Key{Product: p.id, Date: date}
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.sheets[k]
	if s == nil {
		s = newSheet(&w.opts, p, date)
		w.sheets[k] = s
	}
	return s
}

// Body appends what the partner says of a product's date at a moment, in its JSON:
// [] for a date that is closed or is none, and for products that are not in this
// world. Slots that have started are listed like the others.
func (w *World) Body(b []byte, id int64, text string, at time.Time) []byte {
	date, err := inventory.ParseDate(text)
	k := inventory.Key{Product: inventory.ProductID(id), Date: date}
	if err != nil || !w.Open(k) {
		return append(b, "[]"...)
	}
	p := w.byID[k.Product]
	s := w.sheet(p, date)
	price := int32(1000)
	slots, pax := make([]sim.Slot, len(p.slots)), make([]sim.Pax, len(p.slots))
	for i := range p.slots {
		slots[i] = sim.Slot{Start: clock(p.slots[i].second), Remaining: int64(p.slots[i].places)}
	}
	for _, e := range s.events[:s.until(at.Unix())] {
		if e.slot == priced {
			price = e.after
		} else {
			slots[e.slot].Remaining = int64(e.after)
		}
	}
	cents := p.price * int64(price) / 1000
	for i := range pax {
		pax[i] = sim.Pax{Type: "ADULT", Name: "Adult", Primary: true, Remaining: slots[i].Remaining, FinalCents: cents, OriginalCents: cents}
		slots[i].Pax = pax[i : i+1]
	}
	return sim.AppendSlots(b, id, 0, text, slots)
}

func clock(second int32) string { return inventory.Clock(second / 60).String() }

// Changes counts the changes that show after from and until to, of all dates in
// sight when they happen.
func (w *World) Changes(from, to time.Time) (n int) {
	first := inventory.DateOf(from.In(w.opts.Location))
	last := inventory.DateOf(to.In(w.opts.Location)).AddDays(horizon)
	for i := range w.products {
		p := &w.products[i]
		for date := first; date <= last; date++ {
			if p.open[date.Weekday()] {
				s := w.sheet(p, date)
				n += s.until(to.Unix()) - s.until(from.Unix())
			}
		}
	}
	return n
}
