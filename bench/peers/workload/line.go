package workload

import (
	"sync"
	"sync/atomic"
	"time"
)

// LineTrip returns how long a cache line takes from one core to another and back.
// On a virtual machine whose cores move about it may change fivefold within
// seconds, and every figure of several goroutines with it.
func LineTrip() time.Duration {
	const trips = 5_000
	var turn struct {
		_ [64]byte
		atomic.Uint32
		_ [60]byte
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := uint32(1); i < 2*trips; i += 2 {
			for turn.Load() != i {
			}
			turn.Store(i + 1)
		}
	})
	start := time.Now()
	for i := uint32(0); i < 2*trips; i += 2 {
		for turn.Load() != i {
		}
		turn.Store(i + 1)
	}
	took := time.Since(start)
	wg.Wait()
	return took / trips
}
