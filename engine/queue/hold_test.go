//go:build pqhook

package queue

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// A goroutine that is held up between two atomic steps, wherever that is, holds up
// nobody else: the others go on pushing, popping, removing and waiting meanwhile,
// and end. Were they to wait for it, everyone in the bubble would be blocked, which
// synctest reports.
func TestNobodyWaitsForAGoroutineThatIsHeldUp(t *testing.T) {
	for at := range places {
		t.Run(fmt.Sprintf("place=%d", at), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { holdUpAt(t, at) })
		})
	}
}

func holdUpAt(t *testing.T, at place) {
	const workers, bands, ids, steps = 4, 3, 12, 8_000
	var (
		q       = newTestQueue(Options{Bands: bands, AgeEvery: 5}, ids)
		held    atomic.Bool
		release = make(chan struct{})
		ended   = make(chan struct{}, workers+1)
		popped  [workers + 1]atomic.Int64
	)
	q.clearAfter = 0
	stall := func(p place) {
		if p == at && held.CompareAndSwap(false, true) {
			<-release
		}
	}
	heldUp.Store(&stall)
	defer heldUp.Store(nil)

	var puts atomic.Int64
	for w := range workers {
		go func() {
			defer func() { ended <- struct{}{} }()
			rng := rand.New(rand.NewPCG(uint64(at), uint64(w)))
			for range steps {
				id := rng.Uint32N(ids)
				switch rng.IntN(8) {
				case 0, 1, 2:
					if q.TryPush(id, rng.IntN(bands)) == Queued {
						puts.Add(1)
					}
				case 3, 4, 5:
					if id, _, ok := q.TryPop(); ok {
						popped[w].Add(1)
						if q.Done(id) {
							puts.Add(1)
						}
					}
				case 6:
					if q.Remove(id) {
						popped[w].Add(1)
					}
				case 7:
					ctx, cancel := context.WithCancel(t.Context())
					go cancel()
					if err := q.Wait(ctx); err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, ErrClosed) {
						t.Errorf("Wait = %v", err)
					}
				}
			}
		}()
	}
	if at == closeSealing {
		go func() {
			q.Close()
			ended <- struct{}{}
		}()
	}
	for range workers - 1 {
		<-ended
	}
	synctest.Wait()
	if !held.Load() {
		t.Errorf("nobody came by")
	}
	close(release)
	<-ended
	if at == closeSealing {
		<-ended
	}
	left := int64(len(drain(q)))
	var sum int64
	for i := range popped {
		sum += popped[i].Load()
	}
	if puts.Load() != sum+left {
		t.Errorf("%d put in, %d popped or removed, %d left", puts.Load(), sum, left)
	}
}
