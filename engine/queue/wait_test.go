package queue

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// rest returns when everyone else in the bubble has come to rest, those included
// whom a hook holds up for a moment.
func rest() {
	time.Sleep(time.Second)
	synctest.Wait()
}

// waiting starts a Wait and returns where its error will be once it is at rest.
func waiting(ctx context.Context, q *Queue[uint32]) <-chan error {
	done := make(chan error, 1)
	go func() { done <- q.Wait(ctx) }()
	rest()
	return done
}

// mustBe fails the test unless a Wait has, or has not yet, ended as wanted.
func mustBe(t *testing.T, what string, done <-chan error, want error) {
	t.Helper()
	rest()
	select {
	case err := <-done:
		if !errors.Is(err, want) {
			t.Errorf("%s: Wait = %v, want %v", what, err, want)
		}
	default:
		if !errors.Is(want, errParked) {
			t.Errorf("%s: Wait is parked, want %v", what, want)
		}
	}
}

var errParked = errors.New("parked")

func TestWaitReturnsWhenThereIsSomethingToPop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newTestQueue(Options{Bands: 2}, 2)
		w := waiting(t.Context(), q)
		mustBe(t, "empty", w, errParked)
		q.TryPush(0, 1)
		mustBe(t, "pushed", w, nil)
		mustBe(t, "still there", waiting(t.Context(), q), nil)

		q.TryPop()
		w = waiting(t.Context(), q)
		mustBe(t, "the only id runs", w, errParked)
		q.TryPush(0, 0)
		mustBe(t, "pushed again while it runs", w, errParked)
		q.Done(0)
		mustBe(t, "requeued by Done", w, nil)
		q.TryPop()
		q.Done(0)

		q.TryPush(1, 1)
		q.Remove(1)
		q.TryPop() // skips the slot that is left
		w = waiting(context.Background(), q)
		mustBe(t, "removed", w, errParked)
		q.TryPush(1, 1)
		mustBe(t, "pushed, and no context to watch", w, nil)
	})
}

func TestWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newTestQueue(Options{Bands: 1}, 1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		w := waiting(ctx, q)
		time.Sleep(59 * time.Minute)
		mustBe(t, "before the deadline", w, errParked)
		time.Sleep(59 * time.Second)
		mustBe(t, "at the deadline", w, context.DeadlineExceeded)
		q.TryPush(0, 0)
		mustBe(t, "ctx done and an id waiting", waiting(ctx, q), context.DeadlineExceeded)
	})
}

func TestWaitAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newTestQueue(Options{Bands: 2}, 3)
		q.TryPush(0, 0)
		q.TryPush(1, 1)
		q.TryPush(2, 1)
		q.TryPop()
		q.TryPush(0, 1)
		q.Close()
		q.Close()
		mustBe(t, "two queued", waiting(t.Context(), q), nil)
		q.TryPop()
		q.Remove(2)
		q.TryPop()
		w, w2, w3 := waiting(t.Context(), q), waiting(t.Context(), q), waiting(context.Background(), q)
		mustBe(t, "one to come back from its run", w, errParked)
		if !q.Done(0) {
			t.Error("Done of an id pushed before Close = false, want true")
		}
		mustBe(t, "it came back", w, nil)
		mustBe(t, "it came back for one waiter", w2, errParked)
		if _, _, ok := q.TryPop(); !ok {
			t.Error("TryPop of the last id = false, want true")
		}
		mustBe(t, "the last was popped", w2, ErrClosed)
		mustBe(t, "the last was popped, no context", w3, ErrClosed)
		if q.Done(0) {
			t.Error("Done after the last run = true, want false")
		}
		for id := range uint32(3) {
			if got := q.TryPush(id, 0); got != Closed {
				t.Errorf("TryPush(%d, 0) = %v, want %v", id, got, Closed)
			}
		}
		q.Grow(5_000)
		if got := q.TryPush(4_999, 0); got != Closed {
			t.Errorf("TryPush of an id grown after Close = %v, want %v", got, Closed)
		}
		mustBe(t, "closed and empty", waiting(t.Context(), q), ErrClosed)
	})
}

