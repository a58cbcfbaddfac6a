package queues

import (
	"sync"
	"sync/atomic"
	"testing"
)

// each runs a test on every implementation.
func each(t *testing.T, test func(*testing.T, Impl)) {
	for _, impl := range All {
		t.Run(impl.Name, func(t *testing.T) { test(t, impl) })
	}
}

// pop is TryPop of a queue in which an id waits.
func pop(q Queue) uint32 {
	for {
		if id, ok := q.TryPop(); ok {
			return id
		}
	}
}

func TestAPushedIDIsPoppedOnceHoweverOftenItWasPushed(t *testing.T) {
	each(t, func(t *testing.T, impl Impl) {
		const ids = 100
		q := impl.New(ids)
		defer q.Close()
		for range 3 {
			for id := range uint32(ids) {
				q.Push(id, int(id)%Bands)
			}
		}
		seen := make([]int, ids)
		for range ids {
			id := pop(q)
			seen[id]++
			q.Done(id)
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("id %d popped %d times, want 1", id, n)
			}
		}
	})
}

func TestAPushDuringTheRunMakesOneMore(t *testing.T) {
	each(t, func(t *testing.T, impl Impl) {
		q := impl.New(2)
		defer q.Close()
		q.Push(0, 1)
		id := pop(q)
		q.Push(0, 2)
		q.Push(0, 1)
		q.Done(id)
		q.Push(1, 3)
		for _, want := range []uint32{0, 1} {
			got := pop(q)
			q.Done(got)
			if got != want {
				t.Errorf("popped id %d, want %d", got, want)
			}
		}
	})
}

func TestMoreUrgentBandsComeFirst(t *testing.T) {
	each(t, func(t *testing.T, impl Impl) {
		switch impl.Name {
		case "k8s":
			return // one band
		case "crpq":
			return // adds are taken in by a goroutine of its own, some time
		}
		q := impl.New(Bands)
		defer q.Close()
		for id := range uint32(Bands) {
			q.Push(id, Bands-1-int(id))
		}
		for want := uint32(Bands); want > 0; want-- {
			if got := pop(q); got != want-1 {
				t.Errorf("popped id %d, want %d", got, want-1)
			}
		}
	})
}

func TestARaiseMovesAnID(t *testing.T) {
	for _, impl := range All {
		switch impl.Name {
		case "invd", "heap", "deque":
		default:
			continue // no raise, or see above
		}
		t.Run(impl.Name, func(t *testing.T) {
			q := impl.New(3)
			defer q.Close()
			q.Push(0, 3)
			q.Push(1, 4)
			q.Push(2, 1)
			q.Push(1, 1)
			for _, want := range []uint32{2, 1, 0} {
				if got := pop(q); got != want {
					t.Errorf("popped id %d, want %d", got, want)
				}
			}
		})
	}
}

// Every id is pushed again and again by several goroutines; whoever pops it notes
// a run. No two runs of an id overlap, and none is missing in the end.
func TestRunsOfAnIDDoNotOverlap(t *testing.T) {
	each(t, func(t *testing.T, impl Impl) {
		const ids, goroutines, pushes = 64, 4, 5_000
		q := impl.New(ids + 1)
		var pushed, ran [ids]atomic.Int64 // ran: the pushes seen by a run
		var busy [ids]atomic.Bool
		var poppers, pushers sync.WaitGroup
		for range goroutines {
			poppers.Go(func() {
				for {
					id, ok := q.Pop()
					if !ok {
						return
					}
					if busy[id].Swap(true) {
						t.Errorf("id %d runs twice at once", id)
					}
					ran[id].Store(pushed[id].Load())
					busy[id].Store(false)
					q.Done(id)
				}
			})
			pushers.Go(func() {
				for i := range uint32(pushes) {
					id := i * 7 % ids
					pushed[id].Add(1)
					q.Push(id, int(i)%Bands)
				}
			})
		}
		pushers.Wait()
		for id := range ids {
			for ran[id].Load() != pushed[id].Load() {
				if t.Failed() {
					break
				}
			}
		}
		q.Close()
		poppers.Wait()
	})
}
