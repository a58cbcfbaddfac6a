// Package queue is a lock-free priority queue of dense ids in a few bands of
// urgency. It knows nothing of what an id stands for.
//
// # An id's life
//
//	        TryPush                 TryPop
//	idle ────────────▶ queued ────────────────▶ running
//	 ▲ ▲                │  ▲                     │   │ TryPush
//	 │ └────────────────┘  │ Done                │   ▼
//	 │       Remove        └──────────────────── │ again
//	 └───────────────────────────────────────────┘
//	                       Done
//
// An id is in the queue at most once and with at most one popper, whatever is
// pushed. A push of a queued id does nothing, or raises the id when it asks for
// a more urgent band. A push of a running id is remembered: exactly one more run
// follows that run's Done, in the most urgent band asked for. So every push that
// was not answered Closed is followed by a run that begins after the push did,
// unless Remove takes the id out before.
//
// What a pusher wrote before a push that was answered Queued or Raised, or before a
// run's first Again, happens before what the next run's popper reads. A push that
// changes nothing, as every Duplicate does, orders nothing: what was written before
// it needs an atomic or a lock of its own.
//
// # Order
//
// Per band the queue is a linearizable FIFO: an id's place is that of the push,
// raise or Done that last put it into the band.
//
// Across bands it is interval-strict: TryPop never returns an id of one band when
// another id was put into a more urgent band before that TryPop began and stayed
// there until it returned. At rest that is strict priority. It is less than a
// linearizable priority queue, which would cost a shared write with every push:
// a push or raise that overlaps a TryPop may go unseen by it, and TryPop may then
// come back empty-handed.
//
// Both hold for ids that are popped. A TryPop that is held up may have come to an
// id's place and not taken the id yet: others pass it by meanwhile, and it can
// still be raised or removed.
//
// Ageing pops, one in Options.AgeEvery, are an exception to the order across
// bands, not to that within one: they serve the waiting bands below the most
// urgent one in turn, so that each band in which ids keep waiting is served again
// and again, however much arrives above it.
//
// # How it works
//
// Each id has one word in a slab: generation, band and state, changed only by
// compare-and-swap. Each band is a linked list of segments of 1,024 slots; a
// fetch-and-add hands out the slots to pushers, another one to poppers. A slot
// holds the id and the generation of the push that filled it, and counts only
// while the id's word still says queued, in this band, with this generation.
// Raise and Remove therefore never touch a slot: they change the word, and the
// popper that comes upon the slot skips it. The two halves of a push are its
// change of the word, which decides the answer, and its filling of a slot, which
// decides the place; between them the id is queued, and nowhere to be found.
//
// Why the order holds: a popper leaves a band for the next one only when, at one
// moment, as many slots were handed to poppers as to pushers. An id whose slot
// was filled before and whose popper had not begun would contradict that. And the
// occupancy word never hides such a band: a pusher sets its bit after the slot,
// and whoever clears a bit keeps the band visible through a second bit until it
// has looked into the band again.
//
// Why nothing is lost at Close: it marks every word in turn, and the mark decides
// each race with a push of that id: a push that came first is run, one that comes
// after is told Closed.
//
// Progress: TryPush, TryPop, Done, Remove and the readers are lock-free. Only
// waking a parked waiter enters the runtime (one send on a channel with room),
// and only Wait blocks, until it is woken or its context is done: none of them
// waits for a goroutine that is held up in another. Grow and Close share a mutex
// and touch every id they concern.
//
// Memory: a push allocates nothing but one segment per 1,024. Segments hold no
// pointers to scan, are never reused, so that a delayed goroutine cannot write
// into someone else's, and are garbage once drained.
//
// The segments follow the FAAArrayQueue of Pedro Ramalhete and Andreia Correia
// (2016).
package queue
