package limit

import (
	"sync"
	"time"
)

// A Share is a part of a budget that one kind of asker may cause to be spent: of
// each limit the same part, in every window, and one request at least. It spends
// nothing itself, so the budget's limits hold whatever a share allows. Any
// goroutine may call it.
type Share struct {
	budget *Budget
	part   float64 // from 0 to 1

	mu    sync.Mutex
	taken []time.Time // ascending; none older than the longest window when last looked at
}

// NewShare makes a share of a budget, of which nothing is taken yet.
func NewShare(b *Budget, part float64) *Share { return &Share{budget: b, part: part} }

// TryTake takes one request of the share at now. When there is none, at is the
// earliest time at which there will be one.
func (s *Share) TryTake(now time.Time) (ok bool, at time.Time) {
	limits := s.budget.Limits() // before mu: it has a lock of its own
	s.mu.Lock()
	defer s.mu.Unlock()
	var longest time.Duration
	for _, l := range limits {
		longest = max(longest, l.Per)
		most := max(1, int(s.part*float64(l.Requests)))
		if i := len(s.taken) - most; i >= 0 {
			if free := s.taken[i].Add(l.Per); free.After(now) && free.After(at) {
				at = free
			}
		}
	}
	if !at.IsZero() {
		return false, at
	}
	n := 0
	for n < len(s.taken) && now.Sub(s.taken[n]) >= longest {
		n++
	}
	s.taken = append(s.taken[:0], s.taken[n:]...)
	s.taken = append(s.taken, now)
	return true, time.Time{}
}

// Return gives back the request taken last, for which nothing was spent.
func (s *Share) Return() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.taken); n > 0 {
		s.taken = s.taken[:n-1]
	}
}
