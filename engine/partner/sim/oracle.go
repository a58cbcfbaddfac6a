package sim

import (
	"bytes"
	"encoding/binary"
	"time"
)

// Body returns the exact bytes that a request for a date answers at a moment,
// faults aside. It is nil when there is no such product or date. The caller
// owns it.
func (p *Partner) Body(product int64, date string, at time.Time) []byte {
	pr, d, ok := p.lookUp(product, date)
	if !ok {
		return nil
	}
	sc := p.borrow()
	defer p.scratches.Put(sc)
	return bytes.Clone(p.body(sc, pr, d, date, at))
}

// Truth returns what Body says as values: the slots by start time, none for a
// closed date. It does not see the bodies given to Set, which only Body knows.
func (p *Partner) Truth(product int64, date string, at time.Time) []Slot {
	pr, d, ok := p.lookUp(product, date)
	if !ok {
		return nil
	}
	past, _ := p.overridesAt(key{product, d}, at)
	return p.slots(new(scratch), pr, d, at, past)
}

// Version returns a hash of Body, the same in every process. Two moments of a
// date have the same version when they have the same body.
func (p *Partner) Version(product int64, date string, at time.Time) uint64 {
	b := p.Body(product, date, at)
	h := uint64(len(b))
	for ; len(b) >= 8; b = b[8:] {
		h = mix(h ^ binary.LittleEndian.Uint64(b))
	}
	var tail [8]byte
	copy(tail[:], b)
	return mix(h ^ binary.LittleEndian.Uint64(tail[:]))
}

// NextChange returns the first moment after at when a date's body is different
// from what it was just before, as far as is known now: overrides to come are
// not. It reports false when there is no such moment.
func (p *Partner) NextChange(product int64, date string, at time.Time) (time.Time, bool) {
	pr, d, ok := p.lookUp(product, date)
	if !ok {
		return time.Time{}, false
	}
	for {
		past, next := p.overridesAt(key{product, d}, at)
		if p.isOpen(pr, d, past) {
			second, ok := p.world.sheet(pr, d).next(at.Unix())
			if sold := time.Unix(second, 0); ok && (next.IsZero() || sold.Before(next)) {
				next = sold
			}
		}
		// Without overrides every event of the world shows. With them some do
		// not: no seat is sold in a slot that Book has emptied.
		if next.IsZero() || p.neverOverridden(key{product, d}) ||
			p.Version(product, date, next) != p.Version(product, date, next.Add(-1)) {
			return next, !next.IsZero()
		}
		at = next
	}
}

// Changes returns how often a date's body changes after from and until to.
func (p *Partner) Changes(product int64, date string, from, to time.Time) int {
	n := 0
	for {
		next, ok := p.NextChange(product, date, from)
		if !ok || next.After(to) {
			return n
		}
		from = next
		n++
	}
}

func (p *Partner) lookUp(product int64, date string) (*profile, day, bool) {
	d, ok := parseDay(date)
	pr := p.world.products[product]
	return pr, d, ok && pr != nil
}

func (p *Partner) neverOverridden(k key) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.overrides[k]) == 0
}

// isOpen reports whether the world's slots are what a date answers.
func (p *Partner) isOpen(pr *profile, d day, past []override) bool {
	switch latest(past).what {
	case opened:
		return true
	case closed, set:
		return false
	default:
		return pr.open.has(d.weekday())
	}
}

func (p *Partner) slots(sc *scratch, pr *profile, d day, at time.Time, past []override) []Slot {
	if !p.isOpen(pr, d, past) {
		return nil
	}
	slots := p.world.slots(sc, pr, d, at)
	take(past, slots)
	return slots
}

// body returns the answer for a date that exists. It is in sc.
func (p *Partner) body(sc *scratch, pr *profile, d day, date string, at time.Time) []byte {
	past, _ := p.overridesAt(key{pr.id, d}, at)
	switch o := latest(past); {
	case o.what == set:
		sc.body = append(sc.body[:0], o.body...)
	case p.opts.Body != nil:
		sc.body = p.opts.Body(sc.body[:0], pr.id, date, at)
	default:
		sc.body = AppendSlots(sc.body[:0], pr.id, pr.variant, date, p.slots(sc, pr, d, at, past))
	}
	return sc.body
}

// borrow returns a scratch that goes back to p.scratches.
func (p *Partner) borrow() *scratch {
	if sc, ok := p.scratches.Get().(*scratch); ok {
		return sc
	}
	return new(scratch)
}
