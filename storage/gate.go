package storage

import (
	"sync"

	"invd/engine/inventory"
)

// A gate lets one writer of a key in at a time. Sync and Confirm decide from what
// is stored before they go to the committer; within the gate that cannot change
// under them.
type gate struct {
	mu   sync.Mutex
	busy map[inventory.Key]chan struct{} // closed when its writer leaves; nil while nobody waits for that
}

func newGate() gate { return gate{busy: map[inventory.Key]chan struct{}{}} }

func (g *gate) enter(k inventory.Key) {
	for {
		g.mu.Lock()
		before, taken := g.busy[k]
		if !taken {
			g.busy[k] = nil
			g.mu.Unlock()
			return
		}
		if before == nil {
			before = make(chan struct{})
			g.busy[k] = before
		}
		g.mu.Unlock()
		<-before
	}
}

func (g *gate) leave(k inventory.Key) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if awaited := g.busy[k]; awaited != nil {
		close(awaited)
	}
	delete(g.busy, k)
}
