package storage

import "invd/engine/inventory"

// decodeSlots is the inverse of encodeSlots. All slots, pax, prices and strings
// of a day share one allocation of each kind.
func decodeSlots(b []byte) ([]inventory.Slot, bool) {
	p := parser{b: b}
	d := slotDecoder{parser: &p, strings: decodeTable(&p)}
	slots := make([]inventory.Slot, p.count(minSlot))
	d.pax = make([]inventory.Pax, p.count(minPax))
	d.prices = make([]inventory.Price, p.count(minPrice))
	for i := range slots {
		d.slot(&slots[i])
	}
	if !p.end() || len(d.pax) > 0 || len(d.prices) > 0 {
		return nil, false
	}
	if len(slots) == 0 {
		return nil, true
	}
	return slots, true
}

// countSlots returns how many slots decodeSlots would return, without decoding them.
func countSlots(b []byte) int {
	p := parser{b: b}
	decodeTable(&p)
	return p.count(minSlot)
}

// decodeTable returns the strings by their places.
func decodeTable(p *parser) []string {
	strings := make([]string, 1+p.count(minString))
	start := p.b
	for range strings[1:] {
		p.bytes(p.uvarint())
	}
	if p.bad {
		return nil
	}
	text := string(start[:len(start)-len(p.b)])
	again := parser{b: start}
	for i := range strings[1:] {
		n := again.uvarint()
		from := len(start) - len(again.b)
		again.bytes(n)
		strings[1+i] = text[from : from+int(n)]
	}
	return strings
}

type slotDecoder struct {
	*parser
	strings []string
	pax     []inventory.Pax // not yet handed out
	prices  []inventory.Price
}

func (d *slotDecoder) slot(s *inventory.Slot) {
	s.Start, s.End = d.clock(), d.clock()
	s.Variant, s.SourceID = d.string(), d.string()
	s.Remaining = d.varint()
	n := d.uvarint()
	if n > uint64(len(d.pax)) {
		d.fail()
		return
	}
	if n > 0 {
		s.Pax, d.pax = d.pax[:n:n], d.pax[n:]
	}
	for i := range s.Pax {
		d.one(&s.Pax[i])
	}
}

func (d *slotDecoder) one(x *inventory.Pax) {
	x.Type, x.Name, x.Description = d.string(), d.string(), d.string()
	x.Min, x.Max, x.Remaining = d.varint(), d.varint(), d.varint()
	flags := d.enum(paxFlags - 1)
	x.Primary = flags&paxPrimary != 0
	if flags&paxPriced == 0 {
		return
	}
	if len(d.prices) == 0 {
		d.fail()
		return
	}
	x.Price, d.prices = &d.prices[0], d.prices[1:]
	*x.Price = d.amounts()
	x.Price.Currency = d.string()
}

func (d *slotDecoder) clock() inventory.Clock {
	c := d.uvarint()
	if c > maxClock+1 {
		d.fail()
		return inventory.NoClock
	}
	return inventory.Clock(c) - 1
}

func (d *slotDecoder) string() string {
	place := d.uvarint()
	if place >= uint64(len(d.strings)) {
		d.fail()
		return ""
	}
	return d.strings[place]
}

func (p *parser) amounts() (price inventory.Price) {
	for _, m := range [...]*inventory.Money{&price.Final, &price.Original, &price.Discount} {
		m.Units, m.Scale = p.varint(), p.enum(maxScale)
	}
	return price
}
