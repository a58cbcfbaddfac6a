// Package planner decides which keys of a catalogue the next calls go to when
// there are too few calls for all of them.
//
// # The model
//
// Each key, a product on a date, changes at random moments at a rate λ and is read
// at a rate w. Both are products of factors that are learned apart: of the product,
// of how many days ahead the date is, of the key itself, and for λ of its state.
// Time runs by the readers' clock: an hour in which half as many read as on average
// is half an hour.
//
// x is the number of changes to be expected since the last fetch, so that what is
// stored is still true with probability e^-x. The index (w/λ)(1-(1+x)e^-x) is what
// a call is worth in reads (package freshness). A call goes where the index is
// highest; the price μ is the index of what is being called for, a mean over the
// last two minutes. Nothing has to be solved or set: a smaller budget raises the
// price by itself.
//
// # How a key comes to be fetched
//
// A key waits until its index can have reached half the price. Then it is warm: it
// is in one of the bands, which are steps of a quarter octave of index over price,
// and is scored anew about once a minute. When the bands run dry, the price falls
// and the best of the keys that wait are brought forward, so that no call is left
// unused.
//
// Whatever its index says, a key is due when it reaches its bound of age. These
// calls are at most a share of all; when the bounds need more, all of them are
// stretched by one factor.
//
// The package is pure: it is told the time, reads no clock and does no I/O. One
// goroutine owns a Planner. It takes 80 bytes a key.
package planner
