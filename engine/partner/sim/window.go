package sim

import "time"

// stamps is a queue of moments, oldest first, as durations since some origin.
type stamps struct {
	buf  []time.Duration
	head int
}

func (s *stamps) len() int { return len(s.buf) - s.head }

func (s *stamps) push(at time.Duration) { s.buf = append(s.buf, at) }

// dropBefore forgets what is older than at. Each stamp is moved at most once
// for every one that is forgotten.
func (s *stamps) dropBefore(at time.Duration) {
	for s.head < len(s.buf) && s.buf[s.head] < at {
		s.head++
	}
	if s.head*2 > len(s.buf) {
		s.buf = s.buf[:copy(s.buf, s.buf[s.head:])]
		s.head = 0
	}
}

// A window is the partner's limit: no more than limit requests are let in
// within any span of length per, both of its ends included. It is exact: it
// remembers every arrival in the span.
type window struct {
	limit        int // negative for no limit
	per          time.Duration
	countRefused bool

	arrived stamps // all requests
	counted stamps // those that use up the limit
	fullest int    // most requests ever in arrived
}

// arrive notes a request and reports whether it is let in. If not, it returns
// the first moment at which one would be. Moments never go back. A stranger,
// who has no key, is seen but uses up nothing.
func (w *window) arrive(at time.Duration, stranger bool) (ok bool, reset time.Duration) {
	w.arrived.dropBefore(at - w.per)
	w.arrived.push(at)
	w.fullest = max(w.fullest, w.arrived.len())
	if stranger || w.limit < 0 {
		return true, 0
	}

	w.counted.dropBefore(at - w.per)
	ok = w.counted.len() < w.limit
	if ok || w.countRefused {
		w.counted.push(at)
	}
	if ok {
		return true, 0
	}
	// One leaves the window just after the limit-th youngest is per old.
	last := w.counted.buf[len(w.counted.buf)-w.limit]
	return false, last + w.per + 1
}
