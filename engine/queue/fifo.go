package queue

import "sync/atomic"

const (
	segmentLen = 1024

	// cacheLine separates words that different cores write. Two lines of 64 bytes,
	// because processors fetch lines in pairs.
	cacheLine = 128

	// grace is how often a popper looks at a slot whose pusher is about to fill it
	// before it spoils the slot and makes that pusher take another.
	grace = 16
)

// A slot is generation<<32 | id. Generation 0 holds no id.
type slot uint64

const (
	empty   slot = 0
	spoiled slot = 1 // a popper came before the pusher; neither uses it
)

func slotOf(gen uint32, id uint32) slot { return slot(gen)<<32 | slot(id) }
func (s slot) gen() uint32              { return uint32(s >> 32) }
func (s slot) id() uint32               { return uint32(s) }

// A segment is a stretch of a fifo. pushed and popped may run past segmentLen.
// A slot is written once: filled by its pusher or spoiled by its popper.
type segment struct {
	next atomic.Pointer[segment] // first and the only pointer: the collector scans no further

	_      [cacheLine - 8]byte
	pushed atomic.Uint64 // slots handed to pushers
	_      [cacheLine - 8]byte
	popped atomic.Uint64 // slots handed to poppers
	base   int64         // slots in all segments before this one
	_      [cacheLine - 16]byte
	slots  [segmentLen]atomic.Uint64
}

// A fifo is the slots of one band: linearizable, unbounded, lock-free.
//
// head and tail move only forwards along next, tail after next was linked. Each
// may lag; whoever finds it at a used-up segment moves it on.
type fifo struct {
	head atomic.Pointer[segment]

	// ageAt is how many slots are to be popped when the next ageing pop is due. Each
	// slot that does not count towards it puts it off by one: those of ageing pops,
	// stale ones and spoiled ones.
	ageAt atomic.Int64

	_     [cacheLine - 16]byte
	tail  atomic.Pointer[segment]
	_     [cacheLine - 8]byte
	stale atomic.Int64 // slots that stopped counting, not yet skipped
	_     [cacheLine - 8]byte
}

func (f *fifo) init(ageEvery int64) {
	s := new(segment)
	f.head.Store(s)
	f.tail.Store(s)
	f.ageAt.Store(ageEvery - 1)
}

func (f *fifo) push(s slot) {
	for {
		tail := f.tail.Load()
		if i := tail.pushed.Add(1) - 1; i < segmentLen {
			point(pushTicket)
			if tail.slots[i].CompareAndSwap(uint64(empty), uint64(s)) {
				return
			}
			continue
		}
		if tail.next.Load() == nil {
			next := &segment{base: tail.base + segmentLen}
			next.pushed.Store(1)
			next.slots[0].Store(uint64(s))
			if tail.next.CompareAndSwap(nil, next) {
				point(pushLinked)
				f.tail.CompareAndSwap(tail, next)
				return
			}
		}
		f.tail.CompareAndSwap(tail, tail.next.Load())
	}
}

// pop returns the oldest slot, stale or not, and how many were popped up to it. It
// reports false only if the fifo was empty at one moment during the call.
func (f *fifo) pop() (s slot, popped int64, ok bool) {
	for {
		head := f.front()
		if head == nil {
			return empty, 0, false
		}
		point(popFront)
		i := head.popped.Add(1) - 1
		if i >= segmentLen {
			continue
		}
		point(popTicket)
		if s := head.take(i); s != spoiled {
			return s, head.base + int64(i) + 1, true
		}
		f.ageAt.Add(1)
	}
}

// take returns what the pusher put into slot i, or spoils it.
func (g *segment) take(i uint64) slot {
	for range grace {
		if s := slot(g.slots[i].Load()); s != empty {
			return s
		}
	}
	point(popSpoil)
	if g.slots[i].CompareAndSwap(uint64(empty), uint64(spoiled)) {
		return spoiled
	}
	return slot(g.slots[i].Load())
}

// front returns the first segment with a slot to pop, or nil if at one moment
// during the call no slot was left to pop.
//
// popped is read before pushed and only grows, so when the first is not behind
// the second, it was not behind at the moment pushed was read.
func (f *fifo) front() *segment {
	for {
		head := f.head.Load()
		popped := head.popped.Load()
		if popped < segmentLen {
			point(frontRead)
			if popped < head.pushed.Load() {
				return head
			}
			return nil
		}
		point(frontSpent)
		next := head.next.Load()
		if next == nil {
			return nil
		}
		f.head.CompareAndSwap(head, next)
	}
}

// empty is front for those who only pass by, short enough to be inlined: if true, no
// slot was left to pop at one moment during the call; if false, front knows better.
func (f *fifo) empty() bool {
	head := f.head.Load()
	popped := head.popped.Load()
	point(frontRead)
	return popped < segmentLen && popped >= head.pushed.Load()
}

// depth returns the number of slots that count: exact at rest, and otherwise off
// by no more than the calls under way.
func (f *fifo) depth() int {
	head := f.head.Load()
	popped := head.base + int64(min(head.popped.Load(), segmentLen))
	tail := f.tail.Load()
	pushed := tail.base + int64(min(tail.pushed.Load(), segmentLen))
	return int(max(0, pushed-popped-f.stale.Load()))
}
