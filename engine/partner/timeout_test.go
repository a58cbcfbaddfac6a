package partner_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/partner"
)

// A drip is a body of one byte a second, until ctx is done.
type drip struct{ ctx context.Context }

func (d drip) Read(p []byte) (int, error) {
	select {
	case <-time.After(time.Second):
		p[0] = '['
		return 1, nil
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	}
}

func silent(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func dripping(r *http.Request) (*http.Response, error) { return answer(drip{r.Context()}), nil }

func refusing(r *http.Request) (*http.Response, error) {
	resp := answer(drip{r.Context()})
	resp.StatusCode = http.StatusTooManyRequests
	resp.Header.Set("Retry-After", "30")
	return resp, nil
}

func TestAnAttemptEndsAtItsTimeout(t *testing.T) { // #21
	tests := []struct {
		name   string
		trip   trip
		want   partner.Kind
		status int
		bytes  int64
	}{
		{"no answer", silent, partner.Timeout, 0, 0},
		{"slow drip", dripping, partner.Timeout, 200, 9},
		{"slow drip behind a 429", refusing, partner.Throttled, 429, 9},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, "http://partner.example", func(o *partner.Options) {
					always(o)
					o.Timeout = 9500 * time.Millisecond
					o.Transport = tt.trip
				})
				began := time.Now()
				failure := b.mustFail(t, t.Context(), tt.want)
				if took := time.Since(began); took != 9500*time.Millisecond || failure.Status != tt.status {
					t.Errorf("status %d after %v, want %d after 9.5 s", failure.Status, took, tt.status)
				}
				b.wantAttempts(t, partner.Attempt{Outcome: tt.want.String(), Bytes: tt.bytes, Status: tt.status})
			})
		})
	}
}

func TestTheCallersContextEndsAFetchAndNobodyFailed(t *testing.T) {
	contexts := map[string]func(context.Context) (context.Context, context.CancelFunc){
		"canceled": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(2500*time.Millisecond, cancel)
			return ctx, cancel
		},
		"deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 2500*time.Millisecond)
		},
	}
	for how, end := range contexts {
		for where, tt := range map[string]trip{"before the answer": silent, "in the body": dripping} {
			t.Run(how+" "+where, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newBench(t, "http://partner.example", func(o *partner.Options) { always(o); o.Transport = tt })
					ctx, cancel := end(t.Context())
					defer cancel()
					began := time.Now()
					failure := b.mustFail(t, ctx, partner.Canceled)
					if took := time.Since(began); took != 2500*time.Millisecond {
						t.Errorf("Fetch returned after %v, want 2.5 s", took)
					}
					if !errors.Is(failure, ctx.Err()) || len(b.attempts) != 1 || b.attempts[0].Outcome != "canceled" {
						t.Errorf("error %v, attempts %+v; want %v and one canceled", failure, b.attempts, ctx.Err())
					}
				})
			})
		}
	}
}

func TestACanceledFetchIsNotTriedAgain(t *testing.T) {
	t.Run("before the request", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		b := newBench(t, "http://partner.example", func(o *partner.Options) {
			always(o)
			o.Transport = trip(func(r *http.Request) (*http.Response, error) { return nil, r.Context().Err() })
		})
		b.mustFail(t, ctx, partner.Canceled)
	})
	t.Run("in the pause before the retry", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		b := newBench(t, "http://partner.example", func(o *partner.Options) {
			o.Transport = trip(func(*http.Request) (*http.Response, error) { return nil, syscall.ECONNREFUSED })
			o.Permit = func(context.Context) bool { cancel(); return true }
		})
		b.mustFail(t, ctx, partner.Canceled)
		b.wantAttempts(t, partner.Attempt{Outcome: "transport"})
	})
}

// Whatever its end, a fetch closes the body: else the connection is lost for good.
func TestEveryBodyIsClosed(t *testing.T) {
	for _, status := range []int{200, 204, 302, 401, 403, 404, 429, 500, 503} {
		closed := false
		b := newBench(t, "http://partner.example", func(o *partner.Options) {
			o.MaxBody = 3
			o.Transport = trip(func(*http.Request) (*http.Response, error) {
				resp := answer(nil)
				resp.StatusCode = status
				resp.Body = &closing{strings.NewReader("[ 1 ]"), &closed}
				return resp, nil
			})
		})
		_, err := b.Fetch(t.Context(), asked)
		if err == nil || !closed {
			t.Errorf("Fetch of a %d = %v, body closed %v; want an error and true", status, err, closed)
		}
	}
}

type closing struct {
	io.Reader
	closed *bool
}

func (c *closing) Close() error { *c.closed = true; return nil }
