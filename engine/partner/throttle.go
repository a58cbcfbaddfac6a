package partner

import (
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Bounds of how long the partner can make us hold.
const (
	minWait     = time.Second
	maxWait     = 5 * time.Minute
	defaultWait = time.Minute // a 429 that does not say
)

// resetSlack is added, before the bounds, to a wait that ends at an instant the
// partner named. Two clocks compared may be off by a little, and who comes early
// is refused again. A length of time needs none: it runs from the answer on.
const resetSlack = 250 * time.Millisecond

// maxThrottleBody is how much of a refusal's body is read.
const maxThrottleBody = 64 << 10

// sameDay is how far the partner's Date may be from our clock to be believed.
const sameDay = 24 * time.Hour

// throttle tells whether a 429, 403 or 503 is a rate limit, and how long to hold.
// A 429 always is; a 403 is when it has a rateLimitState or a Retry-After that
// can be read; a 503 when it has such a Retry-After. The wait is what the body's
// rateLimitState.reset says, else Retry-After, else the reset headers, else a
// minute; what cannot be read is passed over, and what can is clamped.
func throttle(status int, h http.Header, body []byte, now time.Time) (wait time.Duration, limited bool) {
	if date, err := http.ParseTime(h.Get("Date")); err == nil && date.Sub(now).Abs() <= sameDay {
		now = date // the reset is by the partner's clock
	}
	reset, hasState, hasReset := resetOf(body)
	after, hasAfter := retryAfter(h.Get("Retry-After"), now)
	switch status {
	case http.StatusForbidden:
		limited = hasState || hasAfter
	case http.StatusServiceUnavailable:
		limited = hasAfter
	default:
		limited = true
	}
	switch {
	case !limited:
		return 0, false
	case hasReset && status != http.StatusServiceUnavailable:
		return untilEpoch(reset, now), true
	case hasAfter:
		return after, true
	}
	for _, name := range []string{"X-RateLimit-Reset", "RateLimit-Reset", "X-Rate-Limit-Reset"} {
		if n, _, ok := parseWhole([]byte(strings.TrimSpace(h.Get(name)))); ok {
			if n < 1e9 { // the length of the wait; as an instant it would be before 2001
				return seconds(n), true
			}
			return untilEpoch(n, now), true
		}
	}
	return defaultWait, true
}

// resetOf finds rateLimitState.reset in a body and reads a number or a numeric
// string. A body that is cut off or no JSON has none: the cut may go through the
// number.
func resetOf(body []byte) (reset int64, hasState, hasReset bool) {
	var b struct {
		State *struct {
			Reset jsontext.Value `json:"reset"`
		} `json:"rateLimitState"`
	}
	if err := json.Unmarshal(body, &b); err != nil || b.State == nil {
		return 0, false, false
	}
	switch text := b.State.Reset; text.Kind() {
	case jsontext.KindNumber:
		reset, _, hasReset = parseWhole(text)
	case jsontext.KindString:
		reset, _, hasReset = parseWhole([]byte(strings.Trim(string(text), `" `)))
	}
	return reset, true, hasReset
}

// retryAfter reads seconds or any of the three forms of an HTTP date (RFC 9110,
// 10.2.3). A fraction of a second, which no RFC allows, counts as a whole one.
func retryAfter(value string, now time.Time) (time.Duration, bool) {
	value = strings.TrimSpace(value)
	if n, exact, ok := parseWhole([]byte(value)); ok {
		if !exact && n < maxWait.Milliseconds() {
			n++
		}
		return seconds(n), true
	}
	if at, err := http.ParseTime(value); err == nil {
		return until(at.UnixMilli(), now), true
	}
	return 0, false
}

// untilEpoch returns the wait until an instant in milliseconds since 1970, or in
// seconds where it has too few digits to be in milliseconds.
func untilEpoch(n int64, now time.Time) time.Duration {
	n = min(max(n, 0), 1e16) // the year 318857, far from any overflow
	if n < 1e11 {            // the year 5138 in seconds, 1973 in milliseconds
		n *= 1000
	}
	return until(n, now)
}

func until(ms int64, now time.Time) time.Duration {
	return milliseconds(ms - now.UnixMilli() + resetSlack.Milliseconds())
}

// seconds and milliseconds clamp before they multiply, so that nothing overflows.
func seconds(n int64) time.Duration {
	return milliseconds(1000 * min(max(n, 0), int64(maxWait/time.Second)))
}

func milliseconds(n int64) time.Duration {
	return time.Duration(min(max(n, minWait.Milliseconds()), maxWait.Milliseconds())) * time.Millisecond
}
