package queue

import (
	"slices"
	"sync"
)

// A twin is the queue as a person would write it for one goroutine: a slice of
// ids per band and a record per id. The model tests hold the queue to it.
type twin struct {
	o      Options
	bands  [][]uint32
	ids    []twinID
	closed bool
	popped []int // per band, since it last made an ageing pop due
	ageing bool  // the next pop is an ageing pop
	turn   int   // the band that the last ageing pop served
}

type twinID struct {
	running bool
	band    int // queued in, or to run again in; -1 for neither
}

func newTwin(o Options) *twin {
	return &twin{o: o, bands: make([][]uint32, o.Bands), popped: make([]int, o.Bands)}
}

func (t *twin) Grow(n int) {
	for len(t.ids) < n {
		t.ids = append(t.ids, twinID{band: -1})
	}
}

func (t *twin) TryPush(id uint32, band int) Pushed {
	s := &t.ids[id]
	switch {
	case t.closed:
		return Closed
	case s.running:
		if s.band < 0 || band < s.band {
			s.band = band
		}
		return Again
	case s.band < 0:
		t.put(id, band)
		return Queued
	case s.band <= band:
		return Duplicate
	}
	t.take(id)
	t.put(id, band)
	return Raised
}

func (t *twin) TryPop() (id uint32, band int, ok bool) {
	var waiting []int
	for b, ids := range t.bands {
		if len(ids) > 0 {
			waiting = append(waiting, b)
		}
	}
	if len(waiting) == 0 {
		return 0, 0, false
	}
	band = waiting[0]
	ageing := t.ageing || t.o.AgeEvery == 1
	t.ageing = false
	if ageing && len(waiting) > 1 {
		band = waiting[1]
		for _, b := range waiting[1:] {
			if b > t.turn {
				band = b
				break
			}
		}
		t.turn = band
	} else if t.popped[band]++; t.popped[band] == t.o.AgeEvery-1 {
		t.popped[band] = 0
		t.ageing = true
	}
	id = t.bands[band][0]
	t.bands[band] = t.bands[band][1:]
	t.ids[id] = twinID{running: true, band: -1}
	return id, band, true
}

func (t *twin) Done(id uint32) bool {
	s := &t.ids[id]
	s.running = false
	if s.band < 0 {
		return false
	}
	t.put(id, s.band)
	return true
}

func (t *twin) Remove(id uint32) bool {
	if t.ids[id].running || t.ids[id].band < 0 {
		return false
	}
	t.take(id)
	return true
}

func (t *twin) Band(id uint32) (int, bool) {
	if t.ids[id].running || t.ids[id].band < 0 {
		return 0, false
	}
	return t.ids[id].band, true
}

func (t *twin) Depth(band int) int { return len(t.bands[band]) }

func (t *twin) put(id uint32, band int) {
	t.ids[id].band = band
	t.bands[band] = append(t.bands[band], id)
}

func (t *twin) take(id uint32) {
	band := t.ids[id].band
	i := slices.Index(t.bands[band], id)
	t.bands[band] = slices.Delete(t.bands[band], i, i+1)
	t.ids[id].band = -1
}

// A lockedTwin is a twin for many goroutines.
type lockedTwin struct {
	mu sync.Mutex
	*twin
}

func (t *lockedTwin) TryPush(id uint32, band int) Pushed {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.twin.TryPush(id, band)
}

func (t *lockedTwin) TryPop() (uint32, int, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.twin.TryPop()
}

func (t *lockedTwin) Done(id uint32) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.twin.Done(id)
}
