package timers

import (
	"container/heap"
	"time"
)

// A binary is container/heap of pointers, as in its example.
type binary struct {
	heap  itemHeap
	items []item // by id
}

type item struct {
	due time.Duration
	id  uint32
	at  int32 // index in the heap, -1 outside of it
}

func newBinary(ids int) *binary {
	b := &binary{items: make([]item, ids)}
	for i := range b.items {
		b.items[i] = item{id: uint32(i), at: -1}
	}
	return b
}

func (b *binary) Schedule(id uint32, at time.Duration) {
	it := &b.items[id]
	it.due = at
	if it.at < 0 {
		heap.Push(&b.heap, it)
		return
	}
	heap.Fix(&b.heap, int(it.at))
}

func (b *binary) Cancel(id uint32) bool {
	it := &b.items[id]
	if it.at < 0 {
		return false
	}
	heap.Remove(&b.heap, int(it.at))
	return true
}

func (b *binary) Next() (time.Duration, bool) {
	if len(b.heap) == 0 {
		return 0, false
	}
	return b.heap[0].due, true
}

func (b *binary) Advance(now time.Duration, due []uint32) (n int, more bool) {
	for len(b.heap) > 0 && b.heap[0].due <= now {
		if n == len(due) {
			return n, true
		}
		due[n] = heap.Pop(&b.heap).(*item).id
		n++
	}
	return n, false
}

// An itemHeap implements heap.Interface.
type itemHeap []*item

func (h itemHeap) Len() int           { return len(h) }
func (h itemHeap) Less(i, j int) bool { return h[i].due < h[j].due }

func (h itemHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].at, h[j].at = int32(i), int32(j)
}

func (h *itemHeap) Push(x any) {
	it := x.(*item)
	it.at = int32(len(*h))
	*h = append(*h, it)
}

func (h *itemHeap) Pop() any {
	last := len(*h) - 1
	it := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	it.at = -1
	return it
}
