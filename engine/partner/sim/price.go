package sim

import "time"

// A step is a moment at which a date's prices change, with what they then are
// in millionths of the product's own price.
type step struct {
	second int64 // Unix time
	factor int64
}

const wholePrice = 1_000_000

// A product changes its prices about every eighth day, for the next days or
// for all it has on sale.
const priceChangesPerDay = 0.12

var priceSpans = [...]day{1, 7, 30, horizon}

// priceSteps returns the price changes that touch date d. Whether a product
// changes its prices on a day is drawn from that day, not from d, so one change
// moves all dates it spans at the same second.
func priceSteps(seed uint64, product int64, d day, loc *time.Location) []step {
	var steps []step
	factor := int64(wholePrice)
	for made := d - horizon + 1; made <= d; made++ {
		s := draw(seed, forPrices, uint64(product), uint64(made))
		if !s.chance(priceChangesPerDay) {
			continue
		}
		second := int64(s.below(secondsPerDay))
		span := priceSpans[s.below(len(priceSpans))]
		percent := int64(s.between(3, 15))
		if s.chance(0.5) {
			percent = -percent
		}
		if d-made >= span {
			continue
		}
		// Prices stay between 60 and 170 % of where they began. No change is
		// so small that it rounds to nothing, see TestEveryChangeShows.
		if next := factor * (100 + percent) / 100; next < 600_000 || next > 1_700_000 {
			percent = -percent
		}
		factor = factor * (100 + percent) / 100
		steps = append(steps, step{second: made.start(loc) + second, factor: factor})
	}
	return steps
}

// factorAt returns the factor in force at the Unix second now.
func (sh *sheet) factorAt(now int64) int64 {
	factor := int64(wholePrice)
	for _, st := range sh.steps {
		if st.second > now {
			break
		}
		factor = st.factor
	}
	return factor
}
