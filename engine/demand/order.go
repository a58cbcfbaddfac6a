package demand

import (
	"sync"
	"time"

	"invd/engine/inventory"
)

// An order is a fetch of one key that readers have asked for.
type order struct {
	soonest time.Time // no request for it can go before

	// Written before done is closed.
	answered bool // the partner confirmed the key
	shown    bool // what it said is what readers see
	done     chan struct{}

	show sync.Once // makes an answer seen that is not shown
}

// orders are the fetches that readers have asked for and that have not ended: one
// a key, so there are no more of them than the share has allowed.
type orders struct {
	mu     sync.Mutex
	byKey  map[inventory.Key]*order // nil once closed
	dryTil time.Time                // the readers' share is used up until then
}

// join returns the order for a key, and whether it is a new one. nil says that
// there is none and can be none at now.
func (s *orders) join(k inventory.Key, now, soonest time.Time) (o *order, placed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o = s.byKey[k]; o != nil || s.byKey == nil || now.Before(s.dryTil) {
		return o, false
	}
	o = &order{soonest: soonest, done: make(chan struct{})}
	s.byKey[k] = o
	return o, true
}

// dry says that there can be no new order before t.
func (s *orders) dry(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dryTil = t
}

// end ends the order for a key, if there is one.
func (s *orders) end(k inventory.Key, answered, shown bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.byKey[k]; o != nil {
		delete(s.byKey, k)
		o.answered, o.shown = answered, shown
		close(o.done)
	}
}

func (s *orders) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.byKey)
}

// close ends every order, and lets no other come.
func (s *orders) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.byKey {
		close(o.done)
	}
	s.byKey = nil
}
