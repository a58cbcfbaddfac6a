// Package plan decides, from values alone, which keys exist, which schedule a
// key follows, when it is due next and how urgent it is.
//
// A key follows the schedule with the shortest interval among those that cover
// its date, so overlapping schedules never fetch it twice. Each key has a stable
// phase, hashed from product and date, that spreads the due times of a schedule
// evenly over its interval and survives restarts. When the schedules ask for more
// than the budget gives, every interval is stretched by the same factor.
//
// The package is pure: it is told the time, reads no clock and does no I/O.
package plan
