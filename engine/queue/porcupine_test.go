package queue

import (
	"slices"
	"testing"

	"github.com/anishathalye/porcupine"
)

// A step is an operation of the FIFO model of one band.
type step struct {
	kind stepKind
	band int
	id   uint32
}

type stepKind int

const (
	enter stepKind = iota // pushed or raised into the band
	leave                 // popped: must be the first
	quit                  // raised out of the band, from anywhere
)

// fifoModel is one FIFO per band.
var fifoModel = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		var bands [][]porcupine.Operation
		for _, o := range history {
			band := o.Input.(step).band
			for len(bands) <= band {
				bands = append(bands, nil)
			}
			bands[band] = append(bands[band], o)
		}
		return bands
	},
	Init: func() any { return []uint32(nil) },
	Step: func(state, input, _ any) (bool, any) {
		ids, in := state.([]uint32), input.(step)
		switch i := slices.Index(ids, in.id); {
		case in.kind == enter:
			return true, append(slices.Clone(ids), in.id)
		case i < 0, in.kind == leave && i > 0:
			return false, state
		default:
			return true, slices.Delete(slices.Clone(ids), i, i+1)
		}
	},
	Equal: func(a, b any) bool { return slices.Equal(a.([]uint32), b.([]uint32)) },
}

func TestEachBandIsALinearizableFIFO(t *testing.T) {
	const bands, pushers, poppers, each, rounds = 2, 3, 3, 10, 150
	eachClearAfter(t, func(t *testing.T, mk func(Options, int) *Queue[uint32]) {
		for round := range uint64(rounds) {
			o := Options{Bands: bands, AgeEvery: int(round % 4)}
			h := record(mk(o, pushers*each), bands, pushers, poppers, each, round)
			var ops []porcupine.Operation
			add := func(kind stepKind, p put, call int64) {
				ops = append(ops, porcupine.Operation{
					ClientId: len(ops), // nobody waits for anybody: call and return say it all
					Input:    step{kind, p.band, p.id}, Call: call, Return: p.ret,
				})
			}
			for i, s := range h.stays() {
				add(enter, s.put, s.call)
				if s.raised {
					out := s.put
					out.ret = h.puts[i+1].ret
					add(quit, out, s.reached)
				}
			}
			for _, p := range h.pops {
				if p.ok {
					add(leave, p.put, p.call)
				}
			}
			if !porcupine.CheckOperations(fifoModel, ops) {
				t.Fatalf("round %d: not a FIFO per band: %+v", round, h)
			}
		}
	})
}
