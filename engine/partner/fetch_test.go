package partner_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"invd/engine/partner"
)

const apiKey = "canary-7f3a9c"

// A bench is a client whose attempts are written down.
type bench struct {
	*partner.Client
	attempts []partner.Attempt
}

func newBench(t testing.TB, base string, change func(*partner.Options)) *bench {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{}
	o := partner.Options{BaseURL: u, Key: partner.NewSecret(apiKey), Observe: func(a partner.Attempt) { b.attempts = append(b.attempts, a) }}
	if change != nil {
		change(&o)
	}
	b.Client = partner.New(o)
	t.Cleanup(b.CloseIdle)
	return b
}

// serving returns a bench on a server of handler.
func serving(t testing.TB, handler http.HandlerFunc, change func(*partner.Options)) *bench {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return newBench(t, server.URL+"/api/v1", change)
}

func (b *bench) wantAttempts(t *testing.T, want ...partner.Attempt) {
	t.Helper()
	if diff := cmp.Diff(want, b.attempts, cmpopts.IgnoreFields(partner.Attempt{}, "Took")); diff != "" {
		t.Errorf("attempts observed (-want +got):\n%s", diff)
	}
}

// mustFail fetches and returns the error, which must be of kind.
func (b *bench) mustFail(t *testing.T, ctx context.Context, kind partner.Kind) *partner.Error {
	t.Helper()
	answer, err := b.Fetch(ctx, asked)
	var failure *partner.Error
	if !errors.As(err, &failure) {
		t.Fatalf("Fetch = %+v, %v; want %v", answer, err, kind)
	}
	if failure.Kind != kind || failure.Key != asked {
		t.Errorf("Fetch failed with %v, want %v of %v", err, kind, asked)
	}
	return failure
}

func TestFetchAsksForOneProductOnOneDate(t *testing.T) {
	type request struct{ Method, URI, Key, Accept, Encoding, Agent, Length, Transfer string }
	var got request
	b := serving(t, func(w http.ResponseWriter, r *http.Request) {
		got = request{r.Method, r.RequestURI, r.Header.Get("x-api-key"), r.Header.Get("Accept"), r.Header.Get("Accept-Encoding"), r.UserAgent(),
			r.Header.Get("Content-Length"), strings.Join(r.TransferEncoding, ",")}
		_, _ = io.WriteString(w, "[]")
	}, func(o *partner.Options) { o.UserAgent = "invd/1.2" })
	before := time.Now()
	answer, err := b.Fetch(t.Context(), asked)
	after := time.Now()
	if err != nil {
		t.Fatal(err)
	}
	want := request{"GET", "/api/v1/inventory/14?date=2026-04-09", apiKey, "application/json", "gzip", "invd/1.2", "", ""}
	if got != want {
		t.Errorf("the partner saw %+v, want %+v", got, want)
	}
	if answer.Key != asked || string(answer.Body) != "[]" {
		t.Errorf("Fetch = %+v, want [] for %v", answer, asked)
	}
	times := []time.Time{before, answer.RequestedAt, answer.CheckedAt, after}
	for i := range times[1:] {
		if times[i+1].Before(times[i]) {
			t.Errorf("before, RequestedAt, CheckedAt, after = %v, want them in this order", times)
		}
	}
	b.wantAttempts(t, partner.Attempt{Outcome: "ok", Bytes: 2, Status: 200})
}

