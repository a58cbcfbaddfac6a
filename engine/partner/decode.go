package partner

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/cespare/xxhash/v2"
	"github.com/go-json-experiment/json/jsontext"

	"invd/engine/inventory"
)

// decoderVersion goes up with every change of what Decode makes of a body.
const decoderVersion = 2

// BodyHash returns a hash of body that two bodies share when Decode makes the same
// of them. It is not the same across releases that decode differently, so that
// what was stored under the old rules is decoded anew.
func BodyHash(body []byte) uint64 {
	var d xxhash.Digest
	d.ResetWithSeed(decoderVersion)
	_, _ = d.Write(body)
	return d.Sum64()
}

// Bounds of an answer. More than these is not one date of one product.
const (
	maxSlots = 10_000
	maxPax   = 200     // of one slot
	maxWord  = 256     // bytes of a type, name, variant, id or currency
	maxProse = 4 << 10 // bytes of a description
)

var byteOrderMark = []byte("\xef\xbb\xbf")

// A decoder makes one answer into availability.
type decoder struct {
	reader
	key   inventory.Key
	date  []byte // the key's, as the partner writes it
	notes Notes
	words words

	// Slots share these two: each has its own stretch, which nothing appends to.
	pax    []inventory.Pax
	prices []inventory.Price
}

// Decode makes the body of an answer for k into availability, sorted, with its Key
// but without times. `[]` is a date that is closed. It is pure, keeps no part of
// body, and never panics. Its errors are *Error, of kind TooLarge for more than
// 10,000 slots or 200 pax in one, else BadPayload.
func Decode(k inventory.Key, body []byte) (inventory.Availability, Notes, error) {
	d := &decoder{key: k, date: k.Date.AppendTo(nil)}
	d.reset(bytes.TrimPrefix(body, byteOrderMark))
	slots, err := d.decode()
	if err != nil {
		return inventory.Availability{}, d.notes, err
	}
	a := inventory.Availability{Key: k, Slots: slots}
	a.Sort()
	a.Slots = d.merge(a.Slots)
	return a, d.notes, nil
}

func (d *decoder) decode() ([]inventory.Slot, error) {
	if kind := d.dec.PeekKind(); kind != jsontext.KindBeginArray && kind != jsontext.KindInvalid {
		return nil, d.bad(BadPayload, "want an array of slots, got "+kind.String())
	}
	var (
		w     wireSlot
		slots []inventory.Slot
		read  int
		over  *Error
	)
	err := d.array(func() error {
		if read++; read > maxSlots {
			over = d.bad(TooLarge, fmt.Sprintf("more than %d slots", maxSlots))
			return over
		}
		if err := d.readSlot(&w); err != nil {
			return err
		}
		if len(w.pax) > maxPax {
			over = d.bad(TooLarge, fmt.Sprintf("a slot of more than %d pax", maxPax))
			return over
		}
		if slots == nil {
			slots = d.reserve()
		}
		if s, ok := d.slot(&w); ok {
			slots = append(slots, s)
		}
		return nil
	})
	if over != nil {
		return nil, over
	}
	if err == nil {
		if _, err = d.dec.ReadToken(); errors.Is(err, io.EOF) {
			err = nil
		} else if err == nil {
			return nil, d.bad(BadPayload, "something follows the array")
		}
	}
	if err != nil {
		return nil, d.syntax(err)
	}
	d.notes.Cleaned = d.cleaned
	if read > 0 && len(slots) == 0 { // which must not pass for a closed date
		return nil, d.bad(BadPayload, fmt.Sprintf("none of %d slots is usable, %d are of another date", read, d.notes.WrongDate))
	}
	return slots, nil
}

// reserve makes room by the size of the answer, in which a pax takes some 200 bytes.
func (d *decoder) reserve() []inventory.Slot {
	n := len(d.body)/200 + 1
	d.pax = make([]inventory.Pax, 0, n)
	d.prices = make([]inventory.Price, 0, n)
	return make([]inventory.Slot, 0, n/2+1)
}

func (d *decoder) bad(kind Kind, msg string) *Error {
	return &Error{Kind: kind, Key: d.key, Msg: msg}
}

// syntax tells where the JSON ends to be JSON. It leaves out the names on the way
// there, which are the partner's and of any length.
func (d *decoder) syntax(err error) *Error {
	offset := d.dec.InputOffset()
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		offset, err = syntactic.ByteOffset, syntactic.Err
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return &Error{Kind: BadPayload, Key: d.key, Msg: shorten(fmt.Sprintf("no JSON at byte %d: %v", offset, err)), err: err}
}