// More waiters than one lot has seats: one push wakes one of them, Close the rest,
// and the seats are used again.
func TestManyWaiters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 2*seats + 10
		q := newTestQueue(Options{Bands: 1}, 1)
		ended := make(chan error, n)
		for range 2 {
			ctx, cancel := context.WithCancel(t.Context())
			for range n {
				go func() { ended <- q.Wait(ctx) }()
			}
			rest()
			q.TryPush(0, 0)
			rest()
			if len(ended) != 1 {
				t.Errorf("%d waiters woke for one push, want 1", len(ended))
			}
			q.TryPop()
			q.Done(0)
			cancel()
			for range n {
				<-ended
			}
		}
		lots := 0
		for l := &q.parked; l != nil; l = l.next.Load() {
			lots++
			if l.idle.Load() != 0 || l.taken.Load() != 0 {
				t.Errorf("lot %d: seats are still taken: %x, idle %x", lots, l.taken.Load(), l.idle.Load())
			}
		}
		if lots != 3 {
			t.Errorf("%d lots for %d waiters, want 3", lots, n)
		}
		for range n {
			go func() { ended <- q.Wait(context.Background()) }()
		}
		rest()
		q.Close()
		for range n {
			if err := <-ended; !errors.Is(err, ErrClosed) {
				t.Errorf("Wait = %v, want %v", err, ErrClosed)
			}
		}
	})
}

func TestPushesWakeTheWaitersOfEveryLot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 2*seats + 3
		q := newTestQueue(Options{Bands: 1}, n)
		ended := make(chan error, n)
		for range n {
			go func() { ended <- q.Wait(context.Background()) }()
		}
		rest()
		for id := range uint32(n) {
			q.TryPush(id, 0)
		}
		rest()
		if len(ended) != n {
			t.Errorf("%d pushes woke %d waiters, want as many", n, len(ended))
		}
		q.Close() // those that were not woken leave
		drain(q)
	})
}

func TestWaiterThatLeavesHandsItsWakeUpOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newTestQueue(Options{Bands: 1}, 1)
		leaver := q.parked.sit()
		w := waiting(t.Context(), q)
		q.TryPush(0, 0)
		mustBe(t, "the push woke the other one", w, errParked)
		q.leave(leaver)
		mustBe(t, "the other one left", w, nil)
	})
}

// A waker that is held up after it chose a waiter does not hold up that waiter, and
// the token it sends in the end wakes nobody else.
func TestWaiterLeavesBeforeItsTokenComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newTestQueue(Options{Bands: 1}, 1)
		leaver := q.parked.sit()
		q.parked.idle.And(^(1 << leaver.i)) // a waker chooses it
		if !leaver.leave() {
			t.Error("leave of a chosen seat = false, want true")
		}
		w := waiting(t.Context(), q)
		leaver.wake <- struct{}{}
		mustBe(t, "the token of the one before came", w, errParked)
		for range 2 {
			other := q.parked.sit()
			if other.i != leaver.i {
				t.Errorf("seat %d was taken, want seat %d, whose token has come", other.i, leaver.i)
			}
			other.leave()
		}
		q.TryPush(0, 0)
		mustBe(t, "pushed", w, nil)
	})
}

// One worker, one push at a time. A lost wake-up leaves everyone in the bubble
// blocked, which synctest reports.
func TestNoWakeUpIsLost(t *testing.T) {
	eachClearAfter(t, func(t *testing.T, mk func(Options, int) *Queue[uint32]) {
		synctest.Test(t, func(t *testing.T) {
			q := mk(Options{Bands: 3, AgeEvery: 5}, 1)
			ran := make(chan struct{})
			go func() {
				for q.Wait(context.Background()) == nil {
					if id, _, ok := q.TryPop(); ok {
						q.Done(id)
						ran <- struct{}{}
					}
				}
				close(ran)
			}()
			for i := range 5_000 {
				q.TryPush(0, i%3)
				<-ran
			}
			q.Close()
			<-ran
		})
	})
}

// Each round several workers wait, one id is pushed, and all workers but one are
// cancelled meanwhile. Those do not come back before the round is over, so
// nothing but the handed-on wake-up can make the remaining one look.
func TestNoWakeUpIsLostToACancelledWaiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const workers, rounds = 3, 2_000
		q := newTestQueue(Options{Bands: 2}, 1)
		rng := rand.New(rand.NewPCG(1, 1))
		for range rounds {
			ran := make(chan struct{}, 1)
			var wg sync.WaitGroup
			var cancels []context.CancelFunc
			for range workers {
				ctx, cancel := context.WithCancel(t.Context())
				cancels = append(cancels, cancel)
				wg.Go(func() {
					for q.Wait(ctx) == nil {
						if id, _, ok := q.TryPop(); ok {
							q.Done(id)
							ran <- struct{}{}
							return
						}
					}
				})
			}
			if rng.IntN(4) > 0 {
				synctest.Wait()
			}
			wg.Go(func() { q.TryPush(0, 0) })
			for _, i := range rng.Perm(workers)[1:] {
				wg.Go(cancels[i])
			}
			<-ran
			for _, cancel := range cancels {
				cancel()
			}
			wg.Wait()
		}
	})
}
