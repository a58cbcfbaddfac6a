package partner

import (
	"slices"

	"invd/engine/inventory"
)

// merge makes one of the sorted slots that share start, variant and id. Where they
// differ the one with fewer places is believed: an unsold place costs less than a
// booking that fails.
func (d *decoder) merge(slots []inventory.Slot) []inventory.Slot {
	kept := slots[:0]
	for i := range slots {
		s := &slots[i]
		if len(kept) == 0 || !sameStart(&kept[len(kept)-1], s) {
			kept = append(kept, *s)
			continue
		}
		last := &kept[len(kept)-1]
		if equal(last, s) {
			d.notes.Duplicates++
			continue
		}
		d.notes.Conflicts++
		if s.Remaining < last.Remaining || s.Remaining == last.Remaining && pools(s) < pools(last) {
			*last = *s
		}
	}
	return kept
}

func sameStart(a, b *inventory.Slot) bool {
	return a.Start == b.Start && a.Variant == b.Variant && a.SourceID == b.SourceID
}

func equal(a, b *inventory.Slot) bool {
	return sameStart(a, b) && a.End == b.End && a.Remaining == b.Remaining &&
		slices.EqualFunc(a.Pax, b.Pax, func(p, q inventory.Pax) bool {
			if (p.Price == nil) != (q.Price == nil) || p.Price != nil && *p.Price != *q.Price {
				return false
			}
			p.Price, q.Price = nil, nil
			return p == q
		})
}

func pools(s *inventory.Slot) (n int64) {
	for i := range s.Pax {
		n += s.Pax[i].Remaining
	}
	return n
}
