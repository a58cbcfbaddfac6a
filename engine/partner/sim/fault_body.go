package sim

import (
	"strings"
	"time"
)

// bodyFaults answer 200 with a body that is not a list of slots, or is not the
// JSON it should be.
var bodyFaults = []behaviour{
	whole("empty", "[] although the date is open", "[]"),
	whole("null", "null", "null"),
	whole("object", "{}", "{}"),
	whole("empty-string", `""`, `""`),
	whole("no-body", "200 with no body", ""),
	whole("blank", "only white space", " \r\n\t\n"),
	whole("list-of-null", "[null]", "[null]"),
	whole("list-of-numbers", "[1,2,3]", "[1,2,3]"),
	whole("error-200", "an error object with 200", string(errorBody(500, "Internal Server Error"))),
	whole("not-json", "plain text", "Internal error, please try again later."),
	{name: "deep", about: "arrays nested a million deep", edit: func(*exchange, []byte) []byte {
		return []byte(strings.Repeat("[", 1_000_000) + strings.Repeat("]", 1_000_000))
	}},
	{name: "wrapped", about: `{"data":[…]}`, edit: func(_ *exchange, body []byte) []byte {
		return append(append([]byte(`{"data":`), body...), '}')
	}},
	{name: "truncated", about: "the JSON stops half way, the connection is fine", edit: func(_ *exchange, body []byte) []byte {
		return body[:len(body)/2]
	}},
	{name: "trailing", about: "a second JSON value after the first", edit: func(_ *exchange, body []byte) []byte {
		return append(body, `{"more":true}`...)
	}},
	{name: "bom", about: "a byte order mark before the JSON", edit: func(_ *exchange, body []byte) []byte {
		return append([]byte("\xef\xbb\xbf"), body...)
	}},
	{name: "pretty", about: "white space wherever JSON allows it", edit: func(_ *exchange, body []byte) []byte {
		return []byte(strings.NewReplacer(`":`, "\" :\n\t ", `,"`, " ,\r\n\"").Replace(string(body)))
	}},
	{name: "stale", about: "what was true a day ago", edit: func(x *exchange, _ []byte) []byte {
		return x.p.Body(x.key.product, x.date, x.arrived.Add(-24*time.Hour))
	}},

	values("bad-utf8", "a name that is not UTF-8", `"name":`, once, to("\"Ad\xff\xfeult\"")),
	values("nul", "a name with NUL and other control characters in escapes", `"name":`, once, to(`"Ad\u0000ul\u001bt"`)),
	values("raw-control", "a name with a raw line feed in it", `"name":`, once, to("\"Ad\nult\"")),
	values("lone-surrogate", "a name with half a surrogate pair", `"name":`, once, to(`"Ad\ud800ult"`)),
	values("nan", "a price of NaN", `"finalPrice":`, once, to("NaN")),
	values("infinity", "a price of Infinity", `"finalPrice":`, once, to("Infinity")),
	values("number-overflow", "a price of 1e400", `"finalPrice":`, once, to("1e400")),
	slots("duplicate-keys", "remaining twice in a slot", func(_ *exchange, s [][]byte) [][]byte {
		s[0] = append(s[0][:len(s[0])-1], `,"remaining":0}`...)
		return s
	}),
}
