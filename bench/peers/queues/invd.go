package queues

import (
	"context"

	"invd/engine/queue"
)

// invd waits with a context that can be cancelled, as the daemon does.
type invd struct {
	q      *queue.Queue[uint32]
	ctx    context.Context
	cancel context.CancelFunc
}

func newInvd(ids int) Queue {
	q := queue.New[uint32](queue.Options{Bands: Bands, AgeEvery: ageEvery})
	q.Grow(ids)
	ctx, cancel := context.WithCancel(context.Background())
	return &invd{q, ctx, cancel}
}

func (q *invd) Push(id uint32, band int) { q.q.TryPush(id, band) }
func (q *invd) Done(id uint32)           { q.q.Done(id) }
func (q *invd) Close()                   { q.cancel() }

func (q *invd) TryPop() (uint32, bool) {
	id, _, ok := q.q.TryPop()
	return id, ok
}

func (q *invd) Pop() (uint32, bool) {
	for {
		if id, _, ok := q.q.TryPop(); ok {
			return id, true
		}
		if q.q.Wait(q.ctx) != nil {
			return 0, false
		}
	}
}
