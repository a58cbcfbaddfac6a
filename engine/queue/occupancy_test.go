package queue

import (
	"sync"
	"sync/atomic"
	"testing"
)

// Several goroutines clear one band whenever it is empty, while another fills and
// drains it and, as long as its slot is there, must see the band's bit.
func TestAFilledBandIsNeverHidden(t *testing.T) {
	const clearers, rounds, looks = 2, 10_000, 50
	var (
		o    occupancy
		f    fifo
		wg   sync.WaitGroup
		stop atomic.Bool
	)
	f.init(0)
	for range clearers {
		wg.Go(func() {
			for !stop.Load() {
				if f.front() == nil {
					o.clear(5, &f)
				}
			}
		})
	}
	hidden := 0
	for range rounds {
		f.push(slotOf(1, 1))
		o.set(5)
		for range looks {
			if o.bands() != 1<<5 {
				hidden++
			}
		}
		f.pop()
	}
	stop.Store(true)
	wg.Wait()
	if hidden > 0 {
		t.Errorf("the band was hidden in %d looks, want never", hidden)
	}
	o.clear(5, &f)
	if got := o.bands(); got != 0 {
		t.Errorf("bands after the last clear = %b, want none", got)
	}
}
