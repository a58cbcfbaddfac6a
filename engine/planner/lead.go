package planner

// Dates are pooled in bands of days ahead: what is learned of one date in a band
// says something of all.
const leads = 12

// firstAhead is the first day ahead of each band.
var firstAhead = [leads]int{0, 1, 2, 3, 4, 5, 7, 10, 14, 20, 30, 45}

// The factors before anything is learned: bookings come late, readers look a
// little further ahead (surveys of tour bookings, docs/planner.md). Their scale
// does not matter, it is learned with the products'.
var (
	changePrior = [leads]float64{3, 1.5, 1.05, .75, .54, .39, .27, .18, .135, .09, .06, .042}
	readPrior   = [leads]float64{1, .7, .5, .4, .32, .26, .2, .15, .11, .08, .055, .04}
)

// leadOf returns the band of a date so many days ahead.
func leadOf(ahead int) uint8 {
	b := leads - 1
	for b > 0 && ahead < firstAhead[b] {
		b--
	}
	return uint8(b)
}
