package partner_test

import (
	"bufio"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/partner"
)

// A trip is an http.RoundTripper.
type trip func(*http.Request) (*http.Response, error)

func (f trip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(body io.Reader) *http.Response {
	return &http.Response{StatusCode: 200, ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, ContentLength: -1, Body: io.NopCloser(body)}
}

func TestOnlyALostConnectionIsTriedAgain(t *testing.T) {
	read := func(err error) error { return &net.OpError{Op: "read", Net: "tcp", Err: err} }
	tests := []struct {
		name  string
		err   error
		again bool
		want  partner.Kind
	}{
		{"refused", &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}, true, partner.Transport},
		{"reset", read(syscall.ECONNRESET), true, partner.Transport},
		{"aborted", read(syscall.ECONNABORTED), true, partner.Transport},
		{"broken pipe", &net.OpError{Op: "write", Net: "tcp", Err: syscall.EPIPE}, true, partner.Transport},
		{"closed without an answer", io.EOF, true, partner.Transport},
		{"closed while idle", errors.New("http: server closed idle connection"), true, partner.Transport},
		{"closed in the headers", io.ErrUnexpectedEOF, false, partner.Transport},
		{"timeout", read(syscall.ETIMEDOUT), false, partner.Timeout},
		{"deadline", context.DeadlineExceeded, false, partner.Timeout},
		{"unknown host", &net.DNSError{Err: "no such host", Name: "partner.example", IsNotFound: true}, false, partner.Transport},
		{"slow name server", &net.DNSError{Err: "i/o timeout", Name: "partner.example", IsTimeout: true}, false, partner.Timeout},
		{"unreachable", &net.OpError{Op: "dial", Net: "tcp", Err: syscall.EHOSTUNREACH}, false, partner.Transport},
		{"unknown authority", x509.UnknownAuthorityError{}, false, partner.Transport},
		{"wrong host name", x509.HostnameError{Certificate: &x509.Certificate{}, Host: "partner.example"}, false, partner.Transport},
		{"no HTTP", errors.New("malformed HTTP response"), false, partner.Transport},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asks, permits := 0, 0
				b := newBench(t, "http://partner.example", func(o *partner.Options) {
					o.Transport = trip(func(*http.Request) (*http.Response, error) { asks++; return nil, tt.err })
					o.Permit = func(context.Context) bool { permits++; return true }
				})
				began := time.Now()
				failure := b.mustFail(t, t.Context(), tt.want)
				if want := map[bool]int{true: 2, false: 1}[tt.again]; asks != want || len(b.attempts) != want || permits != want-1 {
					t.Errorf("%d requests, %d observed, %d permits asked; want %d, %d, %d", asks, len(b.attempts), permits, want, want, want-1)
				}
				if !errors.Is(failure, tt.err) {
					t.Errorf("error %v does not unwrap to %v", failure, tt.err)
				}
				if took := time.Since(began); took > 100*time.Millisecond {
					t.Errorf("took %v in the bubble, want a pause of 100 ms at most", took)
				}
			})
		})
	}
}

func TestARetryThatSucceedsIsTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asks := 0
		began := time.Now()
		b := newBench(t, "http://partner.example", func(o *partner.Options) {
			always(o)
			o.Transport = trip(func(*http.Request) (*http.Response, error) {
				if asks++; asks == 1 {
					time.Sleep(time.Second)
					return nil, syscall.ECONNRESET
				}
				time.Sleep(2 * time.Second)
				return answer(strings.NewReader("[]")), nil
			})
		})
		got, err := b.Fetch(t.Context(), asked)
		if err != nil || string(got.Body) != "[]" {
			t.Fatalf("Fetch = %+v, %v; want []", got, err)
		}
		requested, took := got.RequestedAt.Sub(began), got.CheckedAt.Sub(got.RequestedAt)
		if requested <= time.Second || requested > 1100*time.Millisecond || took != 2*time.Second {
			t.Errorf("requested %v after the start, checked %v later; want the second request's: 1 s to 1.1 s, and 2 s", requested, took)
		}
		b.wantAttempts(t, partner.Attempt{Outcome: "transport"}, partner.Attempt{Outcome: "ok", Bytes: 2, Status: 200})
		if b.attempts[0].Took != time.Second || b.attempts[1].Took != 2*time.Second {
			t.Errorf("attempts took %v and %v, want 1 s and 2 s", b.attempts[0].Took, b.attempts[1].Took)
		}
	})
}

