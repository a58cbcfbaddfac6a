package storage

import (
	"encoding/binary"

	"invd/engine/inventory"
)

// A day is the stored form of what is known about one key: a header of fixed
// size, and the slots in their canonical bytes. Two answers say the same exactly
// when their slot bytes are equal.
type day struct {
	bodyHash  uint64 // of the partner's body that was confirmed last
	requested int64  // Unix nanoseconds, as the next two
	checked   int64
	changed   int64
	revision  uint32
	state     inventory.State
	slots     []byte // aliases the transaction's page when read
}

const headerSize = 8 + 3*8 + 4 + 1

func (d *day) encode(key []byte) []byte {
	b := newValue(headerSize + len(d.slots))
	b = binary.BigEndian.AppendUint64(b, d.bodyHash)
	b = binary.BigEndian.AppendUint64(b, uint64(d.requested))
	b = binary.BigEndian.AppendUint64(b, uint64(d.checked))
	b = binary.BigEndian.AppendUint64(b, uint64(d.changed))
	b = binary.BigEndian.AppendUint32(b, d.revision)
	b = append(b, byte(d.state))
	return seal(key, append(b, d.slots...))
}

// decodeDay reads the header of a value, whose slots it leaves encoded. It is
// false for a value that is damaged.
func decodeDay(key, value []byte) (day, bool) {
	payload, ok := unseal(key, value)
	if !ok {
		return day{}, false
	}
	p := parser{b: payload}
	d := day{
		bodyHash:  p.uint64(),
		requested: int64(p.uint64()),
		checked:   int64(p.uint64()),
		changed:   int64(p.uint64()),
		revision:  p.uint32(),
		state:     inventory.State(p.enum(byte(inventory.Open))),
	}
	if p.bad || d.state == inventory.Unknown {
		return day{}, false
	}
	d.slots = p.b
	return d, true
}

// record decodes the day whole; nothing of it aliases the transaction's page.
func (d *day) record(k inventory.Key) (*inventory.Record, bool) {
	slots, ok := decodeSlots(d.slots)
	if !ok {
		return nil, false
	}
	return &inventory.Record{
		Availability: inventory.Availability{
			Key: k, Slots: slots,
			RequestedAt: instant(d.requested), CheckedAt: instant(d.checked),
		},
		ChangedAt: instant(d.changed),
		Revision:  d.revision,
	}, true
}
