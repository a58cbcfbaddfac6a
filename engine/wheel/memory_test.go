package wheel

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
	"unsafe"
)

func TestSteadyStateAllocatesNothing(t *testing.T) {
	const n = 10_000
	w := New[key](DefaultTick)
	w.Grow(n)
	rng := rand.New(rand.NewPCG(3, 4))
	random := func() (key, time.Duration) {
		now := at(w.now)
		return key(rng.IntN(n)), now + time.Duration(rng.Int64N(int64(time.Hour)))
	}
	due := make([]key, 16)
	tests := []struct {
		name string
		op   func()
	}{
		{"schedule", func() { w.Schedule(random()) }},
		{"cancel", func() { id, _ := random(); w.Cancel(id) }},
		{"re-arm", func() { id, at := random(); w.Schedule(id, at); w.Schedule(id, at+time.Minute) }},
		{"expire", func() {
			_, at := random()
			w.Schedule(1, at)
			next, _ := w.Next()
			w.Advance(next, due)
		}},
		{"observe", func() { w.At(1); w.Len(); w.Levels() }},
	}
	for _, tt := range tests {
		if got := testing.AllocsPerRun(5000, tt.op); got != 0 {
			t.Errorf("%s allocates %v times, want 0", tt.name, got)
		}
	}
}

func TestTimerTakesAtMostSeventeenBytes(t *testing.T) {
	const n = 1_000_000
	w := New[key](DefaultTick)
	w.Grow(n)
	size := unsafe.Sizeof(*w) + uintptr(cap(w.slab.pages))*unsafe.Sizeof(w.slab.pages[0])
	for _, page := range w.slab.pages {
		size += unsafe.Sizeof(*page)
	}
	if got := float64(size) / n; got > 17 {
		t.Errorf("%.2f bytes a timer at %d, want at most 17", got, n)
	}
}

func TestGrowingMovesNoNode(t *testing.T) {
	w := New[key](DefaultTick)
	w.Grow(1)
	w.Schedule(0, at(5))
	node, pages := w.slab.at(0), len(w.slab.pages)
	w.Grow(-1)
	w.Grow(pageSize)
	if len(w.slab.pages) != pages {
		t.Errorf("%d pages after growing within one, want %d", len(w.slab.pages), pages)
	}
	w.Grow(10 * pageSize)
	if w.slab.at(0) != node || len(w.slab.pages) != 10 {
		t.Errorf("node moved from %p to %p, %d pages; want it in place and 10", node, w.slab.at(0), len(w.slab.pages))
	}
	wantExpired(t, w, at(5), 0)
}

func TestNewIdTakesOnlyItsOwnPage(t *testing.T) {
	const far = 100*pageSize + 3
	w := New[key](DefaultTick)
	for _, id := range []key{0, far, math.MaxUint32} {
		if _, ok := w.At(id); ok || w.Cancel(id) {
			t.Errorf("%d was never armed, but is pending", id)
		}
	}
	w.Schedule(far, at(1))
	pages := 0
	for _, page := range w.slab.pages {
		if page != nil {
			pages++
		}
	}
	if _, ok := w.At(far - 2*pageSize); ok || pages != 1 {
		t.Errorf("%d pages for one id, want 1", pages)
	}
	w.Grow(101 * pageSize)
	wantExpired(t, w, at(1), far)
}

func TestIdThatIsTooLargePanics(t *testing.T) {
	w := New[key](DefaultTick)
	tests := []struct {
		name string
		call func()
	}{
		{"Schedule", func() { w.Schedule(math.MaxUint32-pageSize+1, 0) }},
		{"Grow", func() { w.Grow(math.MaxUint32 - pageSize + 2) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			defer func() {
				if got := recover(); got != "wheel: id out of range" {
					t.Errorf("recovered %v, want the id refused", got)
				}
				if got := len(w.slab.pages); got != 0 {
					t.Errorf("%d pages for what was refused, want 0", got)
				}
			}()
			tt.call()
		})
	}
}
