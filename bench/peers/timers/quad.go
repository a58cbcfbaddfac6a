package timers

import "time"

// A quad is a 4-ary heap of values, with the index of each id beside it.
type quad struct {
	heap []quadItem
	at   []int32 // index in the heap, -1 outside of it
}

type quadItem struct {
	due time.Duration
	id  uint32
}

func newQuad(ids int) *quad {
	q := &quad{at: make([]int32, ids)}
	for i := range q.at {
		q.at[i] = -1
	}
	return q
}

func (q *quad) Schedule(id uint32, at time.Duration) {
	i := int(q.at[id])
	if i < 0 {
		q.heap = append(q.heap, quadItem{at, id})
		q.up(len(q.heap) - 1)
		return
	}
	later := at > q.heap[i].due
	q.heap[i].due = at
	if later {
		q.down(i)
	} else {
		q.up(i)
	}
}

func (q *quad) Cancel(id uint32) bool {
	i := int(q.at[id])
	if i < 0 {
		return false
	}
	q.remove(i)
	return true
}

func (q *quad) Next() (time.Duration, bool) {
	if len(q.heap) == 0 {
		return 0, false
	}
	return q.heap[0].due, true
}

func (q *quad) Advance(now time.Duration, due []uint32) (n int, more bool) {
	for len(q.heap) > 0 && q.heap[0].due <= now {
		if n == len(due) {
			return n, true
		}
		due[n] = q.heap[0].id
		q.remove(0)
		n++
	}
	return n, false
}

func (q *quad) remove(i int) {
	last := len(q.heap) - 1
	q.at[q.heap[i].id] = -1
	moved := q.heap[last]
	q.heap = q.heap[:last]
	if i == last {
		return
	}
	q.heap[i] = moved
	q.at[moved.id] = int32(i)
	q.down(i)
	q.up(int(q.at[moved.id]))
}

// up moves item i towards the root until its parent is not later.
func (q *quad) up(i int) {
	item := q.heap[i]
	for i > 0 {
		parent := (i - 1) / 4
		if q.heap[parent].due <= item.due {
			break
		}
		q.put(i, q.heap[parent])
		i = parent
	}
	q.put(i, item)
}

// down moves item i away from the root until no child is earlier.
func (q *quad) down(i int) {
	item := q.heap[i]
	for {
		first := 4*i + 1
		if first >= len(q.heap) {
			break
		}
		earliest := first
		for child := first + 1; child < min(first+4, len(q.heap)); child++ {
			if q.heap[child].due < q.heap[earliest].due {
				earliest = child
			}
		}
		if item.due <= q.heap[earliest].due {
			break
		}
		q.put(i, q.heap[earliest])
		i = earliest
	}
	q.put(i, item)
}

func (q *quad) put(i int, item quadItem) {
	q.heap[i] = item
	q.at[item.id] = int32(i)
}
