package httpapi

import (
	"fmt"
	"testing"
	"time"

	"invd/engine/inventory"
)

// record makes what is stored of a key that was checked at and changed an hour
// before that.
func record(p inventory.ProductID, d inventory.Date, checked time.Time, slots ...inventory.Slot) *inventory.Record {
	r := &inventory.Record{ChangedAt: checked.Add(-time.Hour), Revision: 1}
	r.Key, r.Slots, r.CheckedAt, r.RequestedAt = inventory.Key{Product: p, Date: d}, slots, checked, checked.Add(-time.Second)
	r.Sort()
	return r
}

// nightSafari returns product 14's slots as the partner really gives them: nine
// from 04:00 to 08:00, dearer at half past, two of them without children on
// Tuesdays.
func nightSafari(t testing.TB, d inventory.Date) (slots []inventory.Slot) {
	for start := inventory.Clock(4 * 60); start <= 8*60; start += 30 {
		adult, child := price(t, "212.14", "312.14"), price(t, "43", "143")
		if start%60 == 30 {
			adult, child = price(t, "242.14", "342.14"), price(t, "73", "173")
		}
		s := inventory.Slot{
			Start: start, End: start, Variant: "32", Remaining: 2000,
			SourceID: fmt.Sprintf("225532707686_%vT%v", d, start),
			Pax:      []inventory.Pax{pax("ADULT_12~99", "Adult", "(12-99)", 1000, adult)},
		}
		if start != 4*60 && start != 5*60+30 {
			s.Pax = append(s.Pax, pax("CHILD_3~11", "Child", "(3-11)", 1000, child))
		}
		slots = append(slots, s)
	}
	return slots
}

// islandFerry returns product 15's one slot of the day, where infants are free.
func islandFerry(t testing.TB, d inventory.Date) []inventory.Slot {
	return []inventory.Slot{{
		Variant: "122", Remaining: 170, SourceID: fmt.Sprintf("225532707687_%vT00:00", d),
		Pax: []inventory.Pax{
			pax("ADULT_12~99", "Adult", "(12-99)", 150, price(t, "341", "441")),
			pax("CHILD_5~15", "Child", "(5-15)", 10, price(t, "137", "237")),
			pax("INFANT_0~4", "Infant", "(0-4)", 10, price(t, "0", "0")),
		},
	}}
}

func pax(kind, name, description string, remaining int64, p *inventory.Price) inventory.Pax {
	return inventory.Pax{
		Type: kind, Name: name, Description: description, Min: 1, Max: 20,
		Remaining: remaining, Primary: name == "Adult", Price: p,
	}
}

func price(t testing.TB, final, original string) *inventory.Price {
	t.Helper()
	p := &inventory.Price{Currency: "SGD"}
	for _, m := range []struct {
		text string
		into *inventory.Money
	}{{final, &p.Final}, {original, &p.Original}} {
		v, err := inventory.ParseMoney(m.text)
		if err != nil {
			t.Fatal(err)
		}
		*m.into = v
	}
	return p
}

// soldOut returns slots with every place gone.
func soldOut(slots []inventory.Slot) []inventory.Slot {
	for i := range slots {
		slots[i].Remaining = 0
		for j := range slots[i].Pax {
			slots[i].Pax[j].Remaining = 0
		}
	}
	return slots
}

// mirrored returns a store with two weeks of both products from 2025-03-25 on:
// product 14 open on Sundays, Tuesdays, Thursdays and Saturdays but sold out on
// 2025-03-27, product 15 open on Sundays.
func mirrored(t testing.TB) *fakeStore {
	store := newFakeStore()
	for i := range 14 {
		d := mustDate(t, "2025-03-25").AddDays(i)
		checked := noon.Add(-time.Duration(1+i) * time.Minute)
		var safari, ferry []inventory.Slot
		switch d.Weekday() {
		case time.Sunday:
			safari, ferry = nightSafari(t, d), islandFerry(t, d)
		case time.Tuesday, time.Thursday, time.Saturday:
			safari = nightSafari(t, d)
		}
		if d == mustDate(t, "2025-03-27") {
			safari = soldOut(safari)
		}
		store.put(record(14, d, checked, safari...))
		store.put(record(15, d, checked, ferry...))
	}
	return store
}
