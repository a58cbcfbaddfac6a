// Package freshness has the closed forms that say how long a copy stays true and
// which copy is worth the next call.
//
// A copy is refreshed now and then; its source changes at random moments, on
// average changeRate times a day (a Poisson process), and the copy is true until
// the first change after its refresh. Readers come readRate times a day. Any unit
// of time will do in place of the day, when it is the same one everywhere. What
// most functions need of both clocks is the number of changes to be expected,
// changeRate × time, which has no unit.
//
// The functions are pure, allocate nothing, and may be called by any goroutine.
// Sources:
//
//   - Cho, Garcia-Molina: Effective Page Refresh Policies for Web Crawlers, ACM
//     Transactions on Database Systems 28(4), 2003: freshness and age.
//   - Olston, Pandey: Recrawl Scheduling Based on Information Longevity, WWW 2008:
//     the index, and why a threshold on it is optimal.
//   - Chatzigeorgiou: Bounds on the Lambert Function, IEEE Communications Letters
//     17(8), 2013: the substitution that makes InverseG easy.
package freshness
