package simulation

import (
	"bytes"
	"io"
	"net/http"
	"time"

	"github.com/cespare/xxhash/v2"
)

// A transport is the network: it calls the partner's handler. How long an answer
// takes follows from what is asked and when, and not from what else goes on, so
// that two runs are alike.
type transport struct {
	partner http.Handler
	latency time.Duration
}

// RoundTrip answers after half to one and a half times the latency.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	var hash xxhash.Digest
	hash.ResetWithSeed(uint64(time.Now().UnixNano()))
	_, _ = hash.WriteString(r.URL.RequestURI())
	share := float64(hash.Sum64()>>11) / (1 << 53)

	w := response{header: http.Header{}}
	t.partner.ServeHTTP(&w, r)
	wait := time.NewTimer(time.Duration((0.5 + share) * float64(t.latency)))
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	return &http.Response{
		StatusCode: w.status, Header: w.header, ContentLength: int64(w.body.Len()), Body: io.NopCloser(&w.body),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
	}, nil
}

// A response is what a handler wrote.
type response struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *response) Header() http.Header         { return r.header }
func (r *response) WriteHeader(status int)      { r.status = status }
func (r *response) Write(b []byte) (int, error) { return r.body.Write(b) }
