package partner

import "github.com/go-json-experiment/json/jsontext"

// A wireSlot is a slot in the partner's words. Members may come in any order and
// unknown ones are skipped.
type wireSlot struct {
	startDate, startTime, endTime scalar
	slotID, variantID             scalar
	remaining, currency           scalar
	paxKind                       jsontext.Kind // of paxAvailability
	pax                           []wirePax     // its elements, up to maxPax + 1
}

// A wirePax is a traveller category in the partner's words.
type wirePax struct {
	code, name             scalar // type, name
	description            scalar
	least, most, remaining scalar // min, max, remaining
	primary                scalar
	price                  wirePrice
}

// A wirePrice is a price in the partner's words.
type wirePrice struct {
	kind                                jsontext.Kind
	final, original, discount, currency scalar
}

// readSlot reads the next element of an answer into w.
func (r *reader) readSlot(w *wireSlot) error {
	*w = wireSlot{pax: w.pax[:0]}
	if r.dec.PeekKind() != jsontext.KindBeginObject {
		return r.dec.SkipValue()
	}
	return r.object(func(name []byte) (err error) {
		switch string(name) {
		case "startDate":
			w.startDate, err = r.scalar()
		case "startTime":
			w.startTime, err = r.scalar()
		case "endTime":
			w.endTime, err = r.scalar()
		case "providerSlotId":
			w.slotID, err = r.scalar()
		case "variantId":
			w.variantID, err = r.scalar()
		case "remaining":
			w.remaining, err = r.scalar()
		case "currencyCode":
			w.currency, err = r.scalar()
		case "paxAvailability":
			err = r.readCategories(w)
		default:
			err = r.dec.SkipValue()
		}
		return err
	})
}

func (r *reader) readCategories(w *wireSlot) error {
	if w.paxKind = r.dec.PeekKind(); w.paxKind != jsontext.KindBeginArray {
		return r.dec.SkipValue()
	}
	return r.array(func() error {
		if len(w.pax) > maxPax {
			return r.dec.SkipValue()
		}
		w.pax = append(w.pax, wirePax{})
		return r.readPax(&w.pax[len(w.pax)-1])
	})
}

func (r *reader) readPax(w *wirePax) error {
	if r.dec.PeekKind() != jsontext.KindBeginObject {
		return r.dec.SkipValue()
	}
	return r.object(func(name []byte) (err error) {
		switch string(name) {
		case "type":
			w.code, err = r.scalar()
		case "name":
			w.name, err = r.scalar()
		case "description":
			w.description, err = r.scalar()
		case "min":
			w.least, err = r.scalar()
		case "max":
			w.most, err = r.scalar()
		case "remaining":
			w.remaining, err = r.scalar()
		case "isPrimary":
			w.primary, err = r.scalar()
		case "price":
			err = r.readPrice(&w.price)
		default:
			err = r.dec.SkipValue()
		}
		return err
	})
}

func (r *reader) readPrice(w *wirePrice) error {
	if w.kind = r.dec.PeekKind(); w.kind != jsontext.KindBeginObject {
		return r.dec.SkipValue()
	}
	return r.object(func(name []byte) (err error) {
		switch string(name) {
		case "finalPrice":
			w.final, err = r.scalar()
		case "originalPrice":
			w.original, err = r.scalar()
		case "discount":
			w.discount, err = r.scalar()
		case "currencyCode":
			w.currency, err = r.scalar()
		default:
			err = r.dec.SkipValue()
		}
		return err
	})
}
