package partner_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"invd/engine/inventory"
	"invd/engine/partner"
)

var asked = inventory.Key{Product: 14, Date: mustDate("2026-04-09")}

func mustDate(s string) inventory.Date {
	d, err := inventory.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// slotWith returns a slot of the date that was asked for, with members added; a
// member named twice is refused, so these are not the ones under test.
func slotWith(members string) string {
	return `{"startDate":"2026-04-09","startTime":"09:00",` + members + `}`
}

// paxWith returns an answer whose only slot has 5 places and one pax with members.
func paxWith(members string) string {
	return `[` + slotWith(`"remaining":5,"currencyCode":"SGD","paxAvailability":[{`+members+`}]`) + `]`
}

// What is kept of an answer, one case after the other in the catalogue of edge
// cases, whose numbers the names begin with. want is as render writes it.
func TestDecode(t *testing.T) {
	const good = `"remaining":5`
	nine := func(rest string) string { return "14/2026-04-09 sold-out\n09:00– variant \"\" id \"\" " + rest }
	kept := func(pax string) string {
		return "14/2026-04-09 open\n09:00– variant \"\" id \"\" remaining 5\n  " + pax
	}
	lost := "error 14/2026-04-09: bad_payload: none of 1 slots is usable, 0 are of another date\n"
	odd := func(n partner.Notes) string { return fmt.Sprintf("%+v\n", n) }
	bare := `"A" "" "" min 0 max -1 remaining 5: `
	tests := []struct{ name, body, want string }{
		{"#1 empty array", `[]`, "14/2026-04-09 closed\n"},
		{"#1 empty array in space", " \n[ ]\n", "14/2026-04-09 closed\n"},

		{"#22 another day", `[{"startDate":"2026-04-10","startTime":"09:00"},` + slotWith(good) + `]`, nine("remaining 5\n") + odd(partner.Notes{WrongDate: 1})},
		{"#22 all of another day", `[{"startDate":"2026-04-10","startTime":"09:00"}]`, "error 14/2026-04-09: bad_payload: none of 1 slots is usable, 1 are of another date\n" + odd(partner.Notes{WrongDate: 1})},
		{"#23 date with time", `[{"startDate":"2026-04-09T23:30:00Z","startTime":"09:00","remaining":5}]`, nine("remaining 5\n")},
		{"#23 date, space, time", `[{"startDate":"2026-04-09 00:00","startTime":"09:00","remaining":5}]`, nine("remaining 5\n")},
		{"#23 DD-MM-YYYY", `[{"startDate":"09-04-2026","startTime":"09:00","remaining":5}]`, lost + odd(partner.Notes{Quarantined: 1})},
		{"#23 date and more", `[{"startDate":"2026-04-091","startTime":"09:00","remaining":5}]`, lost + odd(partner.Notes{Quarantined: 1})},
		{"#23 no such day", `[{"startDate":"2026-02-30","startTime":"09:00","remaining":5}]`, lost + odd(partner.Notes{Quarantined: 1})},
		{"#23 no date", `[{"startTime":"09:00","remaining":5}]`, lost + odd(partner.Notes{Quarantined: 1})},
		{"#23 null date", `[{"startDate":null,"startTime":"09:00","remaining":5}]`, lost + odd(partner.Notes{Quarantined: 1})},
		{"#23 number for a date", `[{"startDate":20260409,"startTime":"09:00","remaining":5}]`, lost + odd(partner.Notes{Quarantined: 1})},

		{"#25 end is start", `[` + slotWith(`"endTime":"09:00","remaining":5`) + `]`, "14/2026-04-09 sold-out\n09:00–09:00 variant \"\" id \"\" remaining 5\n"},
		{"#25 end before start", `[` + slotWith(`"endTime":"02:00","remaining":5`) + `]`, "14/2026-04-09 sold-out\n09:00–02:00 variant \"\" id \"\" remaining 5\n"},
		{"#25 end missing", `[` + slotWith(good) + `]`, nine("remaining 5\n")},
		{"#25 end null", `[` + slotWith(`"endTime":null,"remaining":5`) + `]`, nine("remaining 5\n")},
		{"#25 end unreadable", `[` + slotWith(`"endTime":"noon","remaining":5`) + `]`, nine("remaining 5\n") + odd(partner.Notes{Ignored: 1})},
		{"#25 end a number", `[` + slotWith(`"endTime":9,"remaining":5`) + `]`, nine("remaining 5\n") + odd(partner.Notes{Ignored: 1})},

		{"#26 number ids", `[` + slotWith(`"providerSlotId":225532707686,"variantId":32,"remaining":5`) + `]`, "14/2026-04-09 sold-out\n09:00– variant \"32\" id \"225532707686\" remaining 5\n"},
		{"#26 null ids", `[` + slotWith(`"providerSlotId":null,"variantId":null,"remaining":5`) + `]`, nine("remaining 5\n")},
		{"#26 ids of other types", `[` + slotWith(`"providerSlotId":{"a":1},"variantId":false,"remaining":5`) + `]`, nine("remaining 5\n") + odd(partner.Notes{Ignored: 2})},
		{"#26 id of 1 kB", `[` + slotWith(`"providerSlotId":"x`+strings.Repeat("é", 512)+`","remaining":5`) + `]`, "14/2026-04-09 sold-out\n09:00– variant \"\" id \"x" + strings.Repeat("é", 127) + "\" remaining 5\n" + odd(partner.Notes{Shortened: 1})},

		{"#27 duplicates", `[` + slotWith(good) + `,` + slotWith(good) + `]`, nine("remaining 5\n") + odd(partner.Notes{Duplicates: 1})},
		{"#28 greater first", `[` + slotWith(good) + `,` + slotWith(`"remaining":3`) + `]`, nine("remaining 3\n") + odd(partner.Notes{Conflicts: 1})},
		{"#28 lesser first", `[` + slotWith(`"remaining":3`) + `,` + slotWith(good) + `]`, nine("remaining 3\n") + odd(partner.Notes{Conflicts: 1})},
		{"#28 as many places, the smaller pools kept", `[` + slotWith(`"remaining":5,"paxAvailability":[{"type":"A","remaining":4}]`) + `,` + slotWith(`"remaining":5,"paxAvailability":[{"type":"A","remaining":2}]`) + `]`,
			kept("\"A\" \"\" \"\" min 0 max -1 remaining 2: no price\n" + odd(partner.Notes{Unpriced: 2, Conflicts: 1}))},
		{"#29 two variants", `[` + slotWith(`"variantId":"b","remaining":1`) + `,` + slotWith(`"variantId":"a","remaining":2`) + `]`,
			"14/2026-04-09 sold-out\n09:00– variant \"a\" id \"\" remaining 2\n09:00– variant \"b\" id \"\" remaining 1\n"},
		{"#30 one id at two times", `[{"startDate":"2026-04-09","startTime":"10:00","providerSlotId":"x","remaining":1},` + slotWith(`"providerSlotId":"x","remaining":1`) + `]`,
			"14/2026-04-09 sold-out\n09:00– variant \"\" id \"x\" remaining 1\n10:00– variant \"\" id \"x\" remaining 1\n"},

		{"#33 missing, no pax", `[` + slotWith(`"x":0`) + `]`, nine("remaining 0\n")},
		{"#33 missing on the pax", paxWith(`"type":"A"`), kept(bare + "no price\n" + odd(partner.Notes{Unpriced: 1}))},
		{"#33 null on the slot", `[` + slotWith(`"remaining":null,"paxAvailability":[{"type":"A","remaining":3},{"type":"B","remaining":7},{"type":"C"}]`) + `]`,
			"14/2026-04-09 open\n09:00– variant \"\" id \"\" remaining 7\n  \"A\" \"\" \"\" min 0 max -1 remaining 3: no price\n  \"B\" \"\" \"\" min 0 max -1 remaining 7: no price\n  \"C\" \"\" \"\" min 0 max -1 remaining 7: no price\n" + odd(partner.Notes{Unpriced: 3})},
		{"#34 pax has more than the slot", paxWith(`"type":"A","remaining":9`), kept("\"A\" \"\" \"\" min 0 max -1 remaining 9: no price\n" + odd(partner.Notes{Unpriced: 1}))},
		{"#34 no place in the slot", `[` + slotWith(`"remaining":0,"paxAvailability":[{"type":"A","remaining":9}]`) + `]`, nine("remaining 0\n  \"A\" \"\" \"\" min 0 max -1 remaining 9: no price\n" + odd(partner.Notes{Unpriced: 1}))},

		{"#36 no pax", `[` + slotWith(`"remaining":5,"paxAvailability":[]`) + `]`, nine("remaining 5\n")},
		{"#36 null pax", `[` + slotWith(`"remaining":5,"paxAvailability":null`) + `]`, nine("remaining 5\n")},
		{"#36 pax of another type", `[` + slotWith(`"remaining":5,"paxAvailability":{"type":"A"}`) + `]`, lost + odd(partner.Notes{Quarantined: 1})},
		{"#36 elements that are no pax", `[` + slotWith(`"remaining":5,"paxAvailability":[null,7,"A",[]]`) + `]`, nine("remaining 5\n") + odd(partner.Notes{QuarantinedPax: 4})},
		{"#37 two primaries", `[` + slotWith(`"remaining":5,"paxAvailability":[{"type":"A","isPrimary":true},{"type":"B","isPrimary":true},{"type":"C","isPrimary":"true"},{"type":"D","isPrimary":null}]`) + `]`,
			kept("primary " + bare + "no price\n  primary \"B\" \"\" \"\" min 0 max -1 remaining 5: no price\n  \"C\" \"\" \"\" min 0 max -1 remaining 5: no price\n  \"D\" \"\" \"\" min 0 max -1 remaining 5: no price\n" + odd(partner.Notes{Unpriced: 4, Ignored: 1}))},
		{"#38 a type twice", `[` + slotWith(`"remaining":5,"paxAvailability":[{"type":"A","remaining":1},{"type":"A","remaining":2}]`) + `]`,
			kept("\"A\" \"\" \"\" min 0 max -1 remaining 1: no price\n" + odd(partner.Notes{Unpriced: 1, Conflicts: 1}))},

		{"#45 min above max", paxWith(`"type":"A","min":3,"max":2`), kept("\"A\" \"\" \"\" min 3 max 2 remaining 5: no price\n" + odd(partner.Notes{Unpriced: 1}))},
		{"#45 max null", paxWith(`"type":"A","min":0,"max":null`), kept(bare + "no price\n" + odd(partner.Notes{Unpriced: 1}))},
		{"#45 min of another type", paxWith(`"type":"A","min":true`), nine("remaining 5\n") + odd(partner.Notes{QuarantinedPax: 1})},
		{"#45 max of another type", paxWith(`"type":"A","max":"many"`), nine("remaining 5\n") + odd(partner.Notes{QuarantinedPax: 1})},
		{"#46 empty type", paxWith(`"type":""`), nine("remaining 5\n") + odd(partner.Notes{QuarantinedPax: 1})},
		{"#46 type missing", paxWith(`"name":"A"`), nine("remaining 5\n") + odd(partner.Notes{QuarantinedPax: 1})},
		{"#46 type of another type", paxWith(`"type":7`), nine("remaining 5\n") + odd(partner.Notes{QuarantinedPax: 1})},
		{"#46 unicode", paxWith(`"type":"ADULT_P_16~99","name":"大人\ud83d\ude00"`), kept("\"ADULT_P_16~99\" \"大人😀\" \"\" min 0 max -1 remaining 5: no price\n" + odd(partner.Notes{Unpriced: 1}))},
		{"#46 description of 10 kB", paxWith(`"type":"A","name":3,"description":"` + strings.Repeat("大", 3500) + `"`),
			kept("\"A\" \"\" \"" + strings.Repeat("大", 1365) + "\" min 0 max -1 remaining 5: no price\n" + odd(partner.Notes{Unpriced: 1, Shortened: 1, Ignored: 1}))},
		{"#47 unknown members", `[` + slotWith(`"x":{"y":[1,{"z":null}]},"remaining":5,"Remaining":"no","paxavailability":3`) + `]`, nine("remaining 5\n")},
		{"#47 names written with escapes", `[{"start\u0044ate":"2026-04-09","startTime":"09:0\u0030","remaining":5}]`, nine("remaining 5\n")},
		{"#49 BOM", "\ufeff[]", "14/2026-04-09 closed\n"},
		{"#49 control characters", paxWith(`"type":"A\u0000\u001f","description":"a\n\tb\u001b"`), kept("\"A\ufffd\ufffd\" \"\" \"a\\n\\tb\ufffd\" min 0 max -1 remaining 5: no price\n" + odd(partner.Notes{Unpriced: 1, Cleaned: 2}))},
		{"elements that are no slots", `[null,1,"a",[],` + slotWith(good) + `]`, nine("remaining 5\n") + odd(partner.Notes{Quarantined: 4})},
		{"no slot to believe", `[{}]`, lost + odd(partner.Notes{Quarantined: 1})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := render(partner.Decode(asked, []byte(tt.body)))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Decode(%.300s) (-want +got):\n%s", tt.body, diff)
			}
		})
	}
}

