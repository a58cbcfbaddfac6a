package partner

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"

	"invd/engine/inventory"
)

// slot judges a slot. One that does not say when it is, or how many places it has
// in a way that can be read, is left out.
func (d *decoder) slot(w *wireSlot) (s inventory.Slot, ok bool) {
	same, dated := d.sameDate(w.startDate)
	if dated && !same {
		d.notes.WrongDate++
		return s, false
	}
	start, timed := d.clock(w.startTime)
	remaining, counted := d.places(w.remaining, unsaid)
	listed := w.paxKind == jsontext.KindInvalid || w.paxKind == jsontext.KindNull || w.paxKind == jsontext.KindBeginArray
	if !dated || !timed || !counted || !listed {
		d.notes.Quarantined++
		return s, false
	}
	s.Start = start
	if s.End, ok = d.clock(w.endTime); !ok && !w.endTime.absent() {
		d.notes.Ignored++
	}
	s.Variant = d.words.intern(d.id(w.variantID))
	s.SourceID = string(d.id(w.slotID))
	s.Pax = d.categories(w.pax, d.word(w.currency, maxWord))
	s.Remaining = settle(remaining, s.Pax)
	return s, true
}

// sameDate compares a startDate with the date that was asked for. It may have a
// time behind it, which says nothing new. ok is false when it is no date.
func (d *decoder) sameDate(s scalar) (same, ok bool) {
	const length = len("2006-01-02")
	if s.kind != jsontext.KindString || len(s.text) < length {
		return false, false
	}
	date, rest := s.text[:length], s.text[length:]
	if len(rest) > 0 && rest[0] != 'T' && rest[0] != 't' && rest[0] != ' ' {
		return false, false
	}
	if bytes.Equal(date, d.date) {
		return true, true
	}
	_, err := inventory.ParseDate(string(date))
	return false, err == nil
}

// categories judges the pax of a slot. A type that came before is left out, and so
// is a pax without a type or with a number that cannot be read.
func (d *decoder) categories(wire []wirePax, currency string) []inventory.Pax {
	first := len(d.pax)
	for i := range wire {
		p, ok := d.category(&wire[i], currency)
		switch {
		case !ok:
			d.notes.QuarantinedPax++
			continue
		case hasType(d.pax[first:], p.Type):
			d.notes.Conflicts++
			continue
		case p.Price == nil:
			d.notes.Unpriced++
		}
		d.pax = append(d.pax, p)
	}
	if len(d.pax) == first {
		return nil
	}
	return d.pax[first:len(d.pax):len(d.pax)]
}

func hasType(pax []inventory.Pax, t string) bool {
	for i := range pax {
		if pax[i].Type == t {
			return true
		}
	}
	return false
}

func (d *decoder) category(w *wirePax, currency string) (p inventory.Pax, ok bool) {
	if w.code.kind != jsontext.KindString || len(w.code.text) == 0 {
		return p, false
	}
	p.Type = d.word(w.code, maxWord)
	if p.Min, ok = d.places(w.least, 0); !ok {
		return p, false
	}
	if p.Max, ok = d.places(w.most, inventory.NoLimit); !ok {
		return p, false
	}
	if p.Remaining, ok = d.places(w.remaining, unsaid); !ok {
		return p, false
	}
	p.Name = d.word(w.name, maxWord)
	p.Description = d.word(w.description, maxProse)
	p.Primary = w.primary.kind == jsontext.KindTrue
	if !p.Primary && w.primary.kind != jsontext.KindFalse && !w.primary.absent() {
		d.notes.Ignored++
	}
	p.Price, ok = d.price(&w.price, currency)
	return p, ok
}

// price judges a price. It is nil where the partner gives none: no price, no final
// price, or no currency on it or its slot. ok is false where it gives one that
// cannot be: not a decimal, beyond what amount takes, or negative.
// Original and discount are taken as they are, not worked out from each other.
func (d *decoder) price(w *wirePrice, currency string) (p *inventory.Price, ok bool) {
	if w.kind == jsontext.KindInvalid || w.kind == jsontext.KindNull {
		return nil, true
	}
	if w.kind != jsontext.KindBeginObject {
		return nil, false
	}
	final, ok := d.amount(w.final, inventory.Money{})
	if !ok || final.IsNegative() {
		return nil, false
	}
	original, ok := d.amount(w.original, final)
	if !ok || original.IsNegative() {
		return nil, false
	}
	discount, ok := d.amount(w.discount, inventory.Money{})
	if !ok {
		return nil, false
	}
	if own := d.word(w.currency, maxWord); own != "" {
		currency = own
	}
	if w.final.absent() || currency == "" {
		return nil, true
	}
	d.prices = append(d.prices, inventory.Price{Final: final, Original: original, Discount: discount, Currency: currency})
	return &d.prices[len(d.prices)-1], true
}

// settle fills in what was left unsaid: a slot has as many places as its largest
// pool, for the pools of pax need not add up to it; a pax has those of its slot.
func settle(remaining int64, pax []inventory.Pax) int64 {
	if remaining == unsaid {
		remaining = 0
		for i := range pax {
			remaining = max(remaining, pax[i].Remaining)
		}
	}
	for i := range pax {
		if pax[i].Remaining == unsaid {
			pax[i].Remaining = remaining
		}
	}
	return remaining
}
