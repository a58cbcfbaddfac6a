package httpapi

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// A pipeListener accepts connections that are made in memory, so that a bubble
// sees all that happens.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func newPipeListener() *pipeListener {
	return &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *pipeListener) dial() net.Conn {
	ours, theirs := net.Pipe()
	l.conns <- theirs
	return ours
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { close(l.closed); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

func serveInBubble(t *testing.T, h http.Handler, test func(t *testing.T, l *pipeListener)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l, s := newPipeListener(), NewServer(h, nil)
		ended := make(chan error, 1)
		go func() { ended <- s.Serve(l) }()
		test(t, l)
		if err := s.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("Serve = %v; want ErrServerClosed", err)
		}
	})
}

// Row A1 of the fault list.
func TestSlowClientsAreCutOff(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = w.Write(make([]byte, 1<<20))
	})
	for _, tt := range []struct {
		name, sends string
		head        bool          // an answer is read
		sleeps      time.Duration // before reading on
		within      time.Duration // the connection is closed
	}{
		{"nothing is sent", "", false, 0, 5 * time.Second},
		{"half a header", "GET / HTTP/1.1\r\nHost: x\r\nA: ", false, 0, 5 * time.Second},
		{"half a body", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345", false, 0, 15 * time.Second},
		{"the answer is not read", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", false, 16 * time.Second, 16 * time.Second},
		{"idle after an answer", "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", true, 0, 60 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			serveInBubble(t, h, func(t *testing.T, l *pipeListener) {
				c := l.dial()
				defer c.Close()
				began := time.Now()
				if _, err := io.WriteString(c, tt.sends); err != nil {
					t.Fatal(err)
				}
				if tt.head {
					if _, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: "HEAD"}); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(tt.sleeps)
				_, _ = io.Copy(io.Discard, c) // until the server closes
				if took := time.Since(began); took > tt.within {
					t.Errorf("the connection lived for %v; want at most %v", took, tt.within)
				}
			})
		})
	}
}

func TestAHandlerMayMoveItsDeadlineThroughTheGuard(t *testing.T) {
	g := newGuard(nil, nil)
	profile := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(2 * time.Minute)); err != nil {
			t.Error(err)
		}
		select {
		case <-r.Context().Done():
			t.Error("the request was canceled")
		case <-time.After(time.Minute):
		}
		_, _ = io.WriteString(w, "profile")
	})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { g.serve(profile, w, r) })
	serveInBubble(t, h, func(t *testing.T, l *pipeListener) {
		c := l.dial()
		defer c.Close()
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(res.Body); err != nil || string(body) != "profile" {
			t.Errorf("got %q, %v; want the profile", body, err)
		}
	})
}
