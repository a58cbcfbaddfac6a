// Package demand is what readers ask for: a table that counts their reads, key by
// key, for whoever decides what is worth a call.
//
// Readers are many and quick, so counting takes no lock and allocates nothing. It
// is told the time and reads no clock.
package demand
