package queue

import (
	"sync"
	"sync/atomic"
	"testing"
)

// Several goroutines clear two bands, both at once where both are empty, while
// others fill and drain one each and, as long as its slot is there, must see its bit.
func TestAFilledBandIsNeverHidden(t *testing.T) {
	const clearers, rounds, looks = 2, 10_000, 50
	filled := []int{3, 5}
	var (
		o      occupancy
		bands  = make([]fifo, 6)
		hidden atomic.Int64
		stop   atomic.Bool
	)
	for i := range bands {
		bands[i].init(0)
	}
	var clearing, filling sync.WaitGroup
	for range clearers {
		clearing.Go(func() {
			for !stop.Load() {
				var empty uint32
				for _, band := range filled {
					if bands[band].empty() {
						empty |= 1 << band
					}
				}
				o.clear(empty, bands)
			}
		})
	}
	for _, band := range filled {
		filling.Go(func() {
			for range rounds {
				bands[band].push(slotOf(1, 1))
				o.set(band)
				for range looks {
					if o.bands()>>band&1 == 0 {
						hidden.Add(1)
					}
				}
				bands[band].pop()
			}
		})
	}
	filling.Wait()
	stop.Store(true)
	clearing.Wait()
	if n := hidden.Load(); n > 0 {
		t.Errorf("a band was hidden in %d looks, want never", n)
	}
	o.clear(1<<3|1<<5, bands)
	if got := o.bands(); got != 0 {
		t.Errorf("bands after the last clear = %b, want none", got)
	}
}
