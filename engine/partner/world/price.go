package world

import "invd/engine/inventory"

// priceSpans are how many dates one change of price covers.
var priceSpans = [...]int{1, 7, 30, 60}

// priceWishes returns the changes of price that cover a date. They belong to the
// day they are made on, so each date of a product finds the same ones.
func priceWishes(o *Options, p *product, date inventory.Date) (wishes []wish) {
	if o.PriceEvents == 0 {
		return nil
	}
	for back := range horizon {
		made := date.AddDays(-back)
		r := draw(o.Seed, forPrices, uint64(p.id), uint64(made))
		for range poisson(r, o.PriceEvents) {
			span := priceSpans[r.IntN(len(priceSpans))]
			first := firstOf(p.ahead.draw(r), span)
			second := int32(bookingClock.draw(r)*3600 + r.IntN(3600))
			price := int32(800 + 50*r.IntN(9)) // 80 to 120 %
			if back >= first && back < first+span {
				wishes = append(wishes, wish{second: second - int32(back*day), slot: priced, places: price, undoes: -1})
			}
		}
	}
	return wishes
}

// firstOf returns how many days ahead the first date is of a change of price that
// is made for customers who book so many days ahead.
func firstOf(lead, span int) int { return lead * (horizon - span) / horizon }
