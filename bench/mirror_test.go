package bench

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"invd/bench/catalogue"
	"invd/engine/inventory"
	"invd/engine/partner"
	"invd/engine/partner/sim"
	"invd/engine/refresh"
	"invd/storage"
)

// An answer is a body of the simulated partner and the key that it is of.
type answer struct {
	key  inventory.Key
	body []byte
}

// mirrorOf returns a store that has every date of so many of the simulated partner's
// products, at one moment, and its data dir. It calls visit with each answer.
func mirrorOf(tb testing.TB, products int, visit func(answer)) (_ *storage.Store, dir string) {
	tb.Helper()
	dir = tb.TempDir()
	s, err := storage.Open(dir, storage.Options{NoSync: true}) // it is filled much faster
	if err != nil {
		tb.Fatal(err)
	}
	now := time.Now()
	answers := make(chan answer, 512)
	var callers sync.WaitGroup
	for range cap(answers) { // that share a commit
		callers.Go(func() {
			for a := range answers {
				if err := store(s, a); err != nil {
					tb.Error(err)
				}
			}
		})
	}
	world := sim.New(sim.Options{Products: sim.Catalogue(products), Limit: -1})
	for _, product := range sim.Catalogue(products) {
		for i := range catalogue.Dates {
			k := inventory.Key{Product: inventory.ProductID(product), Date: inventory.DateOf(now.UTC()).AddDays(i)}
			a := answer{k, world.Body(product, k.Date.String(), now)}
			answers <- a
			visit(a)
		}
	}
	close(answers)
	callers.Wait()
	if err := s.Close(); err != nil {
		tb.Fatal(err)
	}
	if s, err = storage.Open(dir, storage.Options{}); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s, dir
}

// store is an answer's whole way: decoded, checked, and compared with what is stored.
func store(s *storage.Store, a answer) error {
	decoded, _, err := partner.Decode(a.key, a.body)
	if err != nil {
		return err
	}
	decoded.RequestedAt = time.Now()
	decoded.CheckedAt = decoded.RequestedAt
	_, err = s.Sync(&decoded, partner.BodyHash(a.body), refresh.End{})
	return err
}

// confirm is the short way of an answer that has the body of the last one.
func confirm(s *storage.Store, a answer) error {
	now := time.Now()
	ok, err := s.Confirm(a.key, partner.BodyHash(a.body), now, now, refresh.End{})
	if err == nil && !ok {
		err = fmt.Errorf("%s is not confirmed", a.key)
	}
	return err
}

// sample keeps n of the answers that it is shown, each as likely as any other.
type sample struct {
	kept []answer
	seen int
}

func (s *sample) show(a answer, n int) {
	s.seen++
	if len(s.kept) < n {
		s.kept = append(s.kept, a)
	} else if i := rand.IntN(s.seen); i < n {
		s.kept[i] = a
	}
}
