package queue

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// TestCloseLosesNothing closes a queue in the middle of pushes, raises and runs,
// 300 times: what was accepted is run, what was not is not, everyone leaves.
func TestCloseLosesNothing(t *testing.T) {
	eachClearAfter(t, func(t *testing.T, mk func(Options, int) *Queue[uint32]) {
		for round := range uint64(300) {
			synctest.Test(t, func(t *testing.T) {
				closeRound(t, mk(Options{Bands: 4, AgeEvery: int(round % 3)}, 12), round)
			})
			if t.Failed() {
				t.Fatalf("in round %d", round)
			}
		}
	})
}

func closeRound(t *testing.T, q *Queue[uint32], seed uint64) {
	const pushers, workers, pushes, ids, bands = 3, 3, 40, 12, 4
	jobs := make([]job, ids)
	var wg sync.WaitGroup
	var puts, pops atomic.Int64
	for p := range pushers {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(seed, uint64(p)))
			for range pushes {
				// Each pusher has its own ids, so that its last accepted push is the id's.
				id := uint32(p + pushers*rng.IntN(ids/pushers))
				before := jobs[id].asked.Add(1)
				switch q.TryPush(id, rng.IntN(bands)) {
				case Queued:
					puts.Add(1)
				case Closed:
					jobs[id].asked.Store(before - 1)
				}
				if rng.IntN(3) == 0 {
					runtime.Gosched()
				}
			}
		})
	}
	for range workers {
		wg.Go(func() {
			for {
				err := q.Wait(context.Background())
				if err != nil {
					if !errors.Is(err, ErrClosed) {
						t.Errorf("Wait = %v, want %v", err, ErrClosed)
					}
					return
				}
				id, _, ok := q.TryPop()
				if !ok {
					continue
				}
				pops.Add(1)
				jobs[id].run(t, id)
				if q.Done(id) {
					puts.Add(1)
				}
			}
		})
	}
	wg.Go(func() {
		for range rand.New(rand.NewPCG(seed, 99)).IntN(40) {
			runtime.Gosched()
		}
		q.Close()
		if got := q.TryPush(uint32(seed%ids), 0); got != Closed {
			t.Errorf("TryPush after Close = %v, want %v", got, Closed)
		}
	})
	wg.Wait()
	if puts.Load() != pops.Load() || q.Len() != 0 {
		t.Errorf("%d ids put in, %d popped, %d left", puts.Load(), pops.Load(), q.Len())
	}
	for id := range jobs {
		if asked, seen := jobs[id].asked.Load(), jobs[id].seen.Load(); seen < asked {
			t.Errorf("id %d: accepted push %d, last run saw %d", id, asked, seen)
		}
	}
}
