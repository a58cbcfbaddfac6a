package limit

import "time"

// maxPatience bounds how many windows go by between two tries of a limit that the
// partner did not allow the last time.
const maxPatience = 16

// A window is a limit as it is configured, and what of it the partner seems to
// allow. Those differ from the moment at which it refuses a request that the limit
// allowed: it counts otherwise, its limit is another one, or somebody else has the
// same key.
//
// It goes down at once, to what the partner let through in the window before the
// refusal, but by half at most. It comes back by one request at a time, each tried
// for a whole window and only while work waits for it. (Additive increase and
// multiplicative decrease: Chiu and Jain, 1989.)
type window struct {
	Limit
	allowed  int       // from 1 to Requests
	raiseAt  time.Time // allowed does not rise before
	raised   bool      // since the last refusal
	patience int       // windows from a refusal to the next raise, doubled by each that follows a raise
}

func windows(limits []Limit) []window {
	w := make([]window, len(limits))
	for i, l := range limits {
		w[i] = window{Limit: l, allowed: l.Requests, patience: 1}
	}
	return w
}

// spare returns how many requests are kept from those who leave some to others.
func (w *window) spare(leave int) int { return min(leave, w.allowed/10) }

// raise lets one request more through if that is what work waits for.
func (w *window) raise(used, leave int, now time.Time) {
	if w.allowed >= w.Requests || used+w.spare(leave) < w.allowed || now.Before(w.raiseAt) {
		return
	}
	if w.raised { // and the last one was good
		w.patience = 1
	}
	w.allowed++
	w.raised, w.raiseAt = true, now.Add(w.Per)
}

// lower takes note that the partner refused a request after it had let accepted
// ones through in the window.
func (w *window) lower(accepted int, now time.Time) {
	w.allowed = max(1, min(w.allowed-1, max(accepted, w.allowed/2)))
	if w.raised {
		w.patience = min(2*w.patience, maxPatience)
	}
	w.raised, w.raiseAt = false, now.Add(time.Duration(w.patience)*w.Per)
}

// Refused says that the partner refused the request of a permit because of its
// limit, after Done. The limit that was the fullest is lowered, unless the request
// had been sent before it was lowered last, or nothing was let through: then it is
// not the number of requests that the partner minds.
func (b *Budget) Refused(seq uint64, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := len(b.done) - 1; i >= 0; i-- {
		if b.done[i].Seq == seq {
			b.done[i].refused = true
			break
		}
	}
	if seq < b.lesson {
		return
	}
	var fullest *window
	var most int
	for i := range b.limits {
		w := &b.limits[i]
		n := b.accepted(w, seq, now)
		if fullest == nil || n*fullest.allowed > most*w.allowed {
			fullest, most = w, n
		}
	}
	if most > 0 {
		fullest.lower(most, now)
		b.lesson = b.next
	}
}

// accepted counts the requests in w's window that the partner let through before
// it refused the one with that seq: those that were sent before it and are not
// back are taken for such.
func (b *Budget) accepted(w *window, seq uint64, now time.Time) (n int) {
	for _, p := range b.done[b.before(w.Limit, now):] {
		if !p.refused {
			n++
		}
	}
	for sent := range b.inFlight {
		if sent < seq {
			n++
		}
	}
	return n
}

// Spacing returns the time between two requests when they are spread evenly over
// the limits' windows.
func (b *Budget) Spacing() (d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, w := range b.limits {
		d = max(d, (w.Per+w.slack())/time.Duration(w.allowed))
	}
	return d
}
