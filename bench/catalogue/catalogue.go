// Package catalogue makes data dirs of a given size for benchmarks and measurements:
// a store filled with days as a partner gives them.
package catalogue

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/storage"
)

// Dates is how many dates a product has.
const Dates = 60

// A Catalogue is a number of keys, Dates of each product from 1 on, the last
// product perhaps with fewer.
type Catalogue struct {
	Keys  int
	First inventory.Date // of every product
}

// Key returns the i-th key, by product and date.
func (c Catalogue) Key(i int) inventory.Key {
	return inventory.Key{Product: inventory.ProductID(1 + i/Dates), Date: c.First.AddDays(i % Dates)}
}

// Products is how many products the keys belong to.
func (c Catalogue) Products() int { return (c.Keys + Dates - 1) / Dates }

// Day returns what the partner says about a key: 4 to 8 slots of 2 pax, about 3 KB of
// our JSON and 7 KB of the partner's. Another version has other places left and, each
// fourth, other prices; the same version is the same answer.
func (c Catalogue) Day(k inventory.Key, version uint64) *inventory.Availability {
	shape := rand.New(rand.NewPCG(uint64(k.Product), 1))
	now := time.Now()
	a := &inventory.Availability{Key: k, RequestedAt: now, CheckedAt: now}
	price := 2_000 + shape.Int64N(20_000) + 50*int64(version/4%16)
	for i := range inventory.Clock(4 + shape.IntN(5)) {
		left := int64(1 + (version+7*uint64(i)+uint64(k.Date))%120)
		a.Slots = append(a.Slots, inventory.Slot{
			Start: 9*60 + 75*i, End: 10*60 + 75*i, Remaining: left,
			Variant: fmt.Sprintf("%d-entry", k.Product), SourceID: fmt.Sprintf("%d-%d-%02d", k.Product, k.Date, i),
			Pax: []inventory.Pax{
				{Type: "ADULT", Name: "Adult", Description: "13 years and above", Min: 1, Max: 10, Remaining: left, Primary: true, Price: amount(price)},
				{Type: "CHILD", Name: "Child", Description: "3 to 12 years", Max: 10, Remaining: left, Price: amount(price * 3 / 4)},
			},
		})
	}
	a.Sort()
	return a
}

func amount(cents int64) *inventory.Price {
	return &inventory.Price{
		Final:    inventory.Money{Units: cents, Scale: 2},
		Original: inventory.Money{Units: cents + 500, Scale: 2},
		Discount: inventory.Money{Units: 500, Scale: 2},
		Currency: "SGD",
	}
}

// Fill stores version 0 of every key, in order. Its days are not on disk for certain
// when the store was opened with NoSync, which is what makes it quick.
func (c Catalogue) Fill(s *storage.Store) error {
	const callers = 512 // that share a commit
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < c.Keys && failed.Load() == nil; i = int(next.Add(1)) - 1 {
				if _, err := s.Sync(c.Day(c.Key(i), 0), 0, refresh.End{}); err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return fmt.Errorf("fill: %w", *err)
	}
	return nil
}
