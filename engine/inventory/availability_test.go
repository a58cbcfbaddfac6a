package inventory_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"invd/engine/inventory"
)

// open is a slot with places, full one without.
func open(start inventory.Clock, pax ...inventory.Pax) inventory.Slot {
	return inventory.Slot{Start: start, Remaining: 100, Pax: pax}
}

func full(start inventory.Clock, pax ...inventory.Pax) inventory.Slot {
	return inventory.Slot{Start: start, Pax: pax}
}

// pax is a category with places whose price is the text, "" for none.
func pax(t *testing.T, typ, currency, price string) inventory.Pax {
	t.Helper()
	p := inventory.Pax{Type: typ, Min: 1, Max: 20, Remaining: 10}
	if price != "" {
		p.Price = &inventory.Price{Final: mustMoney(t, price), Original: mustMoney(t, price), Currency: currency}
	}
	return p
}

func TestADateIsOpenWhileOneSlotCanBeBooked(t *testing.T) {
	adult := pax(t, "ADULT_12~99", "SGD", "10")
	used := adult
	used.Remaining = 0
	tests := []struct {
		name  string
		slots []inventory.Slot
		want  inventory.State
	}{
		{"nothing", nil, inventory.Closed},
		{"empty", []inventory.Slot{}, inventory.Closed},
		{"a slot with places", []inventory.Slot{open(240, adult)}, inventory.Open},
		{"the last of three", []inventory.Slot{full(240, adult), open(300, used), open(360, used, adult)}, inventory.Open},
		{"slots used up", []inventory.Slot{full(240, adult), full(300, adult)}, inventory.SoldOut},
		{"pax used up", []inventory.Slot{open(240, used)}, inventory.SoldOut},
		{"no pax", []inventory.Slot{open(240)}, inventory.SoldOut},
		{"no price is no matter", []inventory.Slot{open(240, pax(t, "ADULT", "", ""))}, inventory.Open},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := inventory.Availability{Slots: tt.slots}
			if got := a.State(); got != tt.want {
				t.Errorf("State() = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestStatesHaveTheWordsOfTheHeader(t *testing.T) {
	want := map[inventory.State]string{
		inventory.Unknown: "unknown", inventory.Closed: "closed", inventory.SoldOut: "sold-out", inventory.Open: "open",
	}
	for s, word := range want {
		if got := s.String(); got != word {
			t.Errorf("State(%d).String() = %q, want %q", s, got, word)
		}
	}
}

func TestADateIsAdvertisedWithItsLowestPrimaryPrice(t *testing.T) {
	primary := func(typ, currency, price string) inventory.Pax {
		p := pax(t, typ, currency, price)
		p.Primary = true
		return p
	}
	plain := func(typ, currency, price string) inventory.Pax { return pax(t, typ, currency, price) }
	used := func(p inventory.Pax) inventory.Pax { p.Remaining = 0; return p }

	tests := []struct {
		name  string
		slots []inventory.Slot
		want  string // price and currency, "" for none
	}{
		{"closed", nil, ""},
		{"primary, though the child pays less",
			[]inventory.Slot{open(0, primary("ADULT_12~99", "SGD", "341"), plain("CHILD_5~15", "SGD", "137"), plain("INFANT_0~4", "SGD", "0"))}, "341 SGD"},
		{"lowest of the slots' primaries",
			[]inventory.Slot{open(240, primary("ADULT", "SGD", "242.14")), open(270, primary("ADULT", "SGD", "212.14")), open(300, primary("ADULT", "SGD", "220"))}, "212.14 SGD"},
		{"lowest of two primaries of a slot",
			[]inventory.Slot{open(240, primary("ADULT", "SGD", "50"), primary("SENIOR", "SGD", "40.5"))}, "40.5 SGD"},
		{"a free primary is an offer",
			[]inventory.Slot{open(240, primary("ADULT", "SGD", "0"), plain("CHILD", "SGD", "5"))}, "0 SGD"},
		{"primary in one slot only",
			[]inventory.Slot{open(240, plain("ADULT", "SGD", "10")), open(270, primary("ADULT", "SGD", "30"))}, "30 SGD"},
		{"sold-out slots do not count",
			[]inventory.Slot{full(240, primary("ADULT", "SGD", "10")), open(270, primary("ADULT", "SGD", "30"))}, "30 SGD"},
		{"a slot whose pax are used up is sold out",
			[]inventory.Slot{open(240, used(primary("ADULT", "SGD", "10"))), open(270, primary("ADULT", "SGD", "30"))}, "30 SGD"},
		{"a used-up primary of a slot that can be booked counts",
			[]inventory.Slot{open(240, used(primary("ADULT", "SGD", "10")), plain("CHILD", "SGD", "5"))}, "10 SGD"},
		{"all sold out",
			[]inventory.Slot{full(240, primary("ADULT", "SGD", "10"))}, ""},
		{"no primary: the adults",
			[]inventory.Slot{open(240, plain("CHILD_3~11", "SGD", "43"), plain("ADULT_12~99", "SGD", "212.14"), plain("ADULT_P_16~99", "SGD", "200"))}, "200 SGD"},
		{"no primary: a free adult",
			[]inventory.Slot{open(240, plain("ADULT", "SGD", "0"), plain("CHILD", "SGD", "5"))}, "0 SGD"},
		{"no primary, no adult: the lowest that is not free",
			[]inventory.Slot{open(240, plain("INFANT", "SGD", "0"), plain("SENIOR", "SGD", "30"), plain("YOUTH", "SGD", "20"))}, "20 SGD"},
		{"young adults are no adults", // a prefix, not a substring
			[]inventory.Slot{open(240, plain("YOUNG_ADULT", "SGD", "30"), plain("CHILD", "SGD", "20"))}, "20 SGD"},
		{"all free",
			[]inventory.Slot{open(240, plain("INFANT", "SGD", "0"), plain("CHILD", "SGD", "0"))}, "0 SGD"},
		{"a primary without a price is passed over",
			[]inventory.Slot{open(240, primary("ADULT", "", ""), plain("CHILD", "SGD", "20")), open(270, primary("ADULT", "SGD", "50"))}, "50 SGD"},
		{"no primary has a price",
			[]inventory.Slot{open(240, primary("ADULT", "", ""), plain("CHILD", "SGD", "20"))}, "20 SGD"},
		{"nobody has a price",
			[]inventory.Slot{open(240, primary("ADULT", "", ""), plain("CHILD", "", ""))}, ""},
		{"the date's most frequent currency, though 9 is less than 30",
			[]inventory.Slot{open(240, primary("ADULT", "KWD", "9")), open(270, primary("ADULT", "SGD", "40")), open(300, primary("ADULT", "SGD", "30"))}, "30 SGD"},
		{"currencies of sold-out slots are not counted",
			[]inventory.Slot{full(240, primary("ADULT", "KWD", "9")), full(250, primary("ADULT", "KWD", "9")), open(270, primary("ADULT", "SGD", "40"))}, "40 SGD"},
		{"two currencies as often: the earlier slot's",
			[]inventory.Slot{open(240, primary("ADULT", "SGD", "40")), open(270, primary("ADULT", "KWD", "9"))}, "40 SGD"},
		{"no primary in that currency: its adults",
			[]inventory.Slot{open(240, primary("ADULT", "KWD", "9"), plain("ADULT", "SGD", "40"), plain("CHILD", "SGD", "20"))}, "40 SGD"},
		{"exact: a millionth decides",
			[]inventory.Slot{open(240, primary("ADULT", "SGD", "10.000001")), open(270, primary("ADULT", "SGD", "10"))}, "10 SGD"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := inventory.Availability{Slots: tt.slots}
			got := ""
			if p := a.FromPrice(); p != nil {
				got = p.Final.String() + " " + p.Currency
			}
			if got != tt.want {
				t.Errorf("FromPrice() = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestOfEqualPricesTheEarliestStartWins(t *testing.T) {
	a := inventory.Availability{}
	for i, original := range []string{"100", "90", "80"} {
		p := pax(t, "ADULT", "SGD", "50")
		p.Primary, p.Price.Original = true, mustMoney(t, original)
		a.Slots = append(a.Slots, open(inventory.Clock(300-i*30), p))
	}
	a.Sort()
	if got := a.FromPrice().Original.String(); got != "80" {
		t.Errorf("FromPrice() is the price with original %s, want 80, of the earliest start", got)
	}
}

// Whatever order the partner sends slots in, they are stored and served in one;
// those that nothing tells apart keep the partner's.
func TestSlotsAreSortedByStartVariantAndID(t *testing.T) {
	want := []inventory.Slot{
		{Start: inventory.NoClock, Variant: "9"},
		{Start: 0, Variant: "", SourceID: "b"},
		{Start: 0, Variant: "122", SourceID: "a"},
		{Start: 0, Variant: "32", SourceID: ""},
		{Start: 0, Variant: "32", SourceID: "a"},
		{Start: 0, Variant: "32", SourceID: "b"},
		{Start: 240, Variant: "", SourceID: "a"},
		{Start: 1439, Variant: "", SourceID: ""},
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		a := inventory.Availability{Slots: append([]inventory.Slot(nil), want...)}
		random.Shuffle(len(a.Slots), func(i, j int) { a.Slots[i], a.Slots[j] = a.Slots[j], a.Slots[i] })
		a.Sort()
		if diff := cmp.Diff(want, a.Slots); diff != "" {
			t.Fatalf("Sort (-want +got):\n%s", diff)
		}
	}

	var a inventory.Availability
	for i := range int64(100) {
		a.Slots = append(a.Slots, inventory.Slot{Start: inventory.Clock(i % 2), Remaining: i / 2})
	}
	a.Sort()
	for i := range a.Slots {
		if got, want := a.Slots[i].Remaining, int64(i%50); got != want {
			t.Fatalf("of equal slots number %d has %d places, want %d: the partner's order", i, got, want)
		}
	}
}