// #24, #33: a number of places or a time of day, in every way it might be written.
func TestDecodeValuesOfSlots(t *testing.T) {
	tests := []struct{ name, member, want string }{
		{"#24 H:MM", `"startTime":"4:00","remaining":1`, "04:00 1 {}"},
		{"#24 seconds", `"startTime":"04:00:00","remaining":1`, "04:00 1 {}"},
		{"#24 24:00", `"startTime":"24:00","remaining":1`, "00:00 1 {}"},
		{"#24 25:00", `"startTime":"25:00","remaining":1`, "quarantined"},
		{"#24 seconds that are not 0", `"startTime":"04:00:30","remaining":1`, "quarantined"},
		{"#24 empty", `"startTime":"","remaining":1`, "quarantined"},
		{"#24 null", `"startTime":null,"remaining":1`, "quarantined"},
		{"#24 missing", `"remaining":1`, "quarantined"},
		{"#24 number", `"startTime":400,"remaining":1`, "quarantined"},
		{"#33 0", `"startTime":"9:00","remaining":0`, "09:00 0 {}"},
		{"#33 -0", `"startTime":"9:00","remaining":-0`, "09:00 0 {}"},
		{"#33 -5", `"startTime":"9:00","remaining":-5`, "09:00 0 {Clamped}"},
		{"#33 -0.5", `"startTime":"9:00","remaining":-0.5`, "09:00 0 {Clamped Rounded}"},
		{"#33 12.5", `"startTime":"9:00","remaining":12.5`, "09:00 12 {Rounded}"},
		{"#33 12.0", `"startTime":"9:00","remaining":12.0`, "09:00 12 {}"},
		{"#33 1e2", `"startTime":"9:00","remaining":1e2`, "09:00 100 {}"},
		{"#33 125e-1", `"startTime":"9:00","remaining":125e-1`, "09:00 12 {Rounded}"},
		{"#33 \"12\"", `"startTime":"9:00","remaining":"12"`, "09:00 12 {}"},
		{"#33 \"12.5\"", `"startTime":"9:00","remaining":"12.5"`, "09:00 12 {Rounded}"},
		{"#33 1e9", `"startTime":"9:00","remaining":1000000000`, "09:00 1000000000 {}"},
		{"#33 1e12", `"startTime":"9:00","remaining":1e12`, "09:00 1000000000 {Clamped}"},
		{"#33 1e300", `"startTime":"9:00","remaining":1e300`, "09:00 1000000000 {Clamped}"},
		{"#33 1e999999999999999999999", `"startTime":"9:00","remaining":1e999999999999999999999`, "09:00 1000000000 {Clamped}"},
		{"#33 -1e999", `"startTime":"9:00","remaining":-1e999`, "09:00 0 {Clamped}"},
		{"#33 2^64", `"startTime":"9:00","remaining":18446744073709551616`, "09:00 1000000000 {Clamped}"},
		{"#33 true", `"startTime":"9:00","remaining":true`, "quarantined"},
		{"#33 text", `"startTime":"9:00","remaining":"many"`, "quarantined"},
		{"#33 empty text", `"startTime":"9:00","remaining":""`, "quarantined"},
		{"#33 object", `"startTime":"9:00","remaining":{"n":1}`, "quarantined"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, notes, err := partner.Decode(asked, []byte(`[{"startDate":"2026-04-09",`+tt.member+`}]`))
			got := "quarantined"
			if err == nil {
				var odd []string
				if notes.Clamped > 0 {
					odd = append(odd, "Clamped")
				}
				if notes.Rounded > 0 {
					odd = append(odd, "Rounded")
				}
				got = fmt.Sprintf("%v %d {%s}", a.Slots[0].Start, a.Slots[0].Remaining, strings.Join(odd, " "))
			} else if notes.Quarantined != 1 {
				t.Errorf("Notes = %+v, want one slot quarantined", notes)
			}
			if got != tt.want {
				t.Errorf("slot with %s = %s, want %s", tt.member, got, tt.want)
			}
		})
	}
}

