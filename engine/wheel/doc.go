// Package wheel is a hierarchical timer wheel: it keeps one deadline for each of
// millions of dense ids and hands over, in order of time, those that are due.
//
// It is pure. A [Wheel] has one owner, who tells it the time; it starts no
// goroutine, takes no lock, reads no clock and calls nobody back. An owner that
// is shared guards it with its own mutex and delivers the ids outside of it:
//
//	for n, more := 0, true; more; {
//		mu.Lock()
//		n, more = w.Advance(time.Since(epoch), due)
//		mu.Unlock()
//		deliver(due[:n])
//	}
//
// and then sleeps until the time that Next returns, which must be computed under
// the same lock as the owner's note of how long it sleeps.
//
// # Promises
//
//   - Never early: a deadline is rounded up to a tick, the time down to one.
//   - Never lost, and handed over at most once for each time it was armed.
//   - In order of ticks; the order within one tick is not defined.
//   - Schedule, Cancel, At, Next and Len take constant time and, once an id's page
//     exists, allocate nothing. A call of Advance handles at most len(due) timers.
//   - 16 bytes a timer and no pointers among them, so the garbage collector has
//     nothing to walk.
//   - Nothing ticks: an idle wheel asks for no wake-up, and a lone timer asks for
//     one, at its deadline, however far away that is.
//
// # Layout
//
// Time is a number of ticks, written in base 64. A timer waits at the level of the
// highest digit in which its tick differs from cur, the tick the wheel has worked
// up to, in the wheel slot that this digit names:
//
//	            level 2      level 1      level 0
//	cur            1            5           60
//	due at         1            5           62     level 0, slot 62
//	               1            9            3     level 1, slot  9
//	               4            0            0     level 2, slot  4
//
// All digits above a timer's level equal those of cur, and at its level its digit is
// the larger one. The first occupied slot of the lowest occupied level is therefore
// the earliest, and bitmaps find it in two instructions. Each slot remembers the
// earliest tick in it. When that tick has come (not when the slot's range begins)
// cur jumps to it and the slot is emptied: timers of that very tick are handed
// over, the others move to a lower level, relative to the new cur. Until it is
// empty it remains an ordinary list, so that between two calls of Advance its
// timers can be cancelled or re-armed like any others.
//
// A timer that is put off stays in its slot as long as that is looked at in time,
// and moves on when it is: re-arming for later, which is what most re-arming is,
// writes one word. The price is a wake-up for nothing when a slot's earliest timer
// was put off.
//
// Seven levels reach 2^42 ticks, at [DefaultTick] further than a [time.Duration] does.
// Two more, for finer ticks, complete the axis, so that no digit ever wraps and no
// timer is too far away.
//
// The scheme is G. Varghese and A. Lauck, "Hashed and Hierarchical Timing Wheels"
// (SOSP 1987), scheme 7; telling the level by exclusive or is from tokio's timer
// driver, the bounded hand-over from J. Snellman's Ratas.
package wheel