func TestFetchClassifiesAnswers(t *testing.T) {
	page := func(contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			_, _ = io.WriteString(w, body)
		}
	}
	status := func(code int, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(code)
		}
	}
	tests := []struct {
		name   string
		answer http.HandlerFunc
		want   partner.Kind
		status int
		wait   time.Duration
		breaks bool
	}{
		{"#4 empty body", status(200), partner.BadPayload, 200, 0, false},
		{"#5 HTML page", page("text/html; charset=utf-8", "<html>"), partner.BadPayload, 200, 0, false},
		{"#5 XHTML page", page("application/xhtml+xml", "<html/>"), partner.BadPayload, 200, 0, false},
		{"#7 announced as too large", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "8388609")
			w.WriteHeader(200)
		}, partner.TooLarge, 200, 0, false},
		{"#9 201", status(201), partner.BadPayload, 201, 0, false},
		{"#9 204", status(204), partner.BadPayload, 204, 0, false},
		{"#9 206", status(206), partner.BadPayload, 206, 0, false},
		{"#9 304", status(304), partner.BadPayload, 304, 0, false},
		{"#10 429", status(429, "Retry-After", "30"), partner.Throttled, 429, 30 * time.Second, false},
		{"#12 429 that says nothing", status(429), partner.Throttled, 429, time.Minute, false},
		{"#12 503 with Retry-After", status(503, "Retry-After", "30"), partner.Throttled, 503, 30 * time.Second, false},
		{"#15 401", status(401), partner.Unauthorized, 401, 0, false},
		{"#15 403", status(403), partner.Unauthorized, 403, 0, false},
		{"#16 403 as a rate limit", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(403)
			_, _ = io.WriteString(w, `{"rateLimitState":{"reset":0}}`)
		}, partner.Throttled, 403, time.Second, false},
		{"#17 404", status(404), partner.NotFound, 404, 0, false},
		{"#17 410", status(410), partner.NotFound, 410, 0, false},
		{"#18 400", status(400), partner.Refused, 400, 0, false},
		{"#18 408", status(408), partner.Refused, 408, 0, false},
		{"#18 451", status(451), partner.Refused, 451, 0, false},
		{"#19 500", status(500), partner.ServerError, 500, 0, true},
		{"#19 502 as a page", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(502)
			page("text/html", "<html>")(w, r)
		}, partner.ServerError, 502, 0, true},
		{"#19 503", status(503), partner.ServerError, 503, 0, true},
		{"#19 529", status(529, "Retry-After", "7"), partner.ServerError, 529, 0, true},
		{"#20 redirect to nowhere", status(302), partner.BadPayload, 302, 0, false},
		{"#20 300", status(300), partner.BadPayload, 300, 0, false},
		{"status 999", status(999), partner.BadPayload, 999, 0, false},
		{"an encoding not asked for", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			_, _ = io.WriteString(w, "[]")
		}, partner.BadPayload, 200, 0, false},
		{"gzip that is none", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, "[] is not ten bytes of gzip")
		}, partner.BadPayload, 200, 0, false},
		{"#6 cut off in the body", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `[{"startDate":`)
		}, partner.Transport, 200, 0, true},
		{"#6 cut off in a chunk", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `[{"startDate":`)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}, partner.Transport, 200, 0, true},
		{"headers of 1 MiB", status(200, "X-Large", strings.Repeat("x", 1<<20)), partner.Transport, 0, 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			asks := 0
			b := serving(t, func(w http.ResponseWriter, r *http.Request) { asks++; tt.answer(w, r) }, always)
			failure := b.mustFail(t, t.Context(), tt.want)
			if failure.Status != tt.status || failure.Wait != tt.wait || failure.Kind.Breaks() != tt.breaks {
				t.Errorf("status %d, wait %v, breaks %v; want %d, %v, %v", failure.Status, failure.Wait, failure.Kind.Breaks(), tt.status, tt.wait, tt.breaks)
			}
			if asks != 1 {
				t.Errorf("the partner was asked %d times, want once", asks)
			}
			if len(b.attempts) != 1 || b.attempts[0].Outcome != tt.want.String() || b.attempts[0].Status != tt.status {
				t.Errorf("attempts = %+v, want one %v of status %d", b.attempts, tt.want, tt.status)
			}
		})
	}
}

// always permits a retry, so that only the client's own rules prevent one.
func always(o *partner.Options) { o.Permit = func(context.Context) bool { return true } }

func TestFetchAfterAFailure(t *testing.T) { // #19
	down := true
	b := serving(t, func(w http.ResponseWriter, _ *http.Request) {
		if down {
			w.WriteHeader(500)
		}
		_, _ = io.WriteString(w, "[]")
	}, nil)
	b.mustFail(t, t.Context(), partner.ServerError)
	down = false
	if _, err := b.Fetch(t.Context(), asked); err != nil {
		t.Errorf("Fetch from a partner that is up again: %v", err)
	}
}

func TestContentTypeDoesNotMatterWhereItIsNoPage(t *testing.T) { // #4
	for _, contentType := range []string{"application/json", "application/json; charset=utf-8", "text/plain", "application/octet-stream", "", ";;;"} {
		b := serving(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{contentType}
			_, _ = io.WriteString(w, "{}")
		}, nil)
		if answer, err := b.Fetch(t.Context(), asked); err != nil || string(answer.Body) != "{}" {
			t.Errorf("Fetch of type %q = %q, %v; want the body", contentType, answer.Body, err)
		}
	}
}

