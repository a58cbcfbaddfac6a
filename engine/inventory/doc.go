// Package inventory holds the words of the domain: products, civil dates, slots,
// pax, exact money, and the availability of one product on one date.
//
// It is a leaf: pure values, no clock, no I/O, nothing of ours imported. Every
// other package speaks in its terms.
package inventory
