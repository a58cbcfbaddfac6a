package storage

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// partnerDay is a day of the size that was measured at the partner: 14 slots of
// 2 pax each.
func partnerDay(k inventory.Key, remaining int64) *inventory.Availability {
	a := night(k, remaining, time.Now())
	slot := a.Slots[0]
	a.Slots = nil
	for i := range inventory.Clock(14) {
		slot.Start = 10*60 + 30*i
		slot.SourceID = fmt.Sprint("slot-", i)
		a.Slots = append(a.Slots, slot)
	}
	return a
}

func openForBench(b *testing.B) *Store {
	b.Helper()
	s, err := Open(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	for product := range inventory.ProductID(64) {
		err := s.submit(func(t *txn) error {
			for date := range inventory.Date(60) {
				a := partnerDay(inventory.Key{Product: 1 + product, Date: 20_000 + date}, 1)
				t.replace(a, day{bodyHash: 1, state: inventory.Open, slots: mustEncode(b, a.Slots)}, 0)
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	return s
}

// each calls write b.N times from a number of callers, each with keys and a count
// of its own.
func each(b *testing.B, callers int, write func(k inventory.Key, n int64) error) {
	b.SetParallelism(callers)
	var caller atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		product := inventory.ProductID(1 + caller.Add(1)%64)
		for n := int64(2); pb.Next(); n++ {
			k := inventory.Key{Product: product, Date: 20_000 + inventory.Date(n%60)}
			if err := write(k, n); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

func BenchmarkSync(b *testing.B) {
	for _, callers := range []int{1, 32} { // for each of GOMAXPROCS
		b.Run(fmt.Sprintf("changed/callers=%dxP", callers), func(b *testing.B) {
			s := openForBench(b)
			each(b, callers, func(k inventory.Key, n int64) error {
				_, err := s.Sync(partnerDay(k, n), uint64(n), refresh.End{})
				return err
			})
		})
		b.Run(fmt.Sprintf("unchanged/callers=%dxP", callers), func(b *testing.B) {
			s := openForBench(b)
			each(b, callers, func(k inventory.Key, n int64) error {
				_, err := s.Sync(partnerDay(k, 1), uint64(n), refresh.End{})
				return err
			})
		})
		b.Run(fmt.Sprintf("hash/callers=%dxP", callers), func(b *testing.B) {
			s := openForBench(b)
			each(b, callers, func(k inventory.Key, _ int64) error {
				ok, err := s.Confirm(k, 1, time.Now(), time.Now(), refresh.End{})
				if err == nil && !ok {
					err = fmt.Errorf("%s is not confirmed", k)
				}
				return err
			})
		})
	}
}

func BenchmarkGet(b *testing.B) {
	s := openForBench(b)
	b.Run("availability", func(b *testing.B) {
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			if _, err := s.Availability(inventory.Key{Product: 7, Date: 20_000 + inventory.Date(n%60)}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("calendar", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.Calendar(7, 20_000, 60); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("calendar-from-days", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			err := s.view(func(tx *bbolt.Tx) {
				if c := summarize(tx, 7); len(c.Days) != 60 {
					b.Fatalf("%d days, want 60", len(c.Days))
				}
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("generation", func(b *testing.B) {
		for b.Loop() {
			s.Generation(inventory.Key{Product: 7, Date: 20_000})
		}
	})
}

func BenchmarkSlots(b *testing.B) {
	a := partnerDay(inventory.Key{Product: 1, Date: 20_000}, 3)
	encoded := mustEncode(b, a.Slots)
	b.Run("encode", func(b *testing.B) {
		b.ReportMetric(float64(len(encoded)), "bytes")
		b.ReportAllocs()
		for b.Loop() {
			mustEncode(b, a.Slots)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			decodeSlots(encoded)
		}
	})
}
