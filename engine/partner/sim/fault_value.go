package sim

import (
	"bytes"
	"strings"
)

// The markers of a slot's and of a pax' remaining, which share their name: the
// slot's comes first in an answer, the pax' follows its min.
const (
	slotRemaining = `"remaining":`
	paxRemaining  = `"min":1,"remaining":`
)

// valueFaults answer with good JSON in which times, counts or pax are odd.
var valueFaults = []behaviour{
	replaced("time-short", "4:00 for 04:00", `"startTime":"0`, `"startTime":"`),
	values("time-seconds", "04:00:00 for 04:00", `"startTime":`, everywhere, suffix(":00")),
	values("time-24", "a slot at 24:00", `"startTime":`, once, to(`"24:00"`)),
	values("time-25", "a slot at 25:00", `"startTime":`, once, to(`"25:00"`)),
	values("time-empty", "a slot whose startTime is empty", `"startTime":`, once, to(`""`)),
	values("time-null", "a slot whose startTime is null", `"startTime":`, once, to("null")),
	without("end-missing", "no endTime", `"endTime":`, everywhere),
	values("end-before-start", "slots that end before they start", `"endTime":`, everywhere, to(`"00:00"`)),

	values("remaining-zero", "a slot with remaining 0", slotRemaining, once, to("0")),
	values("remaining-negative", "a slot with remaining -3", slotRemaining, once, to("-3")),
	values("remaining-fraction", "a slot with remaining 12.5", slotRemaining, once, to("12.5")),
	values("remaining-string", `a slot with remaining "12"`, slotRemaining, once, to(`"12"`)),
	values("remaining-null", "a slot with remaining null", slotRemaining, once, to("null")),
	values("remaining-huge", "a slot with remaining 1e12", slotRemaining, once, to("1e12")),
	values("remaining-bool", "a slot with remaining true", slotRemaining, once, to("true")),
	without("remaining-missing", "a slot without remaining", slotRemaining, once),
	values("pax-over-slot", "a slot with remaining 1 whose pax have more", slotRemaining, once, to("1")),
	values("pax-remaining-negative", "a pax with remaining -3", paxRemaining, once, to("-3")),

	values("pax-empty", "a slot with no pax", `"paxAvailability":`, once, to("[]")),
	values("pax-null", "a slot whose pax are null", `"paxAvailability":`, once, to("null")),
	slots("pax-missing", "a slot without paxAvailability", func(_ *exchange, s [][]byte) [][]byte {
		s[0] = append(s[0][:bytes.Index(s[0], []byte(`,"paxAvailability":`))], '}')
		return s
	}),
	replaced("no-primary", "no pax is primary", `"isPrimary":true,`, ""),
	{name: "all-primary", about: "every pax is primary", edit: func(_ *exchange, body []byte) []byte {
		body = bytes.ReplaceAll(body, []byte(`"isPrimary":true,`), nil)
		return bytes.ReplaceAll(body, []byte(`"description":`), []byte(`"isPrimary":true,"description":`))
	}},
	values("duplicate-pax", "all pax of a slot twice", `"paxAvailability":`, once, func(old string) string {
		pax := old[1 : len(old)-1]
		return "[" + pax + "," + pax + "]"
	}),
	values("min-over-max", "a pax with min 30 and max 20", `"min":`, once, to("30")),
	values("min-zero", "a pax with min 0", `"min":`, once, to("0")),
	values("max-null", "a pax with max null", `"max":`, once, to("null")),
	values("type-underscores", "a pax of type ADULT_P_16~99", `"type":`, once, to(`"ADULT_P_16~99"`)),
	values("type-plain", "a pax of type SENIOR", `"type":`, once, to(`"SENIOR"`)),
	values("type-empty", "a pax whose type is empty", `"type":`, once, to(`""`)),
	values("name-unicode", "a name in several scripts", `"name":`, once, to(`"大人 👩‍👧 Взрослый"`)),
	values("description-long", "a description of 10 kB", `"description":`, once, to(`"`+strings.Repeat("long ", 2000)+`"`)),
	{name: "string-numbers", about: "every number is a string", edit: func(_ *exchange, body []byte) []byte {
		for _, m := range []string{
			slotRemaining, `"variantId":`, `"max":`, `"min":`, `"discount":`, `"finalPrice":`, `"originalPrice":`,
		} {
			body = rewrite(body, m, everywhere, func(old string) string { return `"` + old + `"` })
		}
		return body
	}},
}
