// Package forecast says, before the first request, what a budget can carry: the
// requests a day that the schedules ask for, whether they fit, by how much they
// must be stretched, how many products would fit, and what share of the readers
// each policy will give the truth.
//
// The shares follow from closed forms (package freshness) over a population of
// keys, each with how often it is read and changes. What is not known of a
// catalogue is assumed: Reference makes a population like that of a seller of tours
// and tickets, from published surveys of how far ahead people book. The policies
// differ by the interval at which they refresh each key:
//
//   - seed: the schedules as written, overlaps and all, the most frequent first;
//     what the budget does not reach is never fetched.
//   - cadence: without overlap, every schedule stretched by the same factor.
//   - adaptive: the intervals at which every request is worth the same, found by
//     bisection of its price, and no key older than its schedule's max_age.
//
// What the forms leave out: the first day, in which everything is fetched once;
// the hours of the day; sell-outs other than on average; and that rates have to be
// learned.
//
// The package is pure.
package forecast
