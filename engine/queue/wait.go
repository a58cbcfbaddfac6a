package queue

import (
	"context"
	"errors"
)

// ErrClosed is returned by Wait when the queue is closed and no run is owed.
var ErrClosed = errors.New("queue closed")

// Wait blocks until there is something to pop and returns nil. What it saw may be
// gone, or turn out to be the slot of a removed id, when the caller pops: call
// TryPop, and Wait again if that says no. Each push wakes one waiter, and nil
// hands that wake-up to the caller: one that will not pop after all leaves the id
// to the next call of Wait or to the next push's waiter.
//
// It returns ctx's error when ctx is done, even if there is something to pop, and
// ErrClosed once the queue is closed and every accepted push has been popped,
// those included that wait for a running id's Done.
//
// A waiter parks and uses no processor. The channel it parks on belongs to the
// testing/synctest bubble of the goroutine that first waited in its seat: a queue
// that waits in a bubble is to be used by that bubble alone.
func (q *Queue[ID]) Wait(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if q.ready() {
			return nil
		}
		if q.drained() {
			return ErrClosed
		}

		// Announce, try again, park: a pusher that came too early to see the
		// announcement came early enough to be seen by the second look.
		s := q.parked.sit()
		point(waitIdle)
		if q.ready() || q.drained() {
			q.leave(s)
			continue
		}
		point(waitParking)
		if ctx.Done() == nil {
			<-s.wake
			s.woken()
			continue
		}
		select {
		case <-s.wake:
			s.woken()
			// Before ctx is looked at, or a wake-up could end here unused.
			if q.ready() {
				return nil
			}
		case <-ctx.Done():
			q.leave(s)
			return ctx.Err()
		}
	}
}

// leave gives up a seat and hands on the wake-up that it may have been sent.
func (q *Queue[ID]) leave(s seat) {
	if s.leave() && q.ready() {
		q.parked.wakeOne()
	}
}

// Close ends pushing: when it returns, every TryPush answers Closed. Ids that were
// queued before, and running ids that were pushed again, can still be popped; when
// the last of them is, waiters get ErrClosed. Closing twice is closing once. It
// takes time proportional to the number of ids (some milliseconds per million).
func (q *Queue[ID]) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return
	}
	q.closed = true
	var owed int64
	for cells := range q.ids.all {
		for i := range cells {
			if cells[i].seal().pending() {
				owed++
			}
			point(closeSealing)
		}
	}
	q.settle(owed - open)
}

// open is far more than owed can ever go below its true value while Close counts.
const open = 1 << 40

// settle changes the number of runs owed to sealed ids.
func (q *Queue[ID]) settle(by int64) {
	if q.owed.Add(by) == 0 {
		q.parked.wakeAll()
	}
}

func (q *Queue[ID]) drained() bool { return q.owed.Load() == 0 }
