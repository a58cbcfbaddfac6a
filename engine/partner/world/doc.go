// Package world makes up a market: products, what is sold of them as time goes
// by, and the readers who look at them. It is what policies of refreshing are
// compared in, so all of it follows from a seed and none of it from what anybody
// asks: every policy meets the same bookings and the same readers.
//
// # The truth
//
// The partner's answer for a product's date at a moment is a pure function of the
// options, the product, the date and the moment. A few products are wanted by
// many and most by few (Zipf's law). Each is open on its weekdays, has one to
// twelve slots a day and places for somewhat fewer or more people than will come.
// Parties of one to six book, most of them late, each product's customers earlier
// or later than the others'; some cancel. Prices change for a date, a week, a
// month or two months at once, and the seller moves places about by hand.
//
// # The readers
//
// Readers come in sessions that follow the hour of the day, read a date, and read
// it again or go on to the next open date. They want what customers want, more or
// less, and look further ahead than those book.
//
// [World.Body] is what the partner says, to be given to sim.Options.Body. [World.Compare]
// tells what an answer of one moment is worth at another.
//
// Reference has the numbers to start from: those of a seller of tours and tickets,
// by published surveys of how far ahead people book.
package world
