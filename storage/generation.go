package storage

import (
	"sync/atomic"

	"invd/engine/inventory"
)

// generations counts the writes of every key, striped: two keys may share a
// counter, which costs a cache one lookup too many and never one too few.
//
// A counter is even at rest and odd while a commit is under way that writes one of
// its keys. What a reader is told is the even number at or below it: until the
// commit is on disk, what was cached before it stays current.
//
// A reader loads the generation first, then looks the key up, and keeps what it
// found under the generation it loaded. The committer commits first, then raises,
// then acknowledges. So whatever a reader finds under the current generation was
// read after the last acknowledged write; an old value can never carry the new
// generation, because whoever loads the new one reads after the commit.
//
// bbolt shows a commit to new transactions before its last flush has returned, and
// a cached answer is current until then: the one reader would see the new value and
// after it another one the old. So a lookup in the file waits for the commit while its
// counter is odd, and is done again if the counter moved before its transaction
// was open (see Store.viewKey).
type generations struct {
	counters [1 << 16]atomic.Uint64

	// landing is closed when the commit under way is over. It is set before any
	// counter is odd, so who sees an odd counter finds it.
	landing atomic.Pointer[chan struct{}]
}

// calendarDate stands for a product's calendar where a key is wanted.
const calendarDate inventory.Date = -1

func (g *generations) of(k inventory.Key) *atomic.Uint64 {
	x := uint64(k.Product)<<24 ^ uint64(uint32(k.Date))
	// The finaliser of splitmix64 (Steele, Lea, Flood 2014) spreads neighbours.
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return &g.counters[(x^x>>31)%uint64(len(g.counters))]
}

// begin makes the counters of the keys odd, and those of their products' calendars.
// It is the committer's, as is end, which must be called with what it returns
// whatever became of the commit.
func (g *generations) begin(keys []inventory.Key) (odd []*atomic.Uint64) {
	landing := make(chan struct{})
	g.landing.Store(&landing)
	raise := func(k inventory.Key) {
		if c := g.of(k); c.Load()&1 == 0 { // else another of the keys shares it
			c.Add(1)
			odd = append(odd, c)
		}
	}
	for _, k := range keys {
		raise(k)
	}
	for _, k := range keys { // last, so that they are the last to be even again: what a calendar says, its days say
		raise(inventory.Key{Product: k.Product, Date: calendarDate})
	}
	return odd
}

// end makes the counters even again: at another number than before, or at the same
// one when for certain nothing was stored.
func (g *generations) end(odd []*atomic.Uint64, refused bool) {
	for _, c := range odd {
		if refused {
			c.Add(^uint64(0))
		} else {
			c.Add(1)
		}
	}
	close(*g.landing.Load())
}

// settled returns the counter's value when no commit is under way that writes one
// of its keys, after waiting for that if need be.
func (g *generations) settled(c *atomic.Uint64) uint64 {
	for {
		at := c.Load()
		if at&1 == 0 {
			return at
		}
		landing := *g.landing.Load()
		if c.Load() == at {
			<-landing
		}
	}
}

// Generation returns the number that changes whenever the key is written, its
// confirmations included. Load it before looking the key up: what Availability
// then returns may be kept, and is current for as long as Generation returns the
// same. It is safe for concurrent use and does not touch the file.
func (s *Store) Generation(k inventory.Key) uint64 { return s.generations.of(k).Load() &^ 1 }

// CalendarGeneration is the Generation of a product's calendar: it changes
// whenever any day of the product is written.
func (s *Store) CalendarGeneration(p inventory.ProductID) uint64 {
	return s.Generation(inventory.Key{Product: p, Date: calendarDate})
}
