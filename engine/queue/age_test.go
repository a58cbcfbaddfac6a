package queue

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAgeingServesTheWaitingBandsInTurn(t *testing.T) {
	tests := []struct {
		name    string
		every   int
		waiting []int // ids per band
		want    []int // bands popped from
	}{
		{"never", 0, []int{3, 1, 1, 0}, []int{0, 0, 0, 1, 2}},
		{"every third pop", 3, []int{9, 3, 3, 3}, []int{0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0, 1, 0}},
		{"over bands without ids", 2, []int{9, 0, 2, 9}, []int{0, 2, 0, 3, 0, 2, 0, 3, 0, 3}},
		{"below the most urgent that waits", 2, []int{0, 9, 2, 2}, []int{1, 2, 1, 3, 1, 2, 1, 3, 1, 1, 1}},
		{"nothing else waits", 2, []int{3, 0, 0, 0}, []int{0, 0, 0}},
		{"every pop", 1, []int{2, 2, 2, 0}, []int{1, 2, 1, 2, 0, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := newTestQueue(Options{Bands: 4, AgeEvery: tt.every}, 100)
			id := uint32(0)
			for band, n := range tt.waiting {
				for range n {
					q.TryPush(id, band)
					id++
				}
			}
			var got []int
			for range tt.want {
				_, band, _ := q.TryPop()
				got = append(got, band)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("bands served (-want +got):\n%s", diff)
			}
		})
	}
}

// A pusher that is held up costs the band a slot, which is no pop.
func TestASpoiledSlotMakesNoAgeingPopDue(t *testing.T) {
	q := newTestQueue(Options{Bands: 2, AgeEvery: 3}, 4)
	q.bands[0].tail.Load().pushed.Add(1) // it has a slot and does not fill it
	for id, band := range []int{0, 0, 0, 1} {
		q.TryPush(uint32(id), band)
	}
	want := []popped{{0, 0}, {1, 0}, {3, 1}, {2, 0}}
	if diff := cmp.Diff(want, drain(q)); diff != "" {
		t.Errorf("pops (-want +got):\n%s", diff)
	}
}

// With every band backlogged and several poppers, each band below the first gets
// its share of the ageing pops. Which popper gets which is open, the share is not:
// a turn is repeated at most once per popper before it moves on.
func TestAgeingServesEveryBackloggedBand(t *testing.T) {
	const bands, poppers, every, pops = 6, 4, 4, 4_000
	q := newTestQueue(Options{Bands: bands, AgeEvery: every}, bands*100)
	for id := range uint32(bands * 100) {
		q.TryPush(id, int(id%bands))
	}
	var served [bands]atomic.Int64
	var wg sync.WaitGroup
	for range poppers {
		wg.Go(func() {
			for range pops {
				id, band, ok := q.TryPop()
				if !ok {
					t.Error("TryPop of a backlogged queue = false")
					return
				}
				served[band].Add(1)
				q.Done(id)
				q.TryPush(id, band)
				runtime.Gosched()
			}
		})
	}
	wg.Wait()
	fair := int64(poppers * pops / every / (bands - 1))
	for band := 1; band < bands; band++ {
		if got := served[band].Load(); got < fair/(2*poppers) {
			t.Errorf("band %d served %d times, want about %d", band, got, fair)
		}
	}
}

// Every raise leaves a slot behind. Ageing pops reach the bands that strict order
// never would, run what waits there and drop those slots.
func TestRaiseStormLeavesFewSegments(t *testing.T) {
	for _, bands := range []int{2, 8} {
		t.Run(fmt.Sprintf("bands=%d", bands), func(t *testing.T) {
			const storm, starved, pops = 0, 1, 8_000
			q := newTestQueue(Options{Bands: bands, AgeEvery: 64}, 2)
			q.TryPush(starved, bands-1)
			runs, most := 0, 0
			for range pops {
				for band := bands - 1; band >= 0; band-- {
					q.TryPush(storm, band)
				}
				id, _, _ := q.TryPop()
				q.Done(id)
				if id == starved {
					runs++
					q.TryPush(starved, bands-1)
				}
				for b := range bands {
					most = max(most, segments(&q.bands[b]))
				}
			}
			if most > 2 {
				t.Errorf("a band grew to %d segments, want at most 2", most)
			}
			if want := pops / 64; runs < want-1 || runs > want+1 {
				t.Errorf("the starved id ran %d times, want %d", runs, want)
			}
		})
	}
}
