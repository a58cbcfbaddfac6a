package httpapi

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/report"
)

// A streamed is an admin listener with a hub, in a bubble.
type streamed struct {
	*Events
	t      *testing.T
	source atomic.Pointer[report.Source]
	client *http.Client
}

// inStream runs test against a real server, deadlines and all.
func inStream(t *testing.T, test func(t *testing.T, s *streamed)) {
	t.Helper()
	s := new(streamed)
	s.source.Store(&report.Source{State: "open"})
	s.Events = NewEvents(func() report.Budget { return report.Budget{Key: "partner"} }, func() report.Source { return *s.source.Load() })
	h := Trusted(NewAdmin(AdminOptions{Controller: new(fakeController), Metrics: http.NotFoundHandler(), Events: s.Events}))
	serveInBubble(t, h, func(t *testing.T, l *pipeListener) {
		s.t = t
		s.client = &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return l.dial(), nil }}}
		test(t, s)
		s.Close()
		s.client.CloseIdleConnections()
	})
}

// open begins a stream. Close its body when done.
func (s *streamed) open() *http.Response {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, "http://localhost/api/v1/events", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp
}

// next returns the kind and the data of the next event, leaving out those kinds.
func next(t *testing.T, r *bufio.Reader, but ...string) (kind, data string) {
	t.Helper()
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("stream ended: %v", err)
		}
		if k, ok := strings.CutPrefix(line, "event: "); ok {
			kind = strings.TrimSpace(k)
		}
		if d, ok := strings.CutPrefix(line, "data: "); ok && !strings.Contains(strings.Join(but, " "), kind) {
			return kind, strings.TrimSpace(d)
		}
	}
}

func TestAStreamBeginsWithTheStateAndTellsWhatHappens(t *testing.T) {
	inStream(t, func(t *testing.T, s *streamed) {
		resp := s.open()
		defer resp.Body.Close()
		if got := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || got != "text/event-stream; charset=utf-8" {
			t.Fatalf("%s, %q; want 200, an event stream", resp.Status, got)
		}
		r := bufio.NewReader(resp.Body)
		for _, want := range []string{"source", "budget"} {
			if kind, data := next(t, r); kind != want || !json.Valid([]byte(data)) {
				t.Errorf("first comes %s %s; want %s", kind, data, want)
			}
		}
		s.Tell(report.Event{Kind: report.EventJob, Data: report.JobEnd{ID: 7, Error: "two\nlines \xff"}})
		kind, data := next(t, r, "budget")
		var end report.JobEnd
		if err := json.Unmarshal([]byte(data), &end); err != nil || kind != "job" || end.ID != 7 || end.Error != "two\nlines \ufffd" {
			t.Errorf("got %s %s, %v; want job 7 and its error", kind, data, err)
		}
		began := time.Now()
		for range 40 { // for longer than any of the server's deadlines
			if kind, _ := next(t, r); kind != "budget" {
				t.Errorf("got %s; want the budget", kind)
			}
		}
		if took := time.Since(began).Round(time.Second); took != 40*time.Second {
			t.Errorf("40 reports of the budget took %s; want one a second", took)
		}
		s.source.Store(&report.Source{State: "held", Reason: "429"})
		if kind, data := next(t, r, "budget"); kind != "source" || !strings.Contains(data, `"held"`) {
			t.Errorf("got %s %s; want the source, held", kind, data)
		}
		s.source.Store(&report.Source{State: "held", Reason: "429", LastSuccess: time.Now()})
		next(t, r)
		if kind, _ := next(t, r); kind != "budget" {
			t.Errorf("got %s though nothing about the source changed but its last answer", kind)
		}
	})
}

func TestNobodyWaitsForASlowWatcher(t *testing.T) {
	inStream(t, func(t *testing.T, s *streamed) {
		slow, quick := s.open(), s.open()
		defer slow.Body.Close()
		defer quick.Body.Close()
		r := bufio.NewReader(quick.Body)
		for i := range 4 * backlog {
			s.Tell(report.Event{Kind: report.EventJob, Data: report.JobEnd{ID: uint64(i)}}) // returns, or the bubble is stuck
			if kind, data := next(t, r, "budget", "source"); kind != "job" || !strings.Contains(data, fmt.Sprintf(`"id":%d,`, i)) {
				t.Fatalf("the quick one got %s %s; want job %d", kind, data, i)
			}
		}
		s.mu.Lock()
		n := len(s.watchers)
		s.mu.Unlock()
		if n != 1 {
			t.Errorf("%d watch after one read nothing for %d events; want 1", n, 4*backlog)
		}
	})
}

func TestAWatcherThatReadsNothingIsCutOff(t *testing.T) {
	inStream(t, func(t *testing.T, s *streamed) {
		resp := s.open()
		defer resp.Body.Close()
		time.Sleep(time.Minute) // the pipe has no buffer: the first event is not taken
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.watchers) != 0 {
			t.Errorf("%d watch after a minute without reading; want none", len(s.watchers))
		}
	})
}

func TestOnlySoManyWatchAndTheEndIsTold(t *testing.T) {
	inStream(t, func(t *testing.T, s *streamed) {
		var all []*http.Response
		for range mostWatchers {
			resp := s.open()
			defer resp.Body.Close()
			all = append(all, resp)
		}
		resp := s.open()
		defer resp.Body.Close()
		if resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" {
			t.Errorf("watcher %d got %s, Retry-After %q; want 503 and when to come back", mostWatchers+1, resp.Status, resp.Header.Get("Retry-After"))
		}
		_ = all[0].Body.Close()
		time.Sleep(2 * time.Second) // until its next event finds out
		again := s.open()
		defer again.Body.Close()
		if again.StatusCode != 200 {
			t.Errorf("after one left: %s; want 200", again.Status)
		}
		s.Close()
		synctest.Wait()
		if w, ok := s.watch(); ok {
			t.Errorf("watch after Close = %v; want none", w)
		}
		s.Tell(report.Event{}) // to nobody
	})
}
