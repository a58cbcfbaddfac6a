package wheel

import (
	"math"
	"testing"
	"time"
)

type key uint32

// A twin is what a wheel must behave like: a map, and a search for the earliest.
type twin struct {
	tick time.Duration
	end  uint64
	now  uint64
	due  map[key]uint64
}

func newTwin(tick time.Duration) *twin {
	end := min(uint64(math.MaxInt64)/uint64(tick), 1<<54-1)
	return &twin{tick: tick, end: end, due: map[key]uint64{}}
}

func (tw *twin) schedule(id key, at time.Duration) {
	at = max(at, 0)
	tick := uint64(at / tw.tick)
	if at%tw.tick > 0 {
		tick++
	}
	tw.due[id] = min(max(tick, tw.now+1), tw.end)
}

func (tw *twin) cancel(id key) bool {
	_, ok := tw.due[id]
	delete(tw.due, id)
	return ok
}

func (tw *twin) advance(now time.Duration) {
	tw.now = max(tw.now, min(uint64(max(now, 0)/tw.tick), tw.end-1))
}

func (tw *twin) earliest() uint64 {
	earliest := uint64(math.MaxUint64)
	for _, tick := range tw.due {
		earliest = min(earliest, tick)
	}
	return earliest
}

// A pair does the same to a wheel and to its twin and compares them.
type pair struct {
	t     testing.TB
	wheel *Wheel[key]
	twin  *twin
}

func newPair(t testing.TB, tick time.Duration) *pair {
	return &pair{t: t, wheel: New[key](tick), twin: newTwin(tick)}
}

func (p *pair) schedule(id key, at time.Duration) {
	p.t.Helper()
	p.wheel.Schedule(id, at)
	p.twin.schedule(id, at)
	p.at(id)
}

func (p *pair) cancel(id key) {
	p.t.Helper()
	if got, want := p.wheel.Cancel(id), p.twin.cancel(id); got != want {
		p.t.Fatalf("Cancel(%d) = %v, want %v", id, got, want)
	}
}

func (p *pair) at(id key) {
	p.t.Helper()
	tick, wantOK := p.twin.due[id]
	want := time.Duration(tick) * p.twin.tick
	if got, ok := p.wheel.At(id); got != want || ok != wantOK {
		p.t.Fatalf("At(%d) = %v, %v; want %v, %v", id, got, ok, want, wantOK)
	}
}

// advance calls Advance once and checks what it hands over.
func (p *pair) advance(now time.Duration, room int) (more bool) {
	p.t.Helper()
	due := make([]key, room)
	p.twin.advance(now)
	n, more := p.wheel.Advance(now, due)
	for _, id := range due[:n] {
		tick, ok := p.twin.due[id]
		switch {
		case !ok:
			p.t.Fatalf("Advance(%v) handed over %d, which is not pending", now, id)
		case tick > p.twin.now:
			p.t.Fatalf("Advance(%v) handed over %d at tick %d, before its tick %d", now, id, p.twin.now, tick)
		case tick != p.twin.earliest():
			p.t.Fatalf("Advance(%v) handed over %d of tick %d before one of tick %d", now, id, tick, p.twin.earliest())
		}
		delete(p.twin.due, id)
	}
	if left := p.twin.earliest() <= p.twin.now; left && !more {
		p.t.Fatalf("Advance(%v) says no more, but a timer of tick %d is due at tick %d", now, p.twin.earliest(), p.twin.now)
	}
	return more
}

// drain calls Advance until there is no more, which must be soon.
func (p *pair) drain(now time.Duration, room int) {
	p.t.Helper()
	for left := levels*len(p.twin.due)/room + 2; p.advance(now, room); left-- {
		if left == 0 {
			p.t.Fatalf("Advance(%v) has always more to do", now)
		}
	}
}

// agree compares what can be compared at any moment.
func (p *pair) agree() {
	p.t.Helper()
	if got, want := p.wheel.Len(), len(p.twin.due); got != want {
		p.t.Fatalf("Len() = %d, want %d", got, want)
	}
	next, ok := p.wheel.Next()
	if want := len(p.twin.due) > 0; ok != want {
		p.t.Fatalf("Next() = %v, %v with %d pending", next, ok, len(p.twin.due))
	}
	if earliest := time.Duration(p.twin.earliest()) * p.twin.tick; ok && next > earliest {
		p.t.Fatalf("Next() = %v, after the earliest deadline %v", next, earliest)
	}
}
