package sim_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"invd/engine/partner/sim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type dialer func(ctx context.Context, network, addr string) (net.Conn, error)

// serve runs h behind l and returns a client whose every connection is dialled,
// and the function that ends both.
func serve(l net.Listener, dial dialer, h http.Handler) (client *http.Client, stop func()) {
	srv := &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)}
	var wg sync.WaitGroup
	wg.Go(func() { _ = srv.Serve(l) })
	transport := &http.Transport{DialContext: dial, DisableCompression: true}
	client = &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return client, func() {
		transport.CloseIdleConnections()
		_ = srv.Close()
		wg.Wait()
	}
}

// pair returns both ends of a connection.
func pair(t *testing.T) (client, server net.Conn) {
	t.Helper()
	l, dial := sim.Listen()
	accepted := make(chan net.Conn, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			t.Error(err)
		}
		accepted <- c
	}()
	client, err := dial(t.Context(), "tcp", "partner:80")
	if err != nil {
		t.Fatal(err)
	}
	return client, <-accepted
}

func TestAClientsTimeoutFiresToTheSecondWhenThePartnerHangs(t *testing.T) {
	// Headers of a body of no bytes would be the whole answer, and the connection free for the next request.
	for _, faults := range [][]sim.Fault{{"hang"}, {"hang-after-headers"}, {"no-body", "hang-after-headers"}, {"drip"}, {"late"}} {
		synctest.Test(t, func(t *testing.T) {
			o := sim.Options{}
			if faults[0] == "late" {
				o.Latency = time.Hour
			}
			p := sim.New(o)
			for _, fault := range faults {
				mustInject(t, p, sim.Injection{Fault: fault})
			}
			l, dial := sim.Listen()
			client, stop := serve(l, dial, p)
			defer stop()
			client.Timeout = 10 * time.Second

			start := time.Now()
			resp, err := client.Get("http://partner/api/v1/inventory/15?date=2025-03-30")
			if err == nil {
				_, err = io.ReadAll(resp.Body)
				_ = resp.Body.Close()
			}
			if got := time.Since(start); got != 10*time.Second || !os.IsTimeout(err) {
				t.Errorf("%s: %v after %v, want a timeout after 10s", faults, err, got)
			}
			synctest.Wait() // the handler has seen the client go
			if got := time.Since(start); got != 10*time.Second {
				t.Errorf("%s: handler ended %v after the request, want 10s", faults, got)
			}
		})
	}
}

func TestAnswersWaitTheLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, dial := sim.Listen()
		client, stop := serve(l, dial, sim.New(sim.Options{Latency: 70 * time.Millisecond}))
		defer stop()
		start := time.Now()
		resp, err := client.Get("http://partner/api/v1/inventory/15?date=2025-03-30")
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if got := time.Since(start); got != 70*time.Millisecond {
			t.Errorf("answer after %v, want 70ms", got)
		}
	})
}

func TestJitterIsTheSameForTheSameSeed(t *testing.T) {
	delays := func(seed uint64) (ds []time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			p := sim.New(sim.Options{Seed: seed, Limit: -1, Latency: 50 * time.Millisecond, Jitter: 100 * time.Millisecond})
			for range 500 {
				start := time.Now()
				get(p, "/api/v1/inventory/15?date=2025-03-30", "")
				ds = append(ds, time.Since(start))
			}
		})
		return ds
	}
	a, b, other := delays(1), delays(1), delays(2)
	sum := time.Duration(0)
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("request %d took %v and then %v with one seed", i, a[i], b[i])
		}
		if a[i] < 50*time.Millisecond {
			t.Fatalf("request %d took %v, less than the fixed latency", i, a[i])
		}
		sum += a[i]
	}
	if mean := sum / 500; mean < 135*time.Millisecond || mean > 165*time.Millisecond {
		t.Errorf("mean latency %v, want about 150ms", mean)
	}
	if a[0] == other[0] && a[1] == other[1] {
		t.Error("two seeds have the same latencies")
	}
}

func TestWhatIsWrittenBeforeCloseIsRead(t *testing.T) {
	client, server := pair(t)
	defer server.Close()
	if _, err := client.Write([]byte("last words")); err != nil {
		t.Fatal(err)
	}
	_ = client.Close()
	got, err := io.ReadAll(server)
	if string(got) != "last words" || err != nil {
		t.Errorf("read %q, %v; want last words", got, err)
	}
	if _, err := server.Write([]byte("x")); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("write to a closed peer: %v, want %v", err, io.ErrClosedPipe)
	}
	if _, err := client.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("read after Close: %v, want %v", err, net.ErrClosed)
	}
	if _, err := client.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("write after Close: %v, want %v", err, net.ErrClosed)
	}
	if err := client.SetDeadline(time.Time{}); !errors.Is(err, net.ErrClosed) {
		t.Errorf("SetDeadline after Close: %v, want %v", err, net.ErrClosed)
	}
}

