package queue

import (
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAtRestTheOrderIsStrictAndFIFO(t *testing.T) {
	eachClearAfter(t, func(t *testing.T, mk func(Options, int) *Queue[uint32]) {
		const ids = 3_000
		q := mk(Options{Bands: 5}, ids)
		var want []popped
		for id := range uint32(ids) {
			q.TryPush(id, int(id*7%5))
		}
		for band := range 5 {
			for id := range uint32(ids) {
				if int(id*7%5) == band {
					want = append(want, popped{id, band})
				}
			}
		}
		if diff := cmp.Diff(want, drain(q)); diff != "" {
			t.Errorf("pops (-want +got):\n%s", diff)
		}
	})
}

func TestRaise(t *testing.T) {
	const a, b, c = 0, 1, 2
	tests := []struct {
		name   string
		pushes []popped
		last   Pushed
		want   []popped
	}{
		{"goes to the tail of the more urgent band", []popped{{a, 2}, {b, 1}, {a, 1}}, Raised, []popped{{b, 1}, {a, 1}}},
		{"overtakes its old band", []popped{{a, 2}, {b, 2}, {b, 0}}, Raised, []popped{{b, 0}, {a, 2}}},
		{"twice counts once", []popped{{a, 3}, {a, 2}, {a, 0}}, Raised, []popped{{a, 0}}},
		{"keeps its place when pushed as urgently", []popped{{a, 1}, {b, 1}, {a, 1}}, Duplicate, []popped{{a, 1}, {b, 1}}},
		{"never lowers", []popped{{a, 1}, {b, 2}, {a, 3}}, Duplicate, []popped{{a, 1}, {b, 2}}},
		{"leaves the others in order", []popped{{a, 3}, {b, 3}, {c, 3}, {b, 2}}, Raised, []popped{{b, 2}, {a, 3}, {c, 3}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := newTestQueue(Options{Bands: 4}, 3)
			var last Pushed
			for _, p := range tt.pushes {
				last = q.TryPush(p.ID, p.Band)
			}
			if last != tt.last {
				t.Errorf("last push = %v, want %v", last, tt.last)
			}
			if got := q.Len(); got != len(tt.want) {
				t.Errorf("Len() = %d, want %d", got, len(tt.want))
			}
			if diff := cmp.Diff(tt.want, drain(q)); diff != "" {
				t.Errorf("pops (-want +got):\n%s", diff)
			}
		})
	}
}

// The slots that a raise and a removal leave behind lie in front of the id's new
// one in the same band: only their generation tells them apart.
func TestRequeueAfterRaiseOrRemoveTakesANewPlace(t *testing.T) {
	const a, b = 0, 1
	q := newTestQueue(Options{Bands: 2}, 2)
	q.TryPush(a, 1)
	q.TryPush(a, 0)
	q.TryPop()
	q.Done(a)
	q.TryPush(b, 1)
	q.TryPush(a, 1)
	if diff := cmp.Diff([]popped{{b, 1}, {a, 1}}, drain(q)); diff != "" {
		t.Errorf("pops after a raise (-want +got):\n%s", diff)
	}

	q.TryPush(a, 0)
	q.TryPush(b, 0)
	if !q.Remove(a) {
		t.Error("Remove of a queued id = false, want true")
	}
	if got := q.Depth(0); got != 1 {
		t.Errorf("Depth(0) after Remove = %d, want 1", got)
	}
	q.TryPush(a, 0)
	if diff := cmp.Diff([]popped{{b, 0}, {a, 0}}, drain(q)); diff != "" {
		t.Errorf("pops after a removal (-want +got):\n%s", diff)
	}
}

func TestRemoveTakesOnlyQueuedIDs(t *testing.T) {
	q := newTestQueue(Options{Bands: 2}, 1)
	if q.Remove(0) {
		t.Error("Remove of an idle id = true, want false")
	}
	q.TryPush(0, 0)
	q.TryPop()
	q.TryPush(0, 1)
	if q.Remove(0) {
		t.Error("Remove of a running id = true, want false")
	}
	if !q.Done(0) {
		t.Error("Done after a push during the run = false, want true")
	}
}

func TestAgainIsOneMoreRunInTheMostUrgentBandAsked(t *testing.T) {
	q := newTestQueue(Options{Bands: 4}, 1)
	q.TryPush(0, 3)
	q.TryPop()
	for _, band := range []int{3, 1, 2, 1} {
		if got := q.TryPush(0, band); got != Again {
			t.Errorf("TryPush(0, %d) while running = %v, want %v", band, got, Again)
		}
		if got := q.Len(); got != 0 {
			t.Errorf("Len() while running = %d, want 0", got)
		}
	}
	if _, _, ok := q.TryPop(); ok {
		t.Error("TryPop while the only id runs = true, want false")
	}
	if !q.Done(0) {
		t.Error("Done = false, want true")
	}
	if id, band, ok := q.TryPop(); id != 0 || band != 1 || !ok {
		t.Errorf("TryPop() = %d, %d, %t; want 0, 1, true", id, band, ok)
	}
	if q.Done(0) {
		t.Error("second Done = true, want false")
	}
	if _, _, ok := q.TryPop(); ok {
		t.Error("TryPop after the second run = true, want false")
	}
}

func TestGenerationWraps(t *testing.T) {
	q := newTestQueue(Options{Bands: 2}, 2)
	for id := range uint32(2) {
		q.ids.at(id).bits.Store(uint64(math.MaxUint32-2) << genShift)
	}
	for round := range 6 {
		q.TryPush(0, 1)
		q.TryPush(1, 1)
		q.TryPush(0, 0)
		if diff := cmp.Diff([]popped{{0, 0}, {1, 1}}, drain(q)); diff != "" {
			t.Errorf("round %d: pops (-want +got):\n%s", round, diff)
		}
		if gen := q.ids.at(0).load().gen(); gen == 0 {
			t.Errorf("round %d: generation 0, which marks slots without an id", round)
		}
	}
}

func TestGrowWhileOthersPushAndPop(t *testing.T) {
	const last = 9_000
	q := newTestQueue(Options{Bands: 2}, 1)
	var grown atomic.Int64
	grown.Store(1)
	var wg sync.WaitGroup
	wg.Go(func() {
		for n := 2; n <= last; n += 37 {
			q.Grow(n)
			grown.Store(int64(n))
		}
		q.Grow(5) // fewer is not fewer
		q.Grow(last)
		grown.Store(last)
	})
	runs := make([]int, last)
	for id := 0; id < last; {
		if int64(id) < grown.Load() {
			q.TryPush(uint32(id), id%2)
			id++
		}
		for _, p := range drain(q) {
			runs[p.ID]++
		}
	}
	wg.Wait()
	for id, n := range runs {
		if n != 1 {
			t.Fatalf("id %d ran %d times, want once", id, n)
		}
	}
}

func TestMisusePanics(t *testing.T) {
	q := newTestQueue(Options{Bands: 2}, 3)
	tests := []struct {
		name string
		call func()
	}{
		{"no bands", func() { New[uint32](Options{}) }},
		{"too many bands", func() { New[uint32](Options{Bands: 33}) }},
		{"negative ageing", func() { New[uint32](Options{Bands: 1, AgeEvery: -1}) }},
		{"negative size", func() { q.Grow(-1) }},
		{"push of an unknown id", func() { q.TryPush(3, 0) }},
		{"push into an unknown band", func() { q.TryPush(0, 2) }},
		{"push into a negative band", func() { q.TryPush(0, -1) }},
		{"done of an idle id", func() { q.Done(0) }},
		{"removal of an unknown id", func() { q.Remove(3) }},
		{"band of an unknown id", func() { q.Band(3) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			tt.call()
		})
	}
}

func TestPushedHasNames(t *testing.T) {
	got := fmt.Sprint(Queued, Raised, Duplicate, Again, Closed, Pushed(0))
	if want := "queued raised duplicate again closed Pushed(0)"; got != want {
		t.Errorf("names = %q, want %q", got, want)
	}
}
