package sim

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// slotFaults answer with good JSON whose slots are odd as a list: too many, too
// few, not those that were asked for.
var slotFaults = []behaviour{
	values("wrong-date", "all slots are of another day", `"startDate":`, everywhere, to(`"2001-02-03"`)),
	values("one-wrong-date", "one slot is of another day", `"startDate":`, once, to(`"2001-02-03"`)),
	values("date-ddmm", "dates as DD-MM-YYYY", `"startDate":`, everywhere, func(old string) string {
		return `"` + old[9:11] + "-" + old[6:8] + "-" + old[1:5] + `"`
	}),
	values("date-with-time", "dates with a time of day", `"startDate":`, everywhere, suffix("T00:00:00.000Z")),

	slots("duplicate-slots", "a slot twice, the same", func(_ *exchange, s [][]byte) [][]byte {
		return append(s, s[0])
	}),
	slots("duplicate-id", "a slot twice, the second with a seat less", func(_ *exchange, s [][]byte) [][]byte {
		return append(s, rewrite(s[0], `"remaining":`, once, func(old string) string {
			n, _ := strconv.Atoi(old) // written by AppendSlots
			return strconv.Itoa(n - 1)
		}))
	}),
	slots("two-variants", "another variant with another id at the same time", func(_ *exchange, s [][]byte) [][]byte {
		other := rewrite(s[0], `"variantId":`, once, func(old string) string { return old + "1" })
		return append(s, rewrite(other, `"providerSlotId":`, once, func(old string) string { return `"9` + old[1:] }))
	}),
	slots("id-moved", "a slot's id stands for 23:45", func(_ *exchange, s [][]byte) [][]byte {
		s[0] = rewrite(rewrite(s[0], `"startTime":`, once, to(`"23:45"`)), `"endTime":`, once, to(`"23:45"`))
		return s
	}),
	slots("shuffled", "slots in reverse order", func(_ *exchange, s [][]byte) [][]byte {
		slices.Reverse(s)
		return s
	}),
	slots("slot-vanishes", "without the first slot", func(_ *exchange, s [][]byte) [][]byte { return s[1:] }),
	slots("most-vanish", "only a third of the slots", func(_ *exchange, s [][]byte) [][]byte { return s[:len(s)/3] }),
	slots("flap", "every other answer lacks the first slot", func(x *exchange, s [][]byte) [][]byte {
		return s[(x.nth+1)%2:]
	}),
	slots("null-slot", "a null among the slots", func(_ *exchange, s [][]byte) [][]byte {
		return append(s, []byte("null"))
	}),
	slots("unknown-members", "members nobody knows", func(_ *exchange, s [][]byte) [][]byte {
		for i := range s {
			s[i] = append(s[i][:len(s[i])-1], `,"isClosed":false,"extra":{"deep":[1,null,{"a":"b"}]}}`...)
		}
		return s
	}),
	slots("members-reordered", "startDate comes last", func(_ *exchange, s [][]byte) [][]byte {
		for i := range s {
			member, rest, _ := bytes.Cut(s[i][1:], []byte{','})
			s[i] = slices.Concat([]byte{'{'}, rest[:len(rest)-1], []byte{','}, member, []byte{'}'})
		}
		return s
	}),

	values("id-number", "providerSlotId is a number", `"providerSlotId":`, once, to("225532707686")),
	values("id-null", "providerSlotId is null", `"providerSlotId":`, once, to("null")),
	values("id-long", "providerSlotId has a thousand characters", `"providerSlotId":`, once, to(`"`+strings.Repeat("i", 1000)+`"`)),
	values("id-of-another-product", "providerSlotIds of a product next door", `"providerSlotId":`, everywhere, func(old string) string {
		n, rest, _ := strings.Cut(strings.Trim(old, `"`), "_")
		id, _ := strconv.Atoi(n) // written by AppendSlots
		return `"` + strconv.Itoa(id+1) + "_" + rest + `"`
	}),
	without("id-missing", "no providerSlotId", `"providerSlotId":`, everywhere),
	values("variant-fraction", "variantId 32.5", `"variantId":`, once, to("32.5")),
}

// suffix returns a function that appends to the text of a JSON string.
func suffix(s string) func(string) string {
	return func(old string) string { return old[:len(old)-1] + s + `"` }
}
