package workload

import (
	"sync"
	"time"

	"invd/engine/wheel"
)

// A Splice is what re-arming in a wheel cannot do without: taking a node out of one
// doubly linked list and putting it into another, under a mutex.
type Splice struct {
	mu     sync.Mutex
	nodes  []spliceNode // the heads of the lists, then the others
	random random
}

// A spliceNode is as large as a wheel's.
type spliceNode struct {
	prev, next uint32
	_          uint64
}

const lists = 7 * 64

// NewSplice returns n nodes, in random lists.
func NewSplice(n int) *Splice {
	s := &Splice{nodes: make([]spliceNode, lists+n)}
	for i := range s.nodes {
		s.nodes[i] = spliceNode{prev: uint32(i), next: uint32(i)}
	}
	for id := range n {
		s.move(uint32(lists+id), s.random.next(lists))
	}
	return s
}

func (s *Splice) move(id, list uint32) {
	n := &s.nodes[id]
	s.nodes[n.prev].next, s.nodes[n.next].prev = n.next, n.prev
	head := &s.nodes[list]
	n.prev, n.next = list, head.next
	s.nodes[head.next].prev = id
	head.next = id
}

// Run moves random nodes to random lists, so many times.
func (s *Splice) Run(n int) time.Duration {
	start := time.Now()
	for range n {
		list := s.random.next(lists)
		id := lists + s.random.next(uint32(len(s.nodes)-lists))
		s.mu.Lock()
		s.move(id, list)
		s.mu.Unlock()
	}
	return time.Since(start)
}

// A Locked is engine/wheel under a mutex and nothing else, to be compared with a
// Splice.
type Locked struct {
	mu      sync.Mutex
	wheel   *wheel.Wheel[uint32]
	pending uint32
	random  random
}

// NewLocked returns a wheel with n timers pending.
func NewLocked(n int) *Locked {
	l := &Locked{wheel: wheel.New[uint32](wheel.DefaultTick), pending: uint32(n)}
	l.wheel.Grow(n)
	for id := range l.pending {
		l.wheel.Schedule(id, l.random.far())
	}
	return l
}

// Run re-arms random timers for random times, so many times.
func (l *Locked) Run(n int) time.Duration {
	start := time.Now()
	for range n {
		at := l.random.far()
		id := l.random.next(l.pending)
		l.mu.Lock()
		l.wheel.Schedule(id, at)
		l.mu.Unlock()
	}
	return time.Since(start)
}
