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
			recounted, repriced := differ(&was[0], &now[0])
			if recounted || repriced {
				s.Changed++
			} else {
				s.Unchanged++
			}
			s.Recounted += count(recounted)
			s.Repriced += count(repriced)
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

// differ compares two slots of one identity: in prices, and in everything else.
func differ(a, b *inventory.Slot) (recounted, repriced bool) {
	recounted = a.End != b.End || a.Remaining != b.Remaining || !slices.EqualFunc(a.Pax, b.Pax, equalBarePax)
	repriced = !slices.EqualFunc(a.Pax, b.Pax, func(a, b inventory.Pax) bool { return equalPrices(a.Price, b.Price) })
	return recounted, repriced
}

// equalBarePax compares two categories without their prices.
func equalBarePax(a, b inventory.Pax) bool {
	a.Price, b.Price = nil, nil
	return a == b
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

func equalPrices(a, b *inventory.Price) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
