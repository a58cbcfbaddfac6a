package forecast

import "math"

// lead returns what share looks for a date so many days ahead, of n: 21, 11 and 8 %
// for today, tomorrow and the day after, then 0.15 over the days, after surveys of
// how far ahead people book. A tilt above 0 moves it away, a power below 1 flattens
// it. The last of more than 60 is for all who are earlier.
func lead(n int, tilt, power float64) []float64 {
	shares := make([]float64, n)
	sum := 0.0
	for days := range shares {
		share := 0.15 / float64(max(days, 1))
		switch {
		case days < 3:
			share = [...]float64{0.21, 0.11, 0.08}[days]
		case days == readersHorizon:
			share = 0.126
		}
		shares[days] = math.Pow(share, power) * math.Pow(float64(days+1), tilt)
		sum += shares[days]
	}
	for days := range shares {
		shares[days] /= sum
	}
	return shares
}

// hop returns what readers read who begin at the given shares and then go on, now
// and then, to the next date.
func hop(first []float64) []float64 {
	reads := make([]float64, len(first))
	from := 0.0
	for days := range reads {
		from = from*sessionHop + first[days]*(1-sessionHop)
		reads[days] = from
	}
	return reads
}

// showing returns what share of the bookings made so many days ahead change what is
// left, while places, in parts of those wanted, last. Slots are wanted unequally,
// so some sell out sooner.
func showing(booked []float64, days int, places float64) (share float64) {
	before := 1.0 // booked by then
	for _, b := range booked[:days+1] {
		before -= b
	}
	for _, wanted := range [...]float64{0.4 + 1./6, 0.4 + 1./2, 0.4 + 5./6} {
		left := places*0.9/wanted - before
		share += wanted / 2.7 * min(1, max(0, left/booked[days]))
	}
	return share
}

// priceChanges are how many changes of price a date so many days ahead sees a day:
// a product has 0.12, each of them over a day, a week, a month or all dates, and
// eight in nine to another price.
var priceChanges = func() (rate [readersHorizon]float64) {
	first := lead(readersHorizon, 0, 1)
	for _, span := range [...]int{1, 7, 30, 60} {
		for from, share := range first {
			begin := from * (readersHorizon - span) / readersHorizon
			for days := begin; days < begin+span; days++ {
				rate[days] += 0.12 * 8 / 9 / 4 * share
			}
		}
	}
	return rate
}()

// hours are how many of a thousand reads are made in each hour of a day.
var hours = [24]float64{
	18, 11, 7, 5, 5, 8, 16, 27, 39, 48, 53, 56,
	57, 55, 53, 53, 56, 61, 68, 76, 80, 72, 48, 28,
}

// readBefore returns the share of a day's reads before a moment, given as a share
// of the day.
func readBefore(moment float64) (share float64) {
	for hour, reads := range hours {
		share += reads / 1000 * min(1, max(0, 24*moment-float64(hour)))
	}
	return share
}
