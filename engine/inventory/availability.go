package inventory

import (
	"slices"
	"strings"
	"time"
)

// Availability is everything the partner said about one key at one moment.
type Availability struct {
	Key   Key
	Slots []Slot // sorted by Sort; empty means closed that day

	// RequestedAt is when the request went out, CheckedAt when its answer was
	// complete. Of two answers the one requested later is the newer.
	RequestedAt, CheckedAt time.Time
}

// A State tells what a reader can expect of a date.
type State uint8

// The states of a date.
const (
	Unknown State = iota // never fetched
	Closed               // the partner says that there is nothing
	SoldOut              // slots, none of which can be booked
	Open                 // at least one slot can be booked
)

// String returns the word that the X-Inventory-State header and the commands use.
func (s State) String() string {
	return [...]string{"unknown", "closed", "sold-out", "open"}[s]
}

// State tells whether the date is open, sold out or closed.
func (a *Availability) State() State {
	if len(a.Slots) == 0 {
		return Closed
	}
	for i := range a.Slots {
		if !a.Slots[i].SoldOut() {
			return Open
		}
	}
	return SoldOut
}

// Sort puts the slots into the order they are stored and served in: by start,
// then variant, then the partner's slot id.
func (a *Availability) Sort() {
	slices.SortStableFunc(a.Slots, func(x, y Slot) int {
		if x.Start != y.Start {
			return int(x.Start) - int(y.Start)
		}
		if c := strings.Compare(x.Variant, y.Variant); c != 0 {
			return c
		}
		return strings.Compare(x.SourceID, y.SourceID)
	})
}

// FromPrice returns the price the date is advertised with: the lowest final
// price of a primary pax of the slots that can be booked, the earliest start
// winning a tie. Where no pax is primary the ADULT categories stand in, then the
// lowest price that is not free, then the lowest. Only prices of the date's most
// frequent currency are compared. It returns nil when no pax has a price.
func (a *Availability) FromPrice() *Price {
	var priced []*Pax
	count := map[string]int{}
	for i := range a.Slots {
		s := &a.Slots[i]
		if s.SoldOut() {
			continue
		}
		for j := range s.Pax {
			if p := &s.Pax[j]; p.Price != nil {
				priced = append(priced, p)
				count[p.Price.Currency]++
			}
		}
	}
	currency := ""
	for _, p := range priced { // in slot order, so that a tie has one answer
		if c := p.Price.Currency; count[c] > count[currency] {
			currency = c
		}
	}
	for _, eligible := range []func(*Pax) bool{
		func(p *Pax) bool { return p.Primary },
		func(p *Pax) bool { return strings.HasPrefix(p.Type, "ADULT") },
		func(p *Pax) bool { return !p.Price.Final.IsZero() },
		func(*Pax) bool { return true },
	} {
		var lowest *Price
		for _, p := range priced {
			if p.Price.Currency != currency || !eligible(p) {
				continue
			}
			if lowest == nil || p.Price.Final.Compare(lowest.Final) < 0 {
				lowest = p.Price
			}
		}
		if lowest != nil {
			return lowest
		}
	}
	return nil
}
