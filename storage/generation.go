package storage

import (
	"sync/atomic"

	"invd/engine/inventory"
)

// generations counts the writes of every key, striped: two keys may share a
// counter, which costs a cache one lookup too many and never one too few.
//
// A reader loads the generation first, then looks the key up, and keeps what it
// found under the generation it loaded. The committer commits first, then bumps,
// then acknowledges. So whatever a reader finds under the current generation was
// read after the last acknowledged write; an old value can never carry the new
// generation, because whoever loads the new one reads after the commit.
type generations [1 << 16]atomic.Uint64

// calendarDate stands for a product's calendar where a key is wanted.
const calendarDate inventory.Date = -1

func (g *generations) of(k inventory.Key) *atomic.Uint64 {
	x := uint64(k.Product)<<24 ^ uint64(uint32(k.Date))
	// The finaliser of splitmix64 (Steele, Lea, Flood 2014) spreads neighbours.
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return &g[(x^x>>31)%uint64(len(g))]
}

func (g *generations) bump(k inventory.Key) {
	g.of(k).Add(1)
	g.of(inventory.Key{Product: k.Product, Date: calendarDate}).Add(1)
}

// Generation returns the number that changes whenever the key is written, its
// confirmations included. Load it before looking the key up: what Availability
// then returns may be kept, and is current for as long as Generation returns the
// same. It is safe for concurrent use and does not touch the file.
func (s *Store) Generation(k inventory.Key) uint64 { return s.generations.of(k).Load() }

// CalendarGeneration is the Generation of a product's calendar: it changes
// whenever any day of the product is written.
func (s *Store) CalendarGeneration(p inventory.ProductID) uint64 {
	return s.generations.of(inventory.Key{Product: p, Date: calendarDate}).Load()
}
