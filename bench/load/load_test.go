//go:build linux

package load

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func mustDial(t *testing.T, h http.HandlerFunc, conns int, paths ...string) *Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	requests := make([][]byte, len(paths))
	for i, path := range paths {
		requests[i] = fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path)
	}
	c, err := Dial(strings.TrimPrefix(server.URL, "http://"), conns, requests, http.StatusOK)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestABurstCountsEveryAnswerAndAsksInTurn(t *testing.T) {
	var asked [3]atomic.Int64
	c := mustDial(t, func(w http.ResponseWriter, r *http.Request) {
		asked[r.URL.Path[1]-'0'].Add(1)
		_, _ = w.Write([]byte(strings.Repeat("x", 100+int(asked[0].Load())%1000))) // a client that has gone needs none
	}, 4, "/0", "/1", "/2")
	b, err := c.BurstOf(3000)
	if err != nil {
		t.Fatal(err)
	}
	a, m, z := asked[0].Load(), asked[1].Load(), asked[2].Load()
	if got := int(a + m + z); got != b.Answers || got < 3000 {
		t.Errorf("the burst counts %d answers, the server %d; want as many, 3000 at least", b.Answers, got)
	}
	if a-z > 1 || a < m || m < z {
		t.Errorf("the paths were asked %d, %d, %d times; want them in turn", a, m, z)
	}
	if b.Took <= 0 || b.PerSecond() <= 0 {
		t.Errorf("it took %v, %v a second", b.Took, b.PerSecond())
	}
}

// All requests of 20 ms are due while the server answers the first, 40 ms long.
// None of them may look as if it had been answered at once.
func TestAStallIsChargedToEveryRequestItHeldBack(t *testing.T) {
	const stall, span = 40 * time.Millisecond, 20 * time.Millisecond
	var first atomic.Bool
	c := mustDial(t, func(http.ResponseWriter, *http.Request) {
		if !first.Swap(true) {
			<-time.After(stall)
		}
	}, 1, "/")
	l, err := c.Steady(1000, span, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(l) < 5 || l.At(0) < stall-span {
		t.Errorf("%d requests, the quickest took %v; want several, all at least %v", len(l), l.At(0), stall-span)
	}
}

func TestArrivalsKeepTheirRate(t *testing.T) {
	due := arrivals(20_000, time.Second, 7)
	if n := len(due); n < 19_000 || n > 21_000 {
		t.Errorf("%d arrivals in a second; want about 20,000", n)
	}
}

func TestAnAnswerIsCompleteAtItsLastByte(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nDate: today\r\nContent-Length: 5\r\nEtag: \"x\"\r\n\r\n"
	for _, tt := range []struct {
		name, answer string
		want         int
		fails        bool
	}{
		{"body", head + "12345", 200, false},
		{"no body", "HTTP/1.1 304 Not Modified\r\nEtag: \"x\"\r\n\r\n", 304, false},
		{"another status", head + "12345", 304, true},
		{"too much", head + "123456", 200, true},
		{"too large", "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", 200, true},
		{"no answer", "\r\n\r\n", 200, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := conn{buf: make([]byte, 1<<10)}
			var failed error
			for i := 0; i < len(tt.answer) && failed == nil; i++ { // byte by byte
				c.read += copy(c.buf[c.read:], tt.answer[i:i+1])
				done, err := c.complete(tt.want)
				if last := i == len(tt.answer)-1; done != last && err == nil && !tt.fails {
					t.Fatalf("complete after %d of %d bytes: %v", i+1, len(tt.answer), done)
				}
				failed = err
			}
			if (failed != nil) != tt.fails {
				t.Errorf("error %v; want one: %v", failed, tt.fails)
			}
		})
	}
}

func TestOnlyThisMachineIsAsked(t *testing.T) {
	if _, err := Dial("192.0.2.1:80", 1, [][]byte{nil}, 200); err == nil {
		t.Error("Dial of an address elsewhere succeeds; want an error")
	}
}
