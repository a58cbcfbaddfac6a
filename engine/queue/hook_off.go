//go:build !pqhook

package queue

// point stands between two atomic steps. Built with the tag pqhook, it disturbs
// the schedule there.
func point(place) {}
