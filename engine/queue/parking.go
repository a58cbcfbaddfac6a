package queue

import (
	"math/bits"
	"sync/atomic"
)

const seats = 64

// A lot is where waiters park: 64 seats, and another lot behind for those who
// found none. Lots are never taken away; there are as many as the most waiters
// there ever were need.
//
// A seat's bit in taken says that a waiter sits there, its bit in idle that this
// waiter may be woken. Whoever clears the idle bit decides: the waiter itself,
// and it leaves, or a waker, and exactly one token comes down the seat's channel.
type lot struct {
	idle  atomic.Uint64 // read with every push
	next  atomic.Pointer[lot]
	_     [cacheLine - 16]byte
	taken atomic.Uint64

	// By seat, and of whoever set its bit in taken.
	wakes [seats]chan struct{} // made by the first waiter and kept; room for one token
	late  [seats]bool          // the last waiter left before its token came
}

// A seat is one waiter's. It is used from sit to its end by take or leave.
type seat struct {
	lot  *lot
	i    int
	wake chan struct{}
}

// sit takes a seat and announces it.
func (l *lot) sit() seat {
	var unfit uint64 // seats whose last token has still not come
	for {
		free := ^l.taken.Load() &^ unfit
		if free == 0 {
			l, unfit = l.behind(), 0
			continue
		}
		i := bits.TrailingZeros64(free)
		if l.taken.Or(1<<i)>>i&1 != 0 {
			continue
		}
		if !l.fit(i) {
			l.taken.And(^(1 << i))
			unfit |= 1 << i
			continue
		}
		point(waitSeated)
		l.idle.Or(1 << i)
		return seat{l, i, l.wakes[i]}
	}
}

// fit makes a seat ready for its next waiter, unless the last one's token is still
// to come.
func (l *lot) fit(i int) bool {
	if l.wakes[i] == nil {
		l.wakes[i] = make(chan struct{}, 1)
	}
	if l.late[i] {
		select {
		case <-l.wakes[i]:
			l.late[i] = false
		default:
			return false
		}
	}
	return true
}

// behind returns the next lot, new if need be.
func (l *lot) behind() *lot {
	if l.next.Load() == nil {
		l.next.CompareAndSwap(nil, new(lot))
	}
	return l.next.Load()
}

// woken gives the seat back after its token came.
func (s seat) woken() { s.lot.taken.And(^(1 << s.i)) }

// leave gives the seat back without waiting for a token. It reports whether a
// waker had chosen this seat: then someone else should have its wake-up. The waker
// may be held up before it sends the token, which is left to the next waiter then.
func (s seat) leave() (chosen bool) {
	point(waitLeaving)
	if s.lot.idle.And(^(1<<s.i))>>s.i&1 == 0 {
		chosen = true
		select {
		case <-s.wake:
		default:
			s.lot.late[s.i] = true
		}
	}
	s.lot.taken.And(^(1 << s.i))
	return chosen
}

// wakeOne wakes a waiter, if there is one.
func (l *lot) wakeOne() {
	for ; l != nil; l = l.next.Load() {
		for idle := l.idle.Load(); idle != 0; idle = l.idle.Load() {
			if l.wakeSeat(bits.TrailingZeros64(idle)) {
				return
			}
		}
	}
}

// wakeAll wakes everyone who is waiting now.
func (l *lot) wakeAll() {
	for ; l != nil; l = l.next.Load() {
		for idle := l.idle.Load(); idle != 0; idle &= idle - 1 {
			l.wakeSeat(bits.TrailingZeros64(idle))
		}
	}
}

func (l *lot) wakeSeat(i int) bool {
	if l.idle.And(^(1<<i))>>i&1 == 0 {
		return false
	}
	point(wakeClaimed)
	l.wakes[i] <- struct{}{}
	return true
}
