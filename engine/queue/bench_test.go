package queue

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// A rival is what the benchmarks need of a queue. The twin is one: a mutex and
// slices, the honest alternative.
type rival interface {
	TryPush(id uint32, band int) Pushed
	TryPop() (id uint32, band int, ok bool)
	Done(id uint32) bool
}

// BenchmarkQueue measures the whole life of a job: one operation is a push, a pop
// and a done, in 8 bands with ageing, while pending other ids wait.
func BenchmarkQueue(b *testing.B) {
	benchmarkRival(b, func(ids int) rival {
		q := New[uint32](Options{Bands: 8, AgeEvery: 64})
		q.Grow(ids)
		return q
	})
}

// BenchmarkTwin is BenchmarkQueue for the mutex and slices of the tests.
func BenchmarkTwin(b *testing.B) {
	benchmarkRival(b, func(ids int) rival {
		t := &lockedTwin{twin: newTwin(Options{Bands: 8, AgeEvery: 64})}
		t.Grow(ids)
		return t
	})
}

func benchmarkRival(b *testing.B, mk func(ids int) rival) {
	for _, pending := range []int{0, 1000, 1_000_000} {
		for _, goroutines := range []int{1, 8, 64} {
			b.Run(fmt.Sprintf("pending=%d/goroutines=%d", pending, goroutines), func(b *testing.B) {
				q := mk(pending + goroutines)
				for id := range pending {
					q.TryPush(uint32(id), id%8)
				}
				runtime.GC()
				b.ReportAllocs()
				b.ResetTimer()
				hold(q, goroutines, pending, b.N)
			})
		}
	}
}

// hold runs ops operations. Each goroutine owns one id, pushes it, pops whichever
// is next and owns that from then on.
func hold(q rival, goroutines, first, ops int) {
	var wg sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(ops))
	for g := range goroutines {
		wg.Go(func() {
			own, band := uint32(first+g), uint32(g)
			for {
				batch := min(64, 64+left.Add(-64))
				if batch <= 0 {
					return
				}
				for range batch {
					band = band*1664525 + 1013904223
					q.TryPush(own, int(band>>29))
					id, _, ok := q.TryPop()
					for !ok {
						runtime.Gosched()
						id, _, ok = q.TryPop()
					}
					q.Done(id)
					own = id
				}
			}
		})
	}
	wg.Wait()
}