func TestNothingIsTriedAgainWithoutPermit(t *testing.T) {
	for name, permit := range map[string]func(context.Context) bool{"denied": func(context.Context) bool { return false }, "nil": nil} {
		t.Run(name, func(t *testing.T) {
			asks := 0
			b := newBench(t, "http://partner.example", func(o *partner.Options) {
				o.Transport = trip(func(*http.Request) (*http.Response, error) { asks++; return nil, syscall.ECONNRESET })
				o.Permit = permit
			})
			if b.mustFail(t, t.Context(), partner.Transport); asks != 1 {
				t.Errorf("%d requests, want one", asks)
			}
			b.wantAttempts(t, partner.Attempt{Outcome: "transport"})
		})
	}
}

func TestPermitSeesTheCallersContext(t *testing.T) {
	type mark struct{}
	var got any
	b := newBench(t, "http://partner.example", func(o *partner.Options) {
		o.Transport = trip(func(*http.Request) (*http.Response, error) { return nil, syscall.ECONNRESET })
		o.Permit = func(ctx context.Context) bool { got = ctx.Value(mark{}); return false }
	})
	b.mustFail(t, context.WithValue(t.Context(), mark{}, "attempt 7"), partner.Transport)
	if got != "attempt 7" {
		t.Errorf("Permit's context holds %v, want what Fetch's does", got)
	}
}

// hangup serves, on real connections, n good answers and then closes without a
// word. It returns how many requests it read so far.
func hangup(t *testing.T, good int) (base string, asks func() int) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{}, 100)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			for in := bufio.NewReader(c); ; {
				if _, err := http.ReadRequest(in); err != nil {
					break
				}
				read <- struct{}{}
				if good--; good < 0 {
					break
				}
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")
			}
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = listener.Close(); <-done })
	return "http://" + listener.Addr().String(), func() int { return len(read) }
}

// http.Transport sends a GET again by itself when a kept connection turns out to
// be closed. The partner counts that request and no permit paid for it.
func TestTheTransportSendsNothingOnItsOwn(t *testing.T) {
	base, asks := hangup(t, 1)
	b := newBench(t, base, nil)
	if _, err := b.Fetch(t.Context(), asked); err != nil {
		t.Fatal(err)
	}
	b.mustFail(t, t.Context(), partner.Transport)
	if asks() != 2 || len(b.attempts) != 2 {
		t.Errorf("the partner read %d requests, %d were observed; want 2", asks(), len(b.attempts))
	}
}

func TestAConnectionClosedWithoutAnAnswerIsTriedAgainOnce(t *testing.T) {
	base, asks := hangup(t, 1)
	b := newBench(t, base, always)
	if _, err := b.Fetch(t.Context(), asked); err != nil {
		t.Fatal(err)
	}
	b.mustFail(t, t.Context(), partner.Transport)
	if asks() != 3 || len(b.attempts) != 3 {
		t.Errorf("the partner read %d requests, %d were observed; want 3", asks(), len(b.attempts))
	}
}

func TestAnAnswerThatBeganIsNotTriedAgain(t *testing.T) {
	asks := 0
	b := newBench(t, "http://partner.example", func(o *partner.Options) {
		always(o)
		o.Transport = trip(func(r *http.Request) (*http.Response, error) {
			asks++
			httptrace.ContextClientTrace(r.Context()).GotFirstResponseByte()
			return nil, syscall.ECONNRESET // in the headers
		})
	})
	if b.mustFail(t, t.Context(), partner.Transport); asks != 1 {
		t.Errorf("%d requests, want one", asks)
	}
}

func TestCertificatesAreVerified(t *testing.T) {
	asks := 0
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asks++ }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	b := newBench(t, server.URL, func(o *partner.Options) {
		o.Permit = func(context.Context) bool { t.Error("a retry was asked for"); return false }
	})
	failure := b.mustFail(t, t.Context(), partner.Transport)
	var unknown x509.UnknownAuthorityError
	if !errors.As(failure, &unknown) || asks != 0 {
		t.Errorf("Fetch = %v after %d requests, want an unknown authority and none", failure, asks)
	}
}

func TestBaseURLMayEndInASlash(t *testing.T) {
	var got string
	b := newBench(t, "http://partner.example/api/v1/", func(o *partner.Options) {
		o.Transport = trip(func(r *http.Request) (*http.Response, error) {
			got = r.URL.String()
			return answer(strings.NewReader("[]")), nil
		})
	})
	if _, err := b.Fetch(t.Context(), asked); err != nil {
		t.Fatal(err)
	}
	if want := "http://partner.example/api/v1/inventory/14?date=2026-04-09"; got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
}
