package worker

import (
	"sync"
	"time"

	"invd/engine/inventory"
)

// noticeEvery is how often the log says of one product that the partner does not know
// it: each of its dates says so, sixty times a round.
const noticeEvery = time.Hour

// A notice decides which of many equal lines are logged.
type notice struct {
	mu   sync.Mutex
	last map[inventory.ProductID]time.Time
}

// due reports whether a product's line is to be logged at now.
func (n *notice) due(id inventory.ProductID, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if last, ok := n.last[id]; ok && now.Sub(last) < noticeEvery {
		return false
	}
	if n.last == nil {
		n.last = map[inventory.ProductID]time.Time{}
	}
	n.last[id] = now
	return true
}
