package inventory

import "fmt"

// MaxRemaining is the most places a slot or pax is believed to have; larger
// numbers of the partner are clamped to it.
const MaxRemaining = 1_000_000_000

// NoLimit is the Max of a pax category that the partner puts no limit on.
const NoLimit = -1

// A Slot is one bookable start of a product on a date.
type Slot struct {
	Start, End Clock
	Variant    string // the partner's variantId, "" when it gave none
	SourceID   string // the partner's providerSlotId, "" when it gave none
	Remaining  int64  // places left, 0 to MaxRemaining
	Pax        []Pax  // in the partner's order, no two of one Type
}

// A Pax is one traveller category of a slot.
type Pax struct {
	Type        string // ADULT_12~99
	Name        string // the category shown to readers
	Description string
	Min         int64 // fewest travellers of one booking
	Max         int64 // most travellers of one booking, or NoLimit
	Remaining   int64 // places left, 0 to MaxRemaining; may exceed the slot's
	Primary     bool  // its price is the one a date is advertised with
	Price       *Price
}

// A Price is what one traveller of a category pays.
type Price struct {
	Final, Original, Discount Money
	Currency                  string
}

// Bookable reports whether at least one booking of the category fits into the
// slot: the lesser of both remainders reaches the category's minimum.
func (s *Slot) Bookable(p *Pax) bool {
	return min(s.Remaining, p.Remaining) >= max(1, p.Min)
}

// SoldOut reports whether no category of the slot can be booked.
func (s *Slot) SoldOut() bool {
	for i := range s.Pax {
		if s.Bookable(&s.Pax[i]) {
			return false
		}
	}
	return true
}

// NoClock is the time of day that the partner did not give.
const NoClock Clock = -1

// A Clock is a wall-clock time of a civil day in minutes since 00:00, or NoClock.
// It belongs to the product's zone and is never shifted.
type Clock int16

// ParseClock reads H:MM, HH:MM or HH:MM:00; 24:00 is 00:00.
func ParseClock(s string) (Clock, error) {
	bad := func() (Clock, error) { return NoClock, fmt.Errorf("time %.20q: want HH:MM", s) }
	t := s
	if len(t) == 4 || len(t) == 7 {
		t = "0" + t
	}
	if len(t) == 8 && t[5:] == ":00" {
		t = t[:5]
	}
	if len(t) != 5 || t[2] != ':' {
		return bad()
	}
	for _, i := range [...]int{0, 1, 3, 4} {
		if t[i] < '0' || t[i] > '9' {
			return bad()
		}
	}
	h, m := int(t[0]-'0')*10+int(t[1]-'0'), int(t[3]-'0')*10+int(t[4]-'0')
	if h == 24 && m == 0 {
		h = 0
	}
	if h > 23 || m > 59 {
		return bad()
	}
	return Clock(h*60 + m), nil
}

// AppendTo appends HH:MM, or nothing for NoClock.
func (c Clock) AppendTo(b []byte) []byte {
	if c < 0 {
		return b
	}
	h, m := byte(c/60), byte(c%60)
	return append(b, '0'+h/10, '0'+h%10, ':', '0'+m/10, '0'+m%10)
}

// String returns HH:MM, or "" for NoClock.
func (c Clock) String() string { return string(c.AppendTo(nil)) }
