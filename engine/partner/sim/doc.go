// Package sim is a partner that does not exist: an http.Handler that answers
// like the External API, sells its seats as time goes by, counts what it is
// asked and breaks on demand.
//
// # The world
//
// What the partner says about a product's date at a moment is a pure function
// of the seed, the product, the date and the moment. Nothing happens in the
// background: bookings and price changes are drawn from the seed when a date is
// first asked for, so a week of virtual time costs as much as its requests do
// and the same seed gives the same bytes on every run. [Partner.Body] is the
// oracle: it tells what a perfect mirror would show at any moment. Tests change
// the world with [Partner.Book], [Partner.Set], [Partner.OpenDate] and
// [Partner.CloseDate], from the moment of the call on.
//
// Products 14 and 15 are the real API's, which never change. All others are
// made up: each has its weekdays, slots, prices and demand. Most bookings come
// late, so remaining falls faster as a date nears.
//
// # The limit
//
// The partner allows Limit requests in any window of Per, both ends included,
// and answers 429 beyond that. [Partner.Stats] has the fullest window that was
// ever seen, refused requests included, which is how tests prove that a client
// keeps to the limit.
//
// # Faults
//
// [Partner.Inject] breaks the next answers, those of one product or all of
// them, in one of the ways that [Faults] lists: wrong statuses, useless 429s,
// bodies that are not what they should be, connections that die.
//
// [Listen] gives a network in memory for use inside testing/synctest.
package sim
