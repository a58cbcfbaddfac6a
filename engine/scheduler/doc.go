// Package scheduler keeps every key due by the schedule that covers its date.
//
// A key is in exactly one place at a time: in the wheel, waiting for its time; in
// the queue or with a worker; or parked, behind a pause. It leaves the wheel when
// it is due, becomes a job in the store, goes through the queue to a worker, and
// comes back when the worker reports. Nothing else in the program schedules, so
// "why was this fetched now" has one answer.
//
// When a key is due follows from the stored time of its last answer and its
// phase; there is no second copy of the schedule that could disagree with the
// data. After downtime an overdue key is therefore fetched once, not once for
// each tick it missed.
package scheduler
