package queues

import "sync/atomic"

// states is the dedupe of queues that have none: an atomic word per id.
type states []atomic.Uint32

// A state other than idle, queued and running is again+band: running, and to be
// queued in that band when done.
const (
	idle uint32 = iota
	queued
	running
	again
)

// queue reports whether the caller is to put the id into the band now.
func (s states) queue(id uint32, band int) bool {
	w := &s[id]
	for {
		switch old := w.Load(); {
		case old == idle:
			if w.CompareAndSwap(idle, queued) {
				return true
			}
		case old == queued || old >= again && old <= again+uint32(band):
			return false
		default:
			if w.CompareAndSwap(old, again+uint32(band)) {
				return false
			}
		}
	}
}

// run marks an id that was taken out.
func (s states) run(id uint32) { s[id].Store(running) }

// done ends a run. With more, the caller is to put the id into the band.
func (s states) done(id uint32) (band int, more bool) {
	w := &s[id]
	if w.CompareAndSwap(running, idle) {
		return 0, false
	}
	return int(w.Swap(queued) - again), true
}
