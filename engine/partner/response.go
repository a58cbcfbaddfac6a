package partner

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"
)

// receive reads resp to its end where that is of use, and closes it. Body or
// failure, never both.
func (f *fetch) receive(ctx context.Context, resp *http.Response) ([]byte, *Error) {
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, f.refusal(resp)
	}
	if reason := unusable(resp); reason != "" {
		return nil, f.statusError(BadPayload, resp, reason)
	}
	if resp.ContentLength > f.opts.MaxBody {
		return nil, f.statusError(TooLarge, resp, fmt.Sprintf("body of %d bytes, at most %d are read", resp.ContentLength, f.opts.MaxBody))
	}
	body, err := f.read(resp, f.opts.MaxBody+1)
	switch {
	case err != nil:
		failure := f.broken(ctx, err)
		failure.Status = resp.StatusCode
		return nil, failure
	case int64(len(body)) > f.opts.MaxBody:
		return nil, f.statusError(TooLarge, resp, fmt.Sprintf("body of more than %d bytes", f.opts.MaxBody))
	case len(body) == 0:
		return nil, f.statusError(BadPayload, resp, "no body")
	}
	return body, nil
}

// read reads at most limit bytes of what the transport has decompressed.
func (f *fetch) read(resp *http.Response, limit int64) ([]byte, error) {
	var b bytes.Buffer
	if n := resp.ContentLength; n > 0 {
		b.Grow(int(min(n, limit)) + bytes.MinRead) // the whole in one go
	}
	n, err := b.ReadFrom(io.LimitReader(resp.Body, limit))
	f.bytes = n
	return b.Bytes(), err
}

// unusable tells why a 200 cannot be availability, "" when it can. A missing or
// odd content type is no reason; the page that a proxy shows is.
func unusable(resp *http.Response) string {
	if e := resp.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		return "encoding that was not asked for"
	}
	switch media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); media {
	case "text/html", "application/xhtml+xml":
		return "a web page"
	}
	return ""
}

// refusal classifies a status other than 200. Its body is read only where it may
// say how long to wait; the others' cost a connection instead of time.
func (f *fetch) refusal(resp *http.Response) *Error {
	switch s := resp.StatusCode; {
	case s == http.StatusTooManyRequests, s == http.StatusForbidden, s == http.StatusServiceUnavailable:
		var body []byte
		if s != http.StatusServiceUnavailable {
			body, _ = f.read(resp, maxThrottleBody) // as far as it came
		}
		wait, limited := throttle(s, resp.Header, body, time.Now())
		switch {
		case limited:
			e := f.statusError(Throttled, resp, "hold "+wait.String())
			e.Wait = wait
			return e
		case s == http.StatusForbidden:
			return f.statusError(Unauthorized, resp, "")
		}
		return f.statusError(ServerError, resp, "")
	case s == http.StatusUnauthorized:
		return f.statusError(Unauthorized, resp, "")
	case s == http.StatusNotFound, s == http.StatusGone:
		return f.statusError(NotFound, resp, "")
	case s >= 400 && s <= 499:
		return f.statusError(Refused, resp, "")
	case s >= 500 && s <= 599:
		return f.statusError(ServerError, resp, "")
	case s == http.StatusNotModified:
		return f.statusError(BadPayload, resp, "not modified, but nothing was said to be known")
	case s >= 300 && s <= 399:
		return f.statusError(BadPayload, resp, "redirect not followed")
	}
	return f.statusError(BadPayload, resp, "not an answer")
}

func (f *fetch) statusError(kind Kind, resp *http.Response, reason string) *Error {
	msg := fmt.Sprintf("status %d", resp.StatusCode)
	if reason != "" {
		msg += ", " + reason
	}
	return &Error{Kind: kind, Key: f.key, Status: resp.StatusCode, Msg: msg}
}

// corrupt reports whether err is of bytes that are not gzip although they came
// as it.
func corrupt(err error) bool {
	var deflate flate.CorruptInputError
	return errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.As(err, &deflate)
}
