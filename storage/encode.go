package storage

import (
	"encoding/binary"
	"errors"
	"slices"

	"invd/engine/inventory"
)

// Flags of a pax.
const (
	paxPrimary = 1 << iota
	paxPriced
	paxFlags
)

// The fewest bytes that each can take.
const (
	minString = 1
	minSlot   = 6
	minPax    = 7
	minPrice  = 7
)

// Bounds of what can be read back.
const (
	maxClock = 24*60 - 1
	maxScale = 6
)

var errSlots = errors.New("a slot's time or amount is out of range")

// encodeSlots returns the canonical bytes of slots: equal slots give equal bytes.
func encodeSlots(slots []inventory.Slot) ([]byte, error) {
	return new(slotEncoder).encode(slots)
}

// A slotEncoder encodes the slots of one day after another, and keeps its memory
// in between. The strings of a day repeat in every slot, so each is kept once, in
// the order of first use, and named by its place.
type slotEncoder struct {
	places map[string]uint64 // 0 is "", which the table does not hold
	table  []byte
	body   []byte
	whole  []byte
	bad    bool // something could not be read back
}

// encode is encodeSlots. What it returns is valid until the next call.
func (e *slotEncoder) encode(slots []inventory.Slot) ([]byte, error) {
	var pax, prices int
	for i := range slots {
		pax += len(slots[i].Pax)
		for j := range slots[i].Pax {
			if slots[i].Pax[j].Price != nil {
				prices++
			}
		}
	}
	if e.places == nil {
		e.places = map[string]uint64{}
	}
	clear(e.places)
	e.places[""] = 0
	e.bad, e.table = false, e.table[:0]
	e.body = slices.Grow(e.body[:0], 9+12*len(slots)+20*pax)
	e.body = binary.AppendUvarint(e.body, uint64(len(slots)))
	e.body = binary.AppendUvarint(e.body, uint64(pax))
	e.body = binary.AppendUvarint(e.body, uint64(prices))
	for i := range slots {
		e.slot(&slots[i])
	}
	if e.bad {
		return nil, errSlots
	}
	e.whole = slices.Grow(e.whole[:0], binary.MaxVarintLen32+len(e.table)+len(e.body))
	e.whole = binary.AppendUvarint(e.whole, uint64(len(e.places)-1))
	e.whole = append(e.whole, e.table...)
	e.whole = append(e.whole, e.body...)
	return e.whole, nil
}

func (e *slotEncoder) slot(s *inventory.Slot) {
	e.clock(s.Start)
	e.clock(s.End)
	e.string(s.Variant)
	e.string(s.SourceID)
	e.body = binary.AppendVarint(e.body, s.Remaining)
	e.body = binary.AppendUvarint(e.body, uint64(len(s.Pax)))
	for i := range s.Pax {
		e.pax(&s.Pax[i])
	}
}

func (e *slotEncoder) pax(p *inventory.Pax) {
	e.string(p.Type)
	e.string(p.Name)
	e.string(p.Description)
	e.body = binary.AppendVarint(e.body, p.Min)
	e.body = binary.AppendVarint(e.body, p.Max)
	e.body = binary.AppendVarint(e.body, p.Remaining)
	var flags byte
	if p.Primary {
		flags |= paxPrimary
	}
	if p.Price != nil {
		flags |= paxPriced
	}
	e.body = append(e.body, flags)
	if p.Price != nil {
		e.bad = e.bad || !storable(p.Price)
		e.body = appendAmounts(e.body, p.Price)
		e.string(p.Price.Currency)
	}
}

func (e *slotEncoder) clock(c inventory.Clock) {
	e.bad = e.bad || c < inventory.NoClock || c > maxClock
	e.body = binary.AppendUvarint(e.body, uint64(c+1))
}

func (e *slotEncoder) string(s string) {
	place, ok := e.places[s]
	if !ok {
		place = uint64(len(e.places))
		e.places[s] = place
		e.table = appendString(e.table, s)
	}
	e.body = binary.AppendUvarint(e.body, place)
}

func storable(p *inventory.Price) bool {
	return max(p.Final.Scale, p.Original.Scale, p.Discount.Scale) <= maxScale
}

func appendAmounts(b []byte, p *inventory.Price) []byte {
	for _, m := range [...]inventory.Money{p.Final, p.Original, p.Discount} {
		b = append(binary.AppendVarint(b, m.Units), m.Scale)
	}
	return b
}
