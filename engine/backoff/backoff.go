// Package backoff spreads retries: capped exponential backoff with full jitter,
// after Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog,
// 2015. Of the schemes compared there full jitter costs the one who is asked the
// fewest calls, because those who failed together do not come back together.
//
// It is pure: no clock and no random source of its own.
package backoff

import (
	"math"
	"time"
)

// Floor is the shortest wait, so that a retry is never a busy loop.
const Floor = time.Millisecond

// A Policy says how long to wait before an attempt is repeated.
type Policy struct {
	Base time.Duration // upper bound of the first wait; each further one doubles it
	Cap  time.Duration // upper bound of every wait
}

// Wait returns the wait after the attempt-th failure, counted from 1 (a smaller
// attempt counts as 1): uniform in [0, Ceiling(attempt)], raised to Floor. No
// attempt overflows. random returns a uniform number in [0, n) and is called
// once, with an n of 1 to math.MaxInt64; rand.Int64N of math/rand/v2 is one.
func (p Policy) Wait(attempt int, random func(n int64) int64) time.Duration {
	ceiling := min(p.Ceiling(attempt), math.MaxInt64-1) // room for the 1
	return max(Floor, time.Duration(random(int64(ceiling)+1)))
}

// Ceiling returns the longest that Wait waits: Base × 2^(attempt-1), no more than
// Cap and no less than Floor.
func (p Policy) Ceiling(attempt int) time.Duration {
	doublings := max(attempt, 1) - 1
	base, ceiling := max(p.Base, 0), p.Cap
	if base <= p.Cap>>doublings {
		ceiling = base << doublings
	}
	return max(Floor, ceiling)
}
