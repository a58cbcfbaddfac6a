package queue

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// A pair is the queue and its twin, driven by one program.
type pair struct {
	t       *testing.T
	q       *Queue[uint32]
	twin    *twin
	running []uint32
	log     []answer
}

// An answer is what the queue said to one call.
type answer struct {
	call string
	id   uint32
	band int
	got  any
}

func (a answer) String() string {
	return fmt.Sprintf("%s(id %d, band %d) = %v\n", a.call, a.id, a.band, a.got)
}

func newPair(t *testing.T, q *Queue[uint32], o Options, ids int) *pair {
	p := &pair{t: t, q: q, twin: newTwin(o)}
	p.twin.Grow(ids)
	return p
}

// same fails the test unless queue and twin gave the same answer.
func (p *pair) same(call string, id uint32, band int, got, want any) {
	p.log = append(p.log, answer{call, id, band, got})
	if got != want {
		p.t.Helper()
		p.t.Fatalf("twin says %v; last answers:\n%v", want, p.log[max(0, len(p.log)-40):])
	}
}

// step takes one step of a program: what chooses the operation, arg its arguments.
func (p *pair) step(what, arg int) {
	p.t.Helper()
	id := uint32(arg % len(p.twin.ids))
	band := arg / len(p.twin.ids) % p.twin.o.Bands
	switch what % 16 {
	case 0, 1, 2, 3, 4, 5, 6:
		p.same("TryPush", id, band, p.q.TryPush(id, band), p.twin.TryPush(id, band))
	case 7, 8, 9, 10:
		p.pop()
	case 11, 12:
		if len(p.running) == 0 {
			return
		}
		i := arg % len(p.running)
		id = p.running[i]
		p.running[i] = p.running[len(p.running)-1]
		p.running = p.running[:len(p.running)-1]
		p.same("Done", id, 0, p.q.Done(id), p.twin.Done(id))
	case 13:
		p.same("Remove", id, 0, p.q.Remove(id), p.twin.Remove(id))
	case 14:
		n := len(p.twin.ids) + arg%3
		p.q.Grow(n)
		p.twin.Grow(n)
	case 15:
		// Closing ends a program's variety, so it is rare.
		if arg%97 == 0 {
			p.q.Close()
			p.twin.closed = true
		}
	}
	p.check(id)
}

// An idIn is an id, its band, and whether it is there.
type idIn struct {
	id   uint32
	band int
	ok   bool
}

func (p *pair) pop() {
	p.t.Helper()
	id, band, ok := p.q.TryPop()
	wantID, wantBand, wantOK := p.twin.TryPop()
	p.same("TryPop", 0, 0, idIn{id, band, ok}, idIn{wantID, wantBand, wantOK})
	if ok {
		p.running = append(p.running, id)
	}
}

// check compares all that can be read.
func (p *pair) check(id uint32) {
	p.t.Helper()
	band, waiting := p.q.Band(id)
	wantBand, wantWaiting := p.twin.Band(id)
	p.same("Band", id, 0, idIn{id, band, waiting}, idIn{id, wantBand, wantWaiting})
	sum, owed := 0, 0
	for b := range p.twin.o.Bands {
		p.same("Depth", 0, b, p.q.Depth(b), p.twin.Depth(b))
		sum += p.twin.Depth(b)
	}
	p.same("Len", 0, 0, p.q.Len(), sum)
	for _, id := range p.running {
		if p.twin.ids[id].band >= 0 {
			owed++
		}
	}
	p.same("drained", 0, 0, p.q.drained(), p.twin.closed && sum+owed == 0)
	if sum > 0 {
		p.same("ready", 0, 0, p.q.ready(), true)
	}
}

func TestQueueAgreesWithItsTwin(t *testing.T) {
	options := []Options{{Bands: 1}, {Bands: 4}, {Bands: 4, AgeEvery: 1}, {Bands: 4, AgeEvery: 3}, {Bands: 32, AgeEvery: 7}}
	eachClearAfter(t, func(t *testing.T, mk func(Options, int) *Queue[uint32]) {
		for _, o := range options {
			for seed := range uint64(6) {
				t.Run(fmt.Sprintf("bands=%d/age=%d/seed=%d", o.Bands, o.AgeEvery, seed), func(t *testing.T) {
					rng := rand.New(rand.NewPCG(seed, uint64(o.Bands)))
					ids := 1 + rng.IntN(40)
					p := newPair(t, mk(o, ids), o, ids)
					for range 1_000 {
						p.step(rng.IntN(16), rng.IntN(1<<20))
					}
				})
			}
		}
	})
}

// Few random programs fill a segment; this one crosses several per band.
func TestQueueAgreesWithItsTwinOverSegments(t *testing.T) {
	o, ids := Options{Bands: 3, AgeEvery: 5}, 4*segmentLen
	p := newPair(t, newTestQueue(o, ids), o, ids)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 3 * ids {
		id, band := uint32(rng.IntN(ids)), rng.IntN(o.Bands)
		p.same("TryPush", id, band, p.q.TryPush(id, band), p.twin.TryPush(id, band))
		if i%64 == 0 {
			p.step(13, int(id))
		}
	}
	for p.twin.Depth(0)+p.twin.Depth(1)+p.twin.Depth(2) > 0 {
		p.pop()
	}
	p.check(0)
	for b := range o.Bands {
		if n := segments(&p.q.bands[b]); n > 1 {
			t.Errorf("band %d holds %d segments after the drain, want 1", b, n)
		}
	}
}

// FuzzQueue runs a program of two bytes a step against the twin. The first two
// bytes choose the options.
func FuzzQueue(f *testing.F) {
	f.Add([]byte{3, 3, 0, 1, 1, 2, 7, 0, 0, 1, 11, 0, 7, 0})
	f.Fuzz(func(t *testing.T, program []byte) {
		if len(program) < 2 || len(program) > 4_000 {
			return
		}
		o := Options{Bands: 1 + int(program[0])%maxBands, AgeEvery: int(program[1]) % 8}
		q := newTestQueue(o, 6)
		q.clearAfter = int(program[1]) / 8 % 3
		p := newPair(t, q, o, 6)
		for program = program[2:]; len(program) >= 2; program = program[2:] {
			p.step(int(program[0]), int(program[1])*97>>1)
		}
	})
}
