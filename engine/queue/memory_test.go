package queue

import (
	"runtime"
	"testing"
	"unsafe"
	"weak"
)

func TestMemoryReturnsAfterABurst(t *testing.T) {
	const ids = 50 * segmentLen
	q := newTestQueue(Options{Bands: 2}, ids)
	var burst []weak.Pointer[segment]
	for id := range uint32(ids) {
		q.TryPush(id, 0)
		if tail := q.bands[0].tail.Load(); len(burst) == 0 || burst[len(burst)-1].Value() != tail {
			burst = append(burst, weak.Make(tail))
		}
	}
	if len(burst) < 50 {
		t.Fatalf("the burst filled %d segments, want at least 50", len(burst))
	}
	drain(q)
	runtime.GC()
	kept := 0
	for _, s := range burst {
		if s.Value() != nil {
			kept++
		}
	}
	if kept > 1 {
		t.Errorf("%d of %d segments are kept after the drain, want 1", kept, len(burst))
	}
	runtime.KeepAlive(q)
}

func TestSteadyStateAllocatesOneSegmentPer1024Pushes(t *testing.T) {
	q := newTestQueue(Options{Bands: 4, AgeEvery: 8}, 1)
	allocs := testing.AllocsPerRun(20, func() {
		for range segmentLen {
			q.TryPush(0, 1)
			q.TryPop()
			q.Done(0)
		}
	})
	if allocs > 1 {
		t.Errorf("%v allocations per %d pushes, want 1", allocs, segmentLen)
	}
}

func TestParkingReusesItsSeats(t *testing.T) {
	q := newTestQueue(Options{Bands: 1}, 1)
	allocs := testing.AllocsPerRun(100, func() { q.leave(q.parked.sit()) })
	if allocs > 0 {
		t.Errorf("%v allocations per wait, want 0", allocs)
	}
}

func TestHotWordsAreApart(t *testing.T) {
	var (
		s segment
		f fifo
		q Queue[uint32]
	)
	tests := []struct {
		name string
		at   []uintptr
	}{
		{"segment", []uintptr{unsafe.Offsetof(s.next), unsafe.Offsetof(s.pushed), unsafe.Offsetof(s.popped), unsafe.Offsetof(s.slots)}},
		{"fifo", []uintptr{unsafe.Offsetof(f.head), unsafe.Offsetof(f.tail), unsafe.Offsetof(f.stale), unsafe.Sizeof(f)}},
		{"queue", []uintptr{unsafe.Offsetof(q.ids), unsafe.Offsetof(q.occupied), unsafe.Offsetof(q.ageing), unsafe.Offsetof(q.owed)}},
	}
	for _, tt := range tests {
		for i := 1; i < len(tt.at); i++ {
			if d := tt.at[i] - tt.at[i-1]; d < cacheLine {
				t.Errorf("%s: words %d and %d are %d bytes apart, want %d", tt.name, i-1, i, d, cacheLine)
			}
		}
	}
	if at := unsafe.Offsetof(s.next); at != 0 {
		t.Errorf("a segment's only pointer is at %d, want 0: the collector would scan up to it", at)
	}
}
