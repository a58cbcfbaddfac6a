package freshness

import "math"

// Index returns what a refresh now is worth: the reads that it keeps true over
// what a refresh at the next best moment would, in reads a call, when changes are
// expected since the last refresh: readRate/changeRate × G(changes) (Olston,
// Pandey, equation 4 and appendix; the crawling problem's Whittle index). To call
// for those copies whose index is highest keeps the most reads true that the calls
// can. changeRate must be positive.
//
// It is not the probability of being false times the reads: that would spend the
// calls on copies that are false again before anybody reads them.
func Index(readRate, changeRate, changes float64) float64 {
	return readRate / changeRate * G(changes)
}

// IndexUntil is Index for a copy of which nobody will ask any more after
// remaining time: never more than the reads that are false now and that a refresh
// keeps true until then.
func IndexUntil(readRate, changeRate, changes, remaining float64) float64 {
	perCall := readRate / changeRate
	return min(perCall*G(changes), perCall*-math.Expm1(-changes)*-math.Expm1(-changeRate*remaining))
}

// ReachedAt returns the number of expected changes at which Index reaches price:
// InverseG(price × changeRate/readRate), +Inf when it never does. Divided by
// changeRate it is the interval that is optimal when price is what a call must
// earn; where all is rare it is √(2 × price/(readRate × changeRate)).
func ReachedAt(price, readRate, changeRate float64) float64 {
	return InverseG(price * changeRate / readRate)
}
