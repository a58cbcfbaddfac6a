package queue

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// A job is what the hammer knows of one id. Pushers count asked up before they
// push, so a run that reads it after its pop has seen every push before it.
type job struct {
	asked, seen atomic.Int64
	running     atomic.Bool
}

// run checks that no one else runs the job and notes which push it has seen.
func (j *job) run(t *testing.T, id uint32) {
	if !j.running.CompareAndSwap(false, true) {
		t.Errorf("id %d runs twice at once", id)
	}
	asked := j.asked.Load()
	runtime.Gosched()
	j.seen.Store(asked)
	j.running.Store(false)
}

// Every accepted push is followed by a run that began after it, and no id runs
// twice at once: pushes, raises and pushes of running ids mixed.
func TestNoPushIsLostAndNoIDRunsTwiceAtOnce(t *testing.T) {
	eachClearAfter(t, func(t *testing.T, mk func(Options, int) *Queue[uint32]) {
		for _, o := range []Options{{Bands: 6}, {Bands: 6, AgeEvery: 3}} {
			hammer(t, mk(o, 24), o.Bands)
		}
	})
}

func hammer(t *testing.T, q *Queue[uint32], bands int) {
	const (
		pushers = 4
		poppers = 4
		ids     = 24
	)
	jobs := make([]job, ids)
	var pushing, popping sync.WaitGroup
	var stop atomic.Bool
	var accepted, popped atomic.Int64
	for p := range pushers {
		pushing.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(p), 1))
			for range hammerPushes {
				id := rng.Uint32N(ids)
				jobs[id].asked.Add(1)
				if q.TryPush(id, rng.IntN(bands)) == Queued {
					accepted.Add(1)
				}
				if rng.IntN(4) == 0 {
					runtime.Gosched()
				}
			}
		})
	}
	for range poppers {
		popping.Go(func() {
			for {
				last := stop.Load()
				id, _, ok := q.TryPop()
				if !ok {
					if last {
						return
					}
					runtime.Gosched()
					continue
				}
				popped.Add(1)
				jobs[id].run(t, id)
				if q.Done(id) {
					accepted.Add(1)
				}
			}
		})
	}
	pushing.Wait()
	stop.Store(true)
	popping.Wait()
	for range drain(q) {
		t.Error("an id was left after every popper had found the queue empty")
	}
	if accepted.Load() != popped.Load() {
		t.Errorf("%d ids put in, %d popped", accepted.Load(), popped.Load())
	}
	for id := range jobs {
		if asked, seen := jobs[id].asked.Load(), jobs[id].seen.Load(); asked != seen {
			t.Errorf("id %d: pushed %d times, last run saw %d", id, asked, seen)
		}
	}
	for b := range bands {
		if got := q.Depth(b); got != 0 {
			t.Errorf("Depth(%d) at the end = %d, want 0", b, got)
		}
	}
}

// A removed id does not run, an id that Remove refuses does: whatever raises it
// meanwhile.
func TestRemoveRacesWithRaiseAndPop(t *testing.T) {
	const ids, rounds = 16, 400
	q := newTestQueue(Options{Bands: 3}, ids)
	for round := range rounds {
		for id := range uint32(ids) {
			q.TryPush(id, 2)
		}
		var popped [ids]atomic.Int32
		var removed [ids]atomic.Int32
		var raisedAfter [ids]bool
		var wg sync.WaitGroup
		wg.Go(func() {
			for id := range uint32(ids) {
				raisedAfter[id] = q.TryPush(id, int(id)%2) == Queued
			}
		})
		wg.Go(func() {
			for id := range uint32(ids) {
				if q.Remove(id) {
					removed[id].Add(1)
				}
			}
		})
		wg.Go(func() {
			for range ids {
				if id, _, ok := q.TryPop(); ok {
					popped[id].Add(1)
				}
			}
		})
		wg.Wait()
		for {
			id, _, ok := q.TryPop()
			if !ok {
				break
			}
			popped[id].Add(1)
		}
		for id := range uint32(ids) {
			puts := int32(1)
			if raisedAfter[id] {
				puts++ // it had been removed, so the raise was a new push
			}
			if got := popped[id].Load() + removed[id].Load(); got != puts {
				t.Fatalf("round %d: id %d put in %d times, popped %d, removed %d", round, id, puts, popped[id].Load(), removed[id].Load())
			}
			if popped[id].Load() > 0 {
				q.Done(id)
			}
		}
		drain(q) // those pushed again while they ran
	}
}

// Poppers meet at the end of every segment. Whoever saw the head used up must not
// move on, or give up, by a head that another has moved meanwhile.
func TestPoppersTakeEverySegmentToItsEnd(t *testing.T) {
	const ids, poppers = 40 * segmentLen, 8
	q := newTestQueue(Options{Bands: 2}, ids)
	for id := range uint32(ids) {
		q.TryPush(id, 0)
	}
	var taken atomic.Int64
	var wg sync.WaitGroup
	for range poppers {
		wg.Go(func() {
			for {
				id, _, ok := q.TryPop()
				if !ok {
					return
				}
				q.Done(id)
				taken.Add(1)
			}
		})
	}
	wg.Wait()
	if got := taken.Load(); got != ids {
		t.Errorf("%d ids taken before the queue seemed empty, want %d", got, ids)
	}
}

// Poppers that come too late for a segment's last slot count it as popped, past its
// length and past what was pushed to it. That does not make the band empty.
func TestASpentSegmentHidesNoneBehindIt(t *testing.T) {
	const late = 5
	q := newTestQueue(Options{Bands: 1}, segmentLen+1)
	for id := range uint32(segmentLen + 1) {
		q.TryPush(id, 0)
	}
	for range segmentLen {
		q.TryPop()
	}
	q.bands[0].head.Load().popped.Add(late)
	if id, _, ok := q.TryPop(); id != segmentLen || !ok {
		t.Errorf("TryPop() = %d, %t; want %d, true", id, ok, segmentLen)
	}
}
