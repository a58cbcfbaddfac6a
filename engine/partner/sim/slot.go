package sim

import "strconv"

// A Slot is a start time of a date and what is left of it.
type Slot struct {
	Start     string // HH:MM
	Remaining int64
	Pax       []Pax
}

// A Pax is one kind of visitor a slot takes. Prices are in hundredths of SGD.
type Pax struct {
	Type, Name, Description string
	Primary                 bool
	Remaining               int64
	FinalCents              int64
	OriginalCents           int64
}

// inventoryBase plus a product's id is the number its slot ids begin with:
// 225532707686 for product 14.
const inventoryBase = 225532707672

// AppendSlots appends a date's slots in the partner's JSON: no white space, members
// in the order the real API sends them, whole numbers without decimals.
func AppendSlots(b []byte, product, variant int64, date string, slots []Slot) []byte {
	b = append(b, '[')
	for i := range slots {
		s := &slots[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"startDate":"`...)
		b = append(b, date...)
		b = append(b, `","startTime":"`...)
		b = append(b, s.Start...)
		b = append(b, `","endTime":"`...)
		b = append(b, s.Start...)
		b = append(b, `","providerSlotId":"`...)
		b = strconv.AppendInt(b, inventoryBase+product, 10)
		b = append(b, '_')
		b = append(b, date...)
		b = append(b, 'T')
		b = append(b, s.Start...)
		b = append(b, `","remaining":`...)
		b = strconv.AppendInt(b, s.Remaining, 10)
		b = append(b, `,"currencyCode":"SGD","variantId":`...)
		b = strconv.AppendInt(b, variant, 10)
		b = append(b, `,"paxAvailability":[`...)
		for j := range s.Pax {
			if j > 0 {
				b = append(b, ',')
			}
			b = appendPax(b, &s.Pax[j])
		}
		b = append(b, `]}`...)
	}
	return append(b, ']')
}

func appendPax(b []byte, p *Pax) []byte {
	b = append(b, `{"max":20,"min":1,"remaining":`...)
	b = strconv.AppendInt(b, p.Remaining, 10)
	b = append(b, `,"type":"`...)
	b = append(b, p.Type...)
	b = append(b, '"')
	if p.Primary { // absent, not false, on all others
		b = append(b, `,"isPrimary":true`...)
	}
	b = append(b, `,"description":"`...)
	b = append(b, p.Description...)
	b = append(b, `","name":"`...)
	b = append(b, p.Name...)
	b = append(b, `","price":{"discount":0,"finalPrice":`...)
	b = appendCents(b, p.FinalCents)
	b = append(b, `,"originalPrice":`...)
	b = appendCents(b, p.OriginalCents)
	return append(b, `,"currencyCode":"SGD"}}`...)
}

// appendCents appends hundredths as the shortest decimal: 212.14, 212.1, 212.
func appendCents(b []byte, cents int64) []byte {
	b = strconv.AppendInt(b, cents/100, 10)
	frac := cents % 100
	if frac == 0 {
		return b
	}
	b = append(b, '.', byte('0'+frac/10))
	if frac%10 != 0 {
		b = append(b, byte('0'+frac%10))
	}
	return b
}
