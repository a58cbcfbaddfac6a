package storage

import (
	"slices"
	"strings"

	"invd/engine/inventory"
)

// compare counts what became of the slots of was in now, a slot being the same
// one when start, variant and source id agree. Both are in stored order, which is
// by just these three.
func compare(was, now []inventory.Slot) (s Synced) {
	for len(was) > 0 && len(now) > 0 {
		switch c := compareIdentity(&was[0], &now[0]); {
		case c < 0:
			s.Removed++
			was = was[1:]
		case c > 0:
			s.Added++
			now = now[1:]
		default:
			if equalSlots(&was[0], &now[0]) {
				s.Unchanged++
			} else {
				s.Changed++
			}
			was, now = was[1:], now[1:]
		}
	}
	s.Removed += len(was)
	s.Added += len(now)
	return s
}

func compareIdentity(a, b *inventory.Slot) int {
	if a.Start != b.Start {
		return int(a.Start) - int(b.Start)
	}
	if c := strings.Compare(a.Variant, b.Variant); c != 0 {
		return c
	}
	return strings.Compare(a.SourceID, b.SourceID)
}

// equalSlots compares two slots of one identity.
func equalSlots(a, b *inventory.Slot) bool {
	return a.End == b.End && a.Remaining == b.Remaining && slices.EqualFunc(a.Pax, b.Pax, equalPax)
}

func equalPax(a, b inventory.Pax) bool {
	prices := equalPrices(a.Price, b.Price)
	a.Price, b.Price = nil, nil
	return prices && a == b
}

func equalPrices(a, b *inventory.Price) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