func TestBodyUpToTheLimitIsRead(t *testing.T) { // #7
	const limit = 1000
	for size := limit - 1; size <= limit+1; size++ {
		b := serving(t, func(w http.ResponseWriter, _ *http.Request) {
			_ = http.NewResponseController(w).Flush() // no Content-Length
			_, _ = io.WriteString(w, strings.Repeat("x", size))
		}, func(o *partner.Options) { o.MaxBody = limit })
		answer, err := b.Fetch(t.Context(), asked)
		if large := size > limit; (err != nil) != large || !large && len(answer.Body) != size {
			t.Errorf("Fetch of %d bytes = %d bytes, %v; at most %d are allowed", size, len(answer.Body), err, limit)
		}
	}
}

func TestGzipIsDecompressed(t *testing.T) {
	b := serving(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(zipped(strings.NewReader("[ ]")))
	}, nil)
	if answer, err := b.Fetch(t.Context(), asked); err != nil || string(answer.Body) != "[ ]" {
		t.Errorf("Fetch = %q, %v; want [ ]", answer.Body, err)
	}
	b.wantAttempts(t, partner.Attempt{Outcome: "ok", Bytes: 3, Status: 200})
}

func TestGzipBombIsReadUpToTheLimit(t *testing.T) { // #8
	const limit = 10_000
	bomb := zipped(io.LimitReader(zeros{}, 4<<20))
	b := serving(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb)
	}, func(o *partner.Options) { o.MaxBody = limit })
	if len(bomb) > limit {
		t.Fatalf("the bomb has %d bytes, want no more than the limit", len(bomb))
	}
	b.mustFail(t, t.Context(), partner.TooLarge)
	if len(b.attempts) != 1 || b.attempts[0].Bytes > limit+1 {
		t.Errorf("attempts = %+v, want at most %d bytes decompressed", b.attempts, limit+1)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func zipped(r io.Reader) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.Copy(w, r)
	_ = w.Close()
	return b.Bytes()
}

func TestNoRedirectIsFollowed(t *testing.T) { // #20
	var leaked []string
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		leaked = append(leaked, r.Header.Get("x-api-key")+" "+r.RequestURI)
	}))
	defer other.Close()
	for _, code := range []int{301, 302, 303, 307, 308} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			asks := 0
			b := serving(t, func(w http.ResponseWriter, r *http.Request) {
				asks++
				http.Redirect(w, r, other.URL+r.RequestURI, code)
			}, always)
			failure := b.mustFail(t, t.Context(), partner.BadPayload)
			if failure.Status != code || asks != 1 {
				t.Errorf("status %d after %d requests, want %d after one", failure.Status, asks, code)
			}
		})
		t.Run(fmt.Sprint(code, " on the same host"), func(t *testing.T) {
			asks := 0
			b := serving(t, func(w http.ResponseWriter, r *http.Request) {
				asks++
				http.Redirect(w, r, "/elsewhere", code)
			}, always)
			if b.mustFail(t, t.Context(), partner.BadPayload); asks != 1 {
				t.Errorf("%d requests, want one", asks)
			}
		})
	}
	if len(leaked) > 0 {
		t.Errorf("the other host was asked %q, want nothing", leaked)
	}
}

func TestOutcomesAreAllKindsAndOK(t *testing.T) {
	want := []string{"ok", "throttled", "unauthorized", "not_found", "refused", "server_error", "timeout", "transport", "bad_payload", "too_large", "canceled"}
	if diff := cmp.Diff(want, partner.Outcomes()); diff != "" {
		t.Errorf("Outcomes() (-want +got):\n%s", diff)
	}
	var breaks []string
	for k := partner.Throttled; k <= partner.Canceled; k++ {
		if k.String() != want[k] {
			t.Errorf("Kind(%d) = %s, want %s", k, k, want[k])
		}
		if k.Breaks() {
			breaks = append(breaks, k.String())
		}
	}
	if diff := cmp.Diff([]string{"server_error", "timeout", "transport"}, breaks); diff != "" {
		t.Errorf("kinds that break (-want +got):\n%s", diff)
	}
}
