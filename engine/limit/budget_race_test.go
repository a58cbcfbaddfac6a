package limit_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/limit"
)

// Looking and taking apart would let two goroutines see the same last permit.
func TestTryTakeNeverGivesOnePermitTwice(t *testing.T) {
	const goroutines, rounds, requests = 4, 100_000, 2
	b := limit.NewBudget([]limit.Limit{{requests, minute}}, nil, epoch)
	var out, most atomic.Int64
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			for range rounds {
				first, n, _ := b.TryTake(1, 0, epoch)
				if n == 0 {
					continue
				}
				if now := out.Add(1); now > most.Load() {
					most.Store(now)
				}
				runtime.Gosched()
				out.Add(-1)
				b.Return(first, n)
			}
		})
	}
	wg.Wait()
	if got := most.Load(); got < 1 || got > requests {
		t.Errorf("%d permits were out at once, want 1 to %d", got, requests)
	}
}

// One goroutine takes, many are done, and all look: for the race detector. The
// taker waits for Changed alone where no time is known; a signal that got lost
// would leave the bubble deadlocked.
func TestABudgetMayBeUsedByManyGoroutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const permits, workers = 2_000, 4
		limits := []limit.Limit{{10, time.Microsecond}, {100, time.Millisecond}}
		b := limit.NewBudget(limits, nil, epoch)
		var ticks atomic.Int64
		clock := func() time.Time { return epoch.Add(time.Duration(ticks.Add(1))) }

		flying := make(chan uint64, permits)
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				for seq := range flying {
					if low := b.Low(); low > seq {
						t.Errorf("Low() = %d, want at most %d, which is in flight", low, seq)
					}
					b.Usage(clock())
					b.PerDay()
					b.Done(seq, clock())
					if seq%10 == 0 {
						b.SetLimits(limits)
					}
				}
			})
		}
		defer wg.Wait()
		defer close(flying)
		for taken := 0; taken < permits; {
			now := clock()
			n, at := b.Available(now)
			switch {
			case n > 0:
				flying <- b.Take(1)
				taken++
			case at.IsZero():
				<-b.Changed()
			case at.After(now):
				ticks.Add(int64(at.Sub(now)))
			default:
				t.Fatalf("Available(%v) = %d until %v, want a time after", now, n, at)
			}
		}
	})
}
