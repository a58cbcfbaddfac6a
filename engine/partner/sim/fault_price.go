package sim

import "strings"

const finalPrice = `"finalPrice":`

// priceFaults answer with good JSON in which money is odd.
var priceFaults = []behaviour{
	values("price-null", "a pax whose price is null", `"price":`, once, to("null")),
	values("final-null", "a pax whose finalPrice is null", finalPrice, once, to("null")),
	values("price-string", `prices as strings`, finalPrice, everywhere, func(old string) string { return `"` + old + `"` }),
	values("price-trailing-zero", "212.140 for 212.14", finalPrice, everywhere, func(old string) string {
		if strings.Contains(old, ".") {
			return old + "0"
		}
		return old + ".00"
	}),
	values("price-exponent", "21214e-2 for 212.14", finalPrice, everywhere, func(old string) string {
		units, frac, _ := strings.Cut(old, ".")
		return units + frac + "e-" + string(rune('0'+len(frac)))
	}),
	values("price-negative", "a price of -5", finalPrice, once, to("-5")),
	values("price-huge", "a price of 1e30", finalPrice, once, to("1e30")),
	values("price-many-digits", "a price of 212.1400000000000034", finalPrice, once, to("212.1400000000000034")),
	values("original-below-final", "original prices of 0.01", `"originalPrice":`, everywhere, to("0.01")),
	values("discount-wrong", "discounts of 99.99", `"discount":`, everywhere, to("99.99")),

	replaced("currency-missing", "prices without a currency", `,"currencyCode":"SGD"}`, "}"),
	{name: "currency-jpy", about: "a price of 1000.5 JPY", edit: inCurrency("JPY", "1000.5")},
	{name: "currency-kwd", about: "a price of 1.234 KWD", edit: inCurrency("KWD", "1.234")},
	{name: "currency-unknown", about: "a price of 1.2345 XXX", edit: inCurrency("XXX", "1.2345")},
	values("currency-mixed", "a slot whose currency is not its prices'", `"currencyCode":`, once, to(`"EUR"`)),
}

// inCurrency edits everything into a currency and one price to an amount.
func inCurrency(code, amount string) func(*exchange, []byte) []byte {
	return func(_ *exchange, body []byte) []byte {
		body = rewrite(body, `"currencyCode":`, everywhere, to(`"`+code+`"`))
		return rewrite(body, finalPrice, once, to(amount))
	}
}
