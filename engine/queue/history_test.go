package queue

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
)

// A put is a push or raise that put an id into a band, and a pop is one call of
// TryPop. Both carry the clock at call and return.
type (
	put struct {
		id        uint32
		band      int
		call, ret int64
	}
	pop struct {
		put
		ok bool
	}
)

// A history is what some goroutines did to a queue and were told.
type history struct {
	puts []put // of one id: in the order they were made
	pops []pop
}

// record lets pushers put new ids in, every third raised by a second push, while
// poppers pop about as many. No id is Done, so none comes back.
func record(q *Queue[uint32], bands, pushers, poppers, each int, seed uint64) history {
	var (
		now   clock
		wg    sync.WaitGroup
		begin = make(chan struct{})
		puts  = make([][]put, pushers)
		pops  = make([][]pop, poppers)
	)
	for p := range pushers {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(seed, uint64(p)))
			<-begin
			for i := range each {
				id, band := uint32(p*each+i), rng.IntN(bands)
				for push := true; push; push = band > 0 && i%3 == 0 && rng.IntN(2) == 0 {
					if len(puts[p]) > 0 && puts[p][len(puts[p])-1].id == id {
						band--
						runtime.Gosched()
					}
					call := now.tick()
					if answer := q.TryPush(id, band); answer == Queued || answer == Raised {
						puts[p] = append(puts[p], put{id, band, call, now.tick()})
					} else {
						break
					}
				}
				if rng.IntN(3) == 0 {
					runtime.Gosched()
				}
			}
		})
	}
	for p := range poppers {
		wg.Go(func() {
			<-begin
			for range each * pushers / poppers {
				call := now.tick()
				id, band, ok := q.TryPop()
				if !ok {
					band = bands
				}
				pops[p] = append(pops[p], pop{put{id, band, call, now.tick()}, ok})
				if !ok {
					runtime.Gosched()
				}
			}
		})
	}
	close(begin)
	wg.Wait()
	var h history
	for _, p := range puts {
		h.puts = append(h.puts, p...)
	}
	for _, p := range pops {
		h.pops = append(h.pops, p...)
	}
	return h
}

// A stay is an id's time in one band. It was surely there from since to until; if
// it left because of a raise, some pop that overlaps the raise may have reached
// its slot from reached on.
type stay struct {
	put
	until   int64
	raised  bool
	reached int64
}

// stays works out the time each id surely spent in each band.
func (h history) stays() []stay {
	const ever = 1 << 62
	gone := make(map[uint32]int64)
	for _, p := range h.pops {
		if p.ok {
			gone[p.id] = p.call
		}
	}
	var all []stay
	for i, p := range h.puts {
		s := stay{put: p, until: ever, reached: ever}
		if i+1 < len(h.puts) && h.puts[i+1].id == p.id {
			raise := h.puts[i+1]
			s.until, s.reached, s.raised = raise.call, raise.call, true
			for _, o := range h.pops {
				if o.call < raise.ret && o.ret > raise.call {
					s.reached = min(s.reached, o.call)
				}
			}
		} else if at, ok := gone[p.id]; ok {
			s.until = at
		}
		all = append(all, s)
	}
	return all
}

// TestPopsAreIntervalStrict searches each history for a pop that passed by an id
// of a more urgent band which was there from before its call until after its
// return. A pop that found nothing passed by everything.
func TestPopsAreIntervalStrict(t *testing.T) {
	const bands, pushers, poppers, each, rounds = 4, 3, 3, 24, 300
	eachClearAfter(t, func(t *testing.T, mk func(Options, int) *Queue[uint32]) {
		for round := range uint64(rounds) {
			h := record(mk(Options{Bands: bands}, pushers*each), bands, pushers, poppers, each, round)
			times := make(map[uint32]int)
			for _, p := range h.pops {
				if p.ok {
					times[p.id]++
				}
				if times[p.id] > 1 {
					t.Fatalf("round %d: id %d popped twice", round, p.id)
				}
			}
			for _, s := range h.stays() {
				for _, p := range h.pops {
					if s.band >= p.band || s.ret > p.call || min(s.until, s.reached) < p.ret {
						continue
					}
					t.Fatalf("round %d: TryPop over [%d, %d] = id %d of band %d (%t) but id %d was in band %d over [%d, %d]",
						round, p.call, p.ret, p.id, p.band, p.ok, s.id, s.band, s.ret, s.until)
				}
			}
		}
	})
}