// #39–#44: what a pax costs, or why it has no price or is left out.
func TestDecodePrices(t *testing.T) {
	tests := []struct{ name, price, want string }{
		{"#39 null", `null`, "unpriced"},
		{"#39 final null", `{"finalPrice":null,"currencyCode":"SGD"}`, "unpriced"},
		{"#39 a closed date's price", `{"currencyCode":null,"discount":0,"finalPrice":null,"originalPrice":null}`, "unpriced"},
		{"#39 empty", `{}`, "unpriced"},
		{"#39 no currency: the slot's", `{"finalPrice":1}`, "1 of 1 less 0 SGD"},
		{"#39 empty currency: the slot's", `{"finalPrice":1,"currencyCode":""}`, "1 of 1 less 0 SGD"},
		{"#39 currency a number: the slot's", `{"finalPrice":1,"currencyCode":702}`, "1 of 1 less 0 SGD"},
		{"#39 not an object", `212.14`, "quarantined"},
		{"#40 text", `{"finalPrice":"212.14","originalPrice":"312.14"}`, "212.14 of 312.14 less 0 SGD"},
		{"#40 trailing zero", `{"finalPrice":212.140}`, "212.14 of 212.14 less 0 SGD"},
		{"#40 exponent", `{"finalPrice":2.1214e2}`, "212.14 of 212.14 less 0 SGD"},
		{"#40 0.1 and 0.2", `{"finalPrice":0.1,"originalPrice":0.2}`, "0.1 of 0.2 less 0 SGD"},
		{"#40 more digits than a float has", `{"finalPrice":900719925474.099301}`, "900719925474.099301 of 900719925474.099301 less 0 SGD"},
		{"#40 a sum", `{"finalPrice":0.30000000000000004}`, "0.3 of 0.3 less 0 SGD"},
		{"#40 a sum as text", `{"finalPrice":"212.14000000000001"}`, "212.14 of 212.14 less 0 SGD"},
		{"#40 a sum below", `{"finalPrice":0.7999999999999999}`, "0.8 of 0.8 less 0 SGD"},
		{"#40 differences", `{"finalPrice":2,"discount":99.99999999999997,"originalPrice":0.10000000000002274}`, "2 of 0.1 less 100 SGD"},
		{"#40 no difference", `{"finalPrice":2,"discount":-5.551115123125783e-17}`, "2 of 2 less 0 SGD"},
		{"#40 a sum of millions", `{"finalPrice":12345678.299999999}`, "12345678.3 of 12345678.3 less 0 SGD"},
		{"#40 nothing, far away", `{"finalPrice":0e400}`, "0 of 0 less 0 SGD"},
		{"#40 a third", `{"finalPrice":33.333333333333336}`, "quarantined"},
		{"#40 seven digits", `{"finalPrice":0.1234567}`, "quarantined"},
		{"#40 seven digits and noise", `{"finalPrice":0.12345670000000001}`, "quarantined"},
		{"#40 the least of seven digits", `{"finalPrice":1e-7}`, "quarantined"},
		{"#41 negative", `{"finalPrice":-1}`, "quarantined"},
		{"#41 1e400", `{"finalPrice":1e400}`, "quarantined"},
		{"#41 infinite text", `{"finalPrice":"Inf"}`, "quarantined"},
		{"#41 hexadecimal text", `{"finalPrice":"0x1p4"}`, "quarantined"},
		{"#41 negative final alone", `{"finalPrice":-1,"originalPrice":1}`, "quarantined"},
		{"#41 negative original", `{"finalPrice":1,"originalPrice":-0.01}`, "quarantined"},
		{"#41 1e30", `{"finalPrice":1e30}`, "quarantined"},
		{"#41 NaN text", `{"finalPrice":"NaN"}`, "quarantined"},
		{"#41 boolean", `{"finalPrice":true}`, "quarantined"},
		{"#41 discount as text", `{"finalPrice":1,"discount":"10 %"}`, "quarantined"},
		{"#42 JPY", `{"finalPrice":1000.5,"currencyCode":"JPY"}`, "1000.5 of 1000.5 less 0 JPY"},
		{"#42 KWD", `{"finalPrice":1.234,"currencyCode":"KWD"}`, "1.234 of 1.234 less 0 KWD"},
		{"#42 XXX", `{"finalPrice":1.23456,"currencyCode":"XXX"}`, "1.23456 of 1.23456 less 0 XXX"},
		{"#43 free", `{"discount":0,"finalPrice":0,"originalPrice":0}`, "0 of 0 less 0 SGD"},
		{"#44 original below final", `{"finalPrice":2,"originalPrice":1}`, "2 of 1 less 0 SGD"},
		{"#44 discount that does not add up", `{"finalPrice":2,"originalPrice":3,"discount":-7.5}`, "2 of 3 less -7.5 SGD"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, notes, err := partner.Decode(asked, []byte(paxWith(`"type":"ADULT","price":`+tt.price)))
			if err != nil {
				t.Fatal(err)
			}
			got := "quarantined"
			if pax := a.Slots[0].Pax; len(pax) == 1 && pax[0].Price == nil {
				got = "unpriced"
			} else if len(pax) == 1 {
				p := pax[0].Price
				got = fmt.Sprintf("%v of %v less %v %s", p.Final, p.Original, p.Discount, p.Currency)
			}
			if got != tt.want {
				t.Errorf("price %s = %s, want %s", tt.price, got, tt.want)
			}
			if (notes.QuarantinedPax == 1) != (got == "quarantined") || (notes.Unpriced == 1) != (got == "unpriced") {
				t.Errorf("Notes of a pax that is %s = %+v", got, notes)
			}
		})
	}
	t.Run("#39 no currency at all", func(t *testing.T) {
		a, _, err := partner.Decode(asked, []byte(`[`+slotWith(`"remaining":1,"paxAvailability":[{"type":"A","price":{"finalPrice":1}}]`)+`]`))
		if err != nil || a.Slots[0].Pax[0].Price != nil {
			t.Errorf("price without a currency = %+v, %v; want none", a.Slots[0].Pax[0].Price, err)
		}
	})
	t.Run("#39 the slot's currency comes after its pax", func(t *testing.T) {
		a, _, err := partner.Decode(asked, []byte(`[`+slotWith(`"remaining":1,"paxAvailability":[{"type":"A","price":{"finalPrice":1}}],"currencyCode":"SGD"`)+`]`))
		if err != nil || a.Slots[0].Pax[0].Price == nil || a.Slots[0].Pax[0].Price.Currency != "SGD" {
			t.Errorf("Decode = %+v, %v; want a price in SGD", a.Slots, err)
		}
	})
	t.Run("#43 a free infant is not what a date costs", func(t *testing.T) {
		a, _, err := partner.Decode(mustKey(t, "15-2025-03-30"), mustRead(t, payloads+"/15-2025-03-30.json"))
		if err != nil || a.FromPrice() == nil || a.FromPrice().Final.String() != "341" {
			t.Errorf("FromPrice() = %+v, %v; want 341", a.FromPrice(), err)
		}
	})
}

