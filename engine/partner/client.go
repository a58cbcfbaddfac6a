package partner

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"invd/engine/inventory"
)

// What a client does when its options do not say.
const (
	defaultTimeout   = 10 * time.Second
	defaultMaxBody   = 8 << 20
	defaultUserAgent = "invd"
)

// Options are what a Client needs. Only BaseURL must be given.
type Options struct {
	BaseURL   *url.URL // http or https; requests go to {BaseURL}/inventory/{id}?date=YYYY-MM-DD
	Key       Secret   // sent as x-api-key
	Timeout   time.Duration
	MaxBody   int64             // of a good answer, decoded, in bytes; 0: 8 MiB
	Transport http.RoundTripper // nil: HTTP/1.1 with TLS 1.2 or newer and bounds on everything
	UserAgent string            // "": invd

	// Permit is asked for leave to send one more request, at once, after a
	// connection failed before any byte of the answer. It gets a child of Fetch's
	// context and runs in Fetch's goroutine, at most once a fetch. nil: never.
	Permit func(ctx context.Context) bool

	// Observe is told of every HTTP attempt when it has ended. It runs in Fetch's
	// goroutine. nil: nobody.
	Observe func(Attempt)
}

// An Attempt is one HTTP request and what became of it.
type Attempt struct {
	Outcome string        // one of Outcomes; "ok" says nothing yet about the body's content
	Took    time.Duration // to the last byte that was waited for
	Bytes   int64         // of the body, decoded, as far as it was read
	Status  int           // 0: no answer
}

// An Answer is a complete response of status 200.
type Answer struct {
	Key         inventory.Key
	Body        []byte    // decompressed, not looked into; not empty
	RequestedAt time.Time // when the request that was answered went out
	CheckedAt   time.Time // when the answer was complete
}

// A Client asks the partner. It is safe for concurrent use. Make one with New.
type Client struct {
	opts Options
	http *http.Client
}

// New returns a client.
func New(o Options) *Client {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.MaxBody <= 0 {
		o.MaxBody = defaultMaxBody
	}
	if o.UserAgent == "" {
		o.UserAgent = defaultUserAgent
	}
	if o.Transport == nil {
		o.Transport = newTransport(o.Timeout)
	}
	return &Client{opts: o, http: &http.Client{
		Transport: o.Transport,
		Timeout:   o.Timeout, // of one attempt, its body included
		// net/http would carry x-api-key along to whatever host a redirect names.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// CloseIdle closes the connections that are kept for the next request.
func (c *Client) CloseIdle() { c.http.CloseIdleConnections() }

// Fetch asks for one product on one date. It sends one request, or two where
// Options.Permit allows it, and takes at most Timeout for each. Any error is an
// *Error; when ctx ends first its kind is Canceled.
func (c *Client) Fetch(ctx context.Context, k inventory.Key) (Answer, error) {
	f := &fetch{Client: c, key: k}
	req, err := f.request(ctx)
	if err != nil {
		return Answer{}, f.fail(Refused, err)
	}
	// The retrying client is made anew for each fetch so that its hooks can keep
	// what belongs to this fetch.
	retrying := retryablehttp.Client{
		HTTPClient:   c.http,
		RetryMax:     1,
		CheckRetry:   f.again,
		Backoff:      f.pause,
		PrepareRetry: f.restart,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	f.begin()
	resp, err := retrying.Do(req)
	if err != nil {
		return Answer{}, f.end(nil, f.broken(ctx, err))
	}
	body, failure := f.receive(ctx, resp)
	if failure != nil {
		return Answer{}, f.end(resp, failure)
	}
	answer := Answer{Key: k, Body: body, RequestedAt: f.began, CheckedAt: time.Now()}
	_ = f.end(resp, nil)
	return answer, nil
}
