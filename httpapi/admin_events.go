package httpapi

import (
	"net/http"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/julienschmidt/httprouter"

	"invd/engine/report"
)

// How a stream keeps time.
const (
	pulse        = time.Second      // between two reports of the budget
	streamWrite  = 10 * time.Second // longest that a client may take over one event
	streamOpened = "retry: 2000\n\n"
)

// stream answers /api/v1/events with events as they happen (WHATWG HTML, 9.2
// Server-sent events). It begins with the budget and the source as they are. What
// was missed is not sent again: a client that comes back looks at the status first.
//
// The budget, once a second, is also the heartbeat that finds out who has gone.
func (a *admin) stream(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	watched, ok := a.events.watch()
	if !ok {
		w.Header().Set("Retry-After", "10")
		writeError(w, http.StatusServiceUnavailable, "too many watch already, or the daemon is stopping")
		return
	}
	defer a.events.leave(watched)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no") // a proxy in front passes events on at once
	h["X-Content-Type-Options"] = nosniff
	h["Cache-Control"] = noStore
	s := &eventStream{w: w, control: http.NewResponseController(w)}
	s.write([]byte(streamOpened))
	if r.Method == http.MethodHead {
		return
	}
	source := a.events.source()
	s.send(report.Event{Kind: report.EventSource, Data: source})
	s.send(report.Event{Kind: report.EventBudget, Data: a.events.budget()})
	beat := time.NewTicker(pulse)
	defer beat.Stop()
	for s.err == nil {
		select {
		case e, ok := <-watched:
			if !ok {
				return // too slow, or the daemon is stopping
			}
			s.send(e)
		case <-beat.C:
			if now := a.events.source(); !sameSource(now, source) {
				source = now
				s.send(report.Event{Kind: report.EventSource, Data: source})
			}
			s.send(report.Event{Kind: report.EventBudget, Data: a.events.budget()})
		case <-r.Context().Done():
			return
		}
	}
}

// sameSource reports whether nothing about the source changed that somebody would
// act on: when it last answered changes all the time.
func sameSource(a, b report.Source) bool {
	a.LastSuccess, b.LastSuccess = time.Time{}, time.Time{}
	return a == b
}

// An eventStream writes events. After the first error it writes nothing.
type eventStream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	buf     []byte
	err     error
}

func (s *eventStream) send(e report.Event) {
	data, err := json.Marshal(e.Data, jsontext.AllowInvalidUTF8(true)) // one line: JSON escapes line breaks
	if err != nil {
		s.err = err
		return
	}
	s.buf = append(append(append(s.buf[:0], "event: "...), e.Kind...), "\ndata: "...)
	s.write(append(append(s.buf, data...), "\n\n"...))
}

// write moves the server's deadline, which is meant for answers that end.
func (s *eventStream) write(b []byte) {
	if s.err != nil {
		return
	}
	_ = s.control.SetWriteDeadline(time.Now().Add(streamWrite)) // a writer without one has none to move
	if _, s.err = s.w.Write(b); s.err == nil {
		s.err = s.control.Flush()
	}
}
