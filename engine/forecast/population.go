package forecast

import (
	"math"

	"invd/engine/report"
)

// Readers look so many days ahead, today included, whatever the schedules cover.
const readersHorizon = 60

// A market is a population that is being drawn.
type market struct {
	report.Population
	drawn int // products so far
}

// The reference market, which the simulated one has too.
const (
	bookings   = 40.  // of a date on sale
	parties    = 2.41 // people a booking
	cancelled  = 0.06 // of the bookings
	edits      = 0.08 // a day and date, of its places by the seller
	deviation  = 0.5  // of the logarithms of products' and dates' popularity
	unlimited  = 0.1  // of the products never sell out
	rounds     = 8    // products drawn for each class of popularity
	fineRanks  = 50   // the most popular are classes of their own
	sessionHop = 0.375
)

// weekdays are the open weekdays of products, and what share of them has so many.
var weekdays = []struct{ share, open float64 }{{0.55, 7}, {0.15, 6}, {0.10, 5}, {0.08, 2}, {0.07, 3}, {0.05, 1}}

// Reference returns the population of n products as a survey would expect it.
// Their popularity follows Zipf's law, readers and customers want roughly the same
// products, and four in five dates are open. aheadTo are numbers of days ahead at
// which a class must end, those of the schedules. It is the same for the same
// arguments.
func Reference(n int, aheadTo []int) report.Population {
	p := market{Population: report.Population{Rates: report.RatesAssumed, Products: n}}
	if n == 0 {
		return p.Population
	}
	scale := float64(n) / harmonic(n)
	for rank := 1; rank <= n; {
		next := min(n+1, max(rank+1, rank+rank/fineRanks))
		popularity := scale * (harmonic(next-1) - harmonic(rank-1)) / float64(next-rank)
		for range rounds {
			p.drawn++
			p.product(aheadTo, float64(next-rank)/rounds, popularity, popularity/float64(n))
		}
		rank = next
	}
	return p.Population
}

// product adds the keys of so many products whose popularity is that of the mean
// product times popularity, and each a share of the whole market's.
func (p *market) product(aheadTo []int, products, popularity, share float64) {
	quantile := func(root float64) float64 { return fraction(float64(p.drawn) * root) }
	sold := bookings * popularity * wanted(quantile(math.Sqrt2), share)
	read := popularity * wanted(quantile(sqrt3), share)
	open := openShare(quantile(sqrt5))
	booked := lead(readersHorizon+1, 0.25*normal(quantile(sqrt7)), 1)
	looked := hop(lead(readersHorizon, 0.15*normal(quantile(sqrt11)), 0.95))
	slots, room := 1+math.Floor(12*quantile(sqrt13)), 0.65+1.8*quantile(sqrt17)
	places := 4*slots/(parties*sold) + room // over those wanted
	if quantile(sqrt19) < unlimited {
		places = math.Inf(1)
	}
	last := (12 + 9*quantile(sqrt23)) / 24
	p.Closed += products * (1 - open) * readersHorizon
	for first := 0; first < readersHorizon; {
		to := classEnd(first, aheadTo)
		c := report.Class{Keys: products * open * float64(to-first), Ahead: first, OnSale: 1, Weight: 1}
		popular := lognormal(normal(fraction(float64(len(p.Classes)+1) * sqrt29))) // of these dates
		for days := first; days < to; days++ {
			c.Reads += read * looked[days] / open / float64(to-first)
			show := showing(booked, days, places/popular)
			c.Changes += (sold*popular*booked[days]*show*(1+cancelled) + edits + priceChanges[days]) / float64(to-first)
		}
		if first == 0 {
			c.OnSale = last
			c.Reads *= readBefore(last) / last
			c.Changes /= last
		}
		p.Classes = append(p.Classes, c)
		first = to
	}
}

// classEnd returns where the class ends that begins so many days ahead: the further
// ahead, the less a day matters.
func classEnd(first int, aheadTo []int) int {
	to := first + max(1, first/4)
	for _, end := range append(aheadTo, readersHorizon) {
		if first < end {
			to = min(to, end)
		}
	}
	return to
}

// openShare returns the share of dates that are open of the product at that quantile.
func openShare(u float64) float64 {
	for _, w := range weekdays {
		if u -= w.share; u < 0 {
			return w.open / 7
		}
	}
	return 1
}

func lognormal(normal float64) float64 {
	return math.Exp(deviation*normal - deviation*deviation/2)
}

// What a product is like is not drawn at random but spread evenly: of the n-th, the
// quantile of each property is the fraction of n times a square root of its own
// (Richtmyer's sequence). Few products then stand for many better than random ones.
const (
	sqrt3  = 1.7320508075688772
	sqrt5  = 2.2360679774997896
	sqrt7  = 2.6457513110645907
	sqrt11 = 3.3166247903554
	sqrt13 = 3.605551275463989
	sqrt17 = 4.123105625617661
	sqrt19 = 4.358898943540674
	sqrt23 = 4.795831523312719
	sqrt29 = 5.385164807134504
)

func fraction(x float64) float64 { return x - math.Floor(x) }

// normal returns the standard normal distribution's quantile.
func normal(u float64) float64 { return math.Sqrt2 * math.Erfinv(2*u-1) }

// wanted returns how many times more than others of its rank the product at that
// quantile is wanted. What a large one gains, the rest of the market loses.
func wanted(quantile, share float64) float64 {
	times := lognormal(normal(quantile))
	return times / (1 + share*(times-1))
}

// harmonic returns the sum of 1/k for k up to n.
func harmonic(n int) float64 {
	if n < 100 {
		sum := 0.0
		for k := 1; k <= n; k++ {
			sum += 1 / float64(k)
		}
		return sum
	}
	const gamma = 0.5772156649015329 // Euler's constant
	x := float64(n)
	return math.Log(x) + gamma + 1/(2*x) - 1/(12*x*x)
}
