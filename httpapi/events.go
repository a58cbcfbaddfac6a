package httpapi

import (
	"sync"

	"invd/engine/report"
)

// Bounds on who watches.
const (
	mostWatchers = 32  // at once
	backlog      = 256 // events that a watcher may be behind by; one more and it is dropped
)

// Events hands what happens to those who watch it on the admin listener. Make one
// with NewEvents; it outlives reloads. Any goroutine may call it.
type Events struct {
	budget func() report.Budget
	source func() report.Source

	mu       sync.Mutex
	watchers map[watcher]struct{} // nil: closed
}

// A watcher is one stream's events. It is closed when the stream is to end.
type watcher chan report.Event

// NewEvents makes a hub. Each stream asks budget and source once a second; they must
// be quick, and may be called by any goroutine.
func NewEvents(budget func() report.Budget, source func() report.Source) *Events {
	return &Events{budget: budget, source: source, watchers: map[watcher]struct{}{}}
}

// Tell hands e to everybody who watches. It never waits: whoever is backlog events
// behind is dropped, and may come back.
func (h *Events) Tell(e report.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.watchers {
		select {
		case w <- e:
		default:
			delete(h.watchers, w)
			close(w)
		}
	}
}

// Close ends every stream, and every later one at once: a server waits for its
// handlers when it shuts down.
func (h *Events) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.watchers {
		close(w)
	}
	h.watchers = nil
}

// watch adds a watcher, unless there are too many or the hub is closed.
func (h *Events) watch() (watcher, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.watchers == nil || len(h.watchers) >= mostWatchers {
		return nil, false
	}
	w := make(watcher, backlog)
	h.watchers[w] = struct{}{}
	return w, true
}

// leave takes a watcher out that has gone, if it was not dropped before.
func (h *Events) leave(w watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.watchers, w)
}
