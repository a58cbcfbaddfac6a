package partner

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"invd/engine/backoff"
	"invd/engine/inventory"
)

// reconnect is the wait before a failed connection is tried again at once. It
// only keeps several workers from knocking in step.
var reconnect = backoff.Policy{Base: 100 * time.Millisecond, Cap: time.Second}

// A fetch is one call of Fetch: its HTTP attempts, of which one runs at a time.
type fetch struct {
	*Client
	key inventory.Key

	began    time.Time   // when the latest attempt went out
	running  bool        // it has not been observed yet
	bytes    int64       // of its body
	asked    bool        // Permit was
	answered atomic.Bool // a byte of an answer came; set by the transport's goroutine
}

func (f *fetch) request(ctx context.Context) (*retryablehttp.Request, error) {
	target := f.opts.BaseURL.JoinPath("inventory", f.key.Product.String())
	target.RawQuery = "date=" + f.key.Date.String()
	target.Fragment = ""
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotFirstResponseByte: func() { f.answered.Store(true) },
	})
	req, err := retryablehttp.NewRequestWithContext(traced, http.MethodGet, target.String(), nil)
	if err != nil {
		return nil, err
	}
	// Accept-Encoding is the transport's to set, for then it also decompresses.
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", f.opts.UserAgent)
	req.Header.Set("x-api-key", f.opts.Key.reveal())
	req.Body, req.GetBody = unrepeatable{}, nil
	return req, nil
}

// An unrepeatable is an empty body that cannot be rewound. With it, and without a
// GetBody, net/http does not take the GET for one it may repeat; else a kept
// connection that turns out to be closed makes http.Transport send it again: one
// more request at the partner, which no permit paid for.
type unrepeatable struct{}

func (unrepeatable) Read([]byte) (int, error) { return 0, io.EOF }
func (unrepeatable) Close() error             { return nil }

func (f *fetch) begin() { f.began, f.running = time.Now(), true }

// again is retryablehttp's CheckRetry. It also runs after the last attempt, when
// its answer changes nothing, hence asked.
func (f *fetch) again(ctx context.Context, _ *http.Response, err error) (bool, error) {
	if err == nil || f.asked || f.opts.Permit == nil || f.answered.Load() || ctx.Err() != nil || !lost(err) {
		return false, nil
	}
	f.asked = true
	failure := f.broken(ctx, err)
	if !f.opts.Permit(ctx) {
		return false, nil
	}
	_ = f.end(nil, failure) // of this attempt; the next is observed on its own
	return true, nil
}

func (f *fetch) pause(_, _ time.Duration, _ int, _ *http.Response) time.Duration {
	return reconnect.Wait(1, rand.Int64N)
}

func (f *fetch) restart(*http.Request) error {
	f.begin()
	return nil
}

// lost reports whether err is of a connection that could not be made or broke, so
// that another may do better right now. A timeout has used its time up, and a
// certificate or a host name will not be better in a moment.
func lost(err error) bool {
	for _, cause := range []error{syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE, io.EOF} {
		if errors.Is(err, cause) {
			return true
		}
	}
	return strings.HasSuffix(err.Error(), "server closed idle connection") // net/http does not export it
}

// broken classifies an attempt that ended without a complete answer.
func (f *fetch) broken(ctx context.Context, err error) *Error {
	var inURL *url.Error
	if errors.As(err, &inURL) {
		err = inURL.Err // the key says what was asked
	}
	var timeout net.Error
	switch {
	case ctx.Err() != nil:
		return f.fail(Canceled, ctx.Err())
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return f.fail(Timeout, err)
	case corrupt(err):
		return f.fail(BadPayload, err)
	}
	return f.fail(Transport, err)
}

// fail makes err the failure of the fetch, without the API key.
func (f *fetch) fail(kind Kind, err error) *Error {
	err = f.opts.Key.scrub(err)
	return &Error{Kind: kind, Key: f.key, Msg: shorten(err.Error()), err: err}
}

// end reports the running attempt and returns its failure as an error.
func (f *fetch) end(resp *http.Response, failure *Error) error {
	a := Attempt{Outcome: outcomeOK, Took: time.Since(f.began), Bytes: f.bytes}
	if resp != nil {
		a.Status = resp.StatusCode
	}
	if failure != nil {
		a.Outcome = failure.Kind.String()
	}
	if f.running && f.opts.Observe != nil { // not running: ended before it began
		f.opts.Observe(a)
	}
	f.running = false
	if failure == nil {
		return nil
	}
	return failure
}