func TestABodyLargerThanTheBufferArrivesWhole(t *testing.T) {
	client, server := pair(t)
	want := make([]byte, 1<<20)
	for i := range want {
		want[i] = byte(i * 31 >> 3)
	}
	go func() {
		defer server.Close()
		for rest, n := want, 1; len(rest) > 0; n = n*7%4099 + 1 {
			n = min(n, len(rest))
			if _, err := server.Write(rest[:n]); err != nil {
				t.Error(err)
				return
			}
			rest = rest[n:]
		}
	}()
	got, err := io.ReadAll(client)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("read %d bytes, %v; want the %d that were written", len(got), err, len(want))
	}
	_ = client.Close()
}

func TestDeadlines(t *testing.T) {
	full := make([]byte, 1<<20) // more than a connection holds
	read := func(c net.Conn) error { _, err := c.Read(make([]byte, 1)); return err }
	write := func(c net.Conn) error { _, err := c.Write(full); return err }
	for _, tt := range []struct {
		name string
		set  func(c net.Conn, t time.Time) error
		do   func(c net.Conn) error
	}{
		{"read", net.Conn.SetReadDeadline, read},
		{"write", net.Conn.SetWriteDeadline, write},
		{"both, read", net.Conn.SetDeadline, read},
		{"both, write", net.Conn.SetDeadline, write},
	} {
		synctest.Test(t, func(t *testing.T) {
			client, server := pair(t)
			defer client.Close()
			defer server.Close()
			start := time.Now()
			expect := func(after time.Duration) {
				t.Helper()
				err := tt.do(client)
				if got := time.Since(start); !errors.Is(err, os.ErrDeadlineExceeded) || got != after {
					t.Errorf("%s: %v after %v, want a timeout after %v", tt.name, err, got, after)
				}
			}
			mustSet := func(at time.Time) {
				if err := tt.set(client, at); err != nil {
					t.Error(err)
				}
			}

			mustSet(start.Add(3 * time.Second))
			expect(3 * time.Second)
			expect(3 * time.Second) // once over it stays over

			mustSet(start.Add(5 * time.Second)) // moved, from outside, while waiting
			time.AfterFunc(time.Second, func() { mustSet(start.Add(9 * time.Second)) })
			expect(9 * time.Second)

			mustSet(time.Time{}) // taken away, then put in the past while waiting
			time.AfterFunc(time.Hour, func() { mustSet(time.Unix(1, 0)) })
			expect(9*time.Second + time.Hour)
		})
	}
}

func TestDialFailsWhenNobodyAccepts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, dial := sim.Listen()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := dial(ctx, "tcp", "partner:80"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("dial with nobody there: %v, want %v", err, context.DeadlineExceeded)
		}
		_ = l.Close()
		_ = l.Close()
		var opErr *net.OpError
		if _, err := dial(t.Context(), "tcp", "partner:80"); !errors.As(err, &opErr) || opErr.Op != "dial" {
			t.Errorf("dial after Close: %v, want a dial error", err)
		}
		if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Accept after Close: %v, want %v", err, net.ErrClosed)
		}
	})
}

func TestManyClientsAtOnce(t *testing.T) {
	p := sim.New(sim.Options{Products: sim.Catalogue(40), Limit: -1})
	l, dial := sim.Listen()
	client, stop := serve(l, dial, p)
	defer stop()
	at := time.Now()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 100 {
				product := int64(14 + (i*7+n)%40)
				resp, err := client.Get(fmt.Sprintf("http://partner/api/v1/inventory/%d?date=1999-01-03", product))
				if err != nil {
					t.Error(err)
					return
				}
				got, err := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				if want := p.Body(product, "1999-01-03", at); err != nil || !bytes.Equal(got, want) {
					t.Errorf("product %d: %d bytes, %v; want the %d of Body", product, len(got), err, len(want))
				}
			}
		})
	}
	wg.Wait()
	if got := p.Stats(); got.Requests != 800 || got.Fullest > 800 {
		t.Errorf("Stats() = %+v, want 800 requests", got)
	}
}