// What no part of may be used. An answer refused leaves what is stored as it is.
func TestDecodeRefuses(t *testing.T) {
	many := func(n int, one string) string { return "[" + strings.Repeat(one+",", n-1) + one + "]" }
	tests := []struct {
		name, body string
		want       partner.Kind
	}{
		{"#4 null", `null`, partner.BadPayload},
		{"#4 {}", `{}`, partner.BadPayload},
		{"#4 empty string", `""`, partner.BadPayload},
		{"#4 empty body", ``, partner.BadPayload},
		{"#4 space", " \n", partner.BadPayload},
		{"#4 BOM alone", "\ufeff", partner.BadPayload},
		{"#4 wrapped", `{"data":[]}`, partner.BadPayload},
		{"#4 false", `false`, partner.BadPayload},
		{"#5 HTML", `<html></html>`, partner.BadPayload},
		{"#6 cut off in a value", `[{"startDate":"2026-0`, partner.BadPayload},
		{"#6 cut off after a slot", `[` + slotWith(`"remaining":5`), partner.BadPayload},
		{"#7 100,000 slots", many(100_000, `{}`), partner.TooLarge},
		{"#7 10,001 slots", many(10_001, `0`), partner.TooLarge},
		{"#7 201 pax", `[` + slotWith(`"paxAvailability":`+many(201, `0`)) + `]`, partner.TooLarge},
		{"#48 duplicate name in a slot", `[` + slotWith(`"remaining":5,"remaining":5`) + `]`, partner.BadPayload},
		{"#48 duplicate name by an escape", `[` + slotWith(`"remaining":5,"remain\u0069ng":5`) + `]`, partner.BadPayload},
		{"#48 duplicate name in a pax", paxWith(`"type":"A","type":"A"`), partner.BadPayload},
		{"#48 duplicate name in a price", paxWith(`"type":"A","price":{"finalPrice":1,"finalPrice":1}`), partner.BadPayload},
		{"#48 duplicate name in what is skipped", `[` + slotWith(`"x":{"y":1,"y":1}`) + `]`, partner.BadPayload},
		{"#49 invalid UTF-8", "[" + slotWith("\"x\":\"\xff\"") + "]", partner.BadPayload},
		{"#49 invalid UTF-8 in a name", "[" + slotWith("\"\xc0\x80\":1") + "]", partner.BadPayload},
		{"#49 half a surrogate pair", `[` + slotWith(`"x":"\ud800"`) + `]`, partner.BadPayload},
		{"#49 raw NUL", "[" + slotWith("\"x\":\"\x00\"") + "]", partner.BadPayload},
		{"#49 UTF-16", "\xff\xfe[\x00]\x00", partner.BadPayload},
		{"something behind", `[] []`, partner.BadPayload},
		{"garbage behind", `[]x`, partner.BadPayload},
		{"NaN", `[` + slotWith(`"remaining":NaN`) + `]`, partner.BadPayload},
		{"leading zero", `[` + slotWith(`"remaining":007`) + `]`, partner.BadPayload},
		{"comment", `[/* none */]`, partner.BadPayload},
		{"a million brackets", strings.Repeat(`[`, 1_000_000), partner.BadPayload},
		{"a million objects", `[` + strings.Repeat(`{"x":`, 1_000_000), partner.BadPayload},
		{"a name of a megabyte, twice", `[{"` + strings.Repeat("n", 1<<20) + `":1,"` + strings.Repeat("n", 1<<20) + `":1}]`, partner.BadPayload},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, _, err := partner.Decode(asked, []byte(tt.body))
			var failure *partner.Error
			if !errors.As(err, &failure) || failure.Kind != tt.want || failure.Key != asked {
				t.Fatalf("Decode(%.80q) error = %v, want %v of %v", tt.body, err, tt.want, asked)
			}
			if a.Slots != nil {
				t.Errorf("Decode(%.80q) = %+v with an error, want nothing", tt.body, a)
			}
			if len(err.Error()) > 300 {
				t.Errorf("error of %d bytes, want a short one: %.100s…", len(err.Error()), err)
			}
		})
	}
}

func TestDecodeTakesAsManyAsABoundAllows(t *testing.T) {
	var b strings.Builder
	b.WriteString("[")
	for i := range 10_000 {
		fmt.Fprintf(&b, `{"startDate":"2026-04-09","startTime":"09:00","providerSlotId":%d,"remaining":1},`, i)
	}
	a, _, err := partner.Decode(asked, []byte(strings.TrimSuffix(b.String(), ",")+"]"))
	if err != nil || len(a.Slots) != 10_000 {
		t.Errorf("Decode of 10,000 slots = %d slots, %v; want all of them", len(a.Slots), err)
	}
	b.Reset()
	for i := range 200 {
		fmt.Fprintf(&b, `{"type":"T%d"},`, i)
	}
	a, _, err = partner.Decode(asked, []byte(`[`+slotWith(`"remaining":1,"paxAvailability":[`+strings.TrimSuffix(b.String(), ",")+`]`)+`]`))
	if err != nil || len(a.Slots[0].Pax) != 200 {
		t.Errorf("Decode of 200 pax = %v; want all of them", err)
	}
}
