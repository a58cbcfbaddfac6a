package partner

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"testing"
	"time"
)

// noon is our clock in these tests.
var noon = time.Date(2026, 4, 9, 12, 0, 0, 0, time.UTC)

func reset(at time.Time) string {
	return fmt.Sprintf(`{"rateLimitState":{"success":false,"limit":30,"remaining":0,"reset":%d,"pending":0}}`, at.UnixMilli())
}

func TestThrottleWait(t *testing.T) {
	const s, unlimited = time.Second, -1
	in40 := noon.Add(40 * s)
	limit := func(value string) string { return `{"rateLimitState":{"reset":` + value + `}}` }
	type headers map[string]string
	tests := []struct {
		name    string
		status  int
		headers headers
		body    string
		want    time.Duration // unlimited: not a rate limit
	}{
		{"#10 reset in 40 s", 429, nil, reset(in40), 40*s + resetSlack},
		{"#10 reset before Retry-After", 429, headers{"Retry-After": "7"}, reset(in40), 40*s + resetSlack},
		{"#10 by the partner's clock, ahead", 429, headers{"Date": noon.Add(30 * s).Format(http.TimeFormat)}, reset(in40), 10*s + resetSlack},
		{"#10 by the partner's clock, behind", 429, headers{"Date": noon.Add(-30 * s).Format(http.TimeFormat)}, reset(in40), 70*s + resetSlack},
		{"#10 by ours, for theirs is mad", 429, headers{"Date": noon.AddDate(-1, 0, 0).Format(http.TimeFormat)}, reset(in40), 40*s + resetSlack},
		{"#10 by ours, for theirs is no date", 429, headers{"Date": "yesterday"}, reset(in40), 40*s + resetSlack},
		{"#11 past", 429, nil, reset(noon.Add(-time.Hour)), minWait},
		{"#11 now", 429, nil, reset(noon), minWait},
		{"#11 slack before the bound", 429, nil, reset(noon.Add(900 * time.Millisecond)), 1150 * time.Millisecond},
		{"#11 0", 429, nil, limit("0"), minWait},
		{"#11 negative", 429, nil, limit("-1775736000000"), minWait},
		{"#11 negative, an overflow in milliseconds", 429, nil, limit("-9223372036854776"), minWait},
		{"#11 1 year ahead", 429, nil, reset(noon.AddDate(1, 0, 0)), maxWait},
		{"#11 seconds", 429, nil, limit(strconv.FormatInt(in40.Unix(), 10)), 40*s + resetSlack},
		{"#11 milliseconds with a fraction", 429, nil, limit(strconv.FormatInt(in40.UnixMilli(), 10) + ".75"), 40*s + resetSlack},
		{"#11 with an exponent", 429, nil, limit("1775736040e3"), 40*s + resetSlack},
		{"#11 text", 429, nil, limit(`"` + strconv.FormatInt(in40.UnixMilli(), 10) + `"`), 40*s + resetSlack},
		{"#11 text in seconds", 429, nil, limit(`"` + strconv.FormatInt(in40.Unix(), 10) + `"`), 40*s + resetSlack},
		{"#11 1e300", 429, nil, limit("1e300"), maxWait},
		{"#11 more than an int64", 429, nil, limit("9223372036854775808"), maxWait},
		{"#11 less than an int64", 429, nil, limit("-9223372036854775809"), minWait},
		{"#11 words", 429, nil, limit(`"soon"`), defaultWait},
		{"#11 null", 429, nil, limit("null"), defaultWait},
		{"#11 null, with a header", 429, headers{"Retry-After": "7"}, limit("null"), 7 * s},
		{"#11 true", 429, nil, limit("true"), defaultWait},
		{"#11 object", 429, nil, limit("{}"), defaultWait},
		{"#11 missing", 429, nil, `{"rateLimitState":{}}`, defaultWait},
		{"#11 state of another type", 429, nil, `{"rateLimitState":7}`, defaultWait},
		{"#11 cut off in the reset", 429, nil, reset(in40)[:80], defaultWait},
		{"#11 state twice", 429, nil, `{"rateLimitState":{"reset":1},"rateLimitState":{"reset":2}}`, defaultWait},
		{"#12 no body", 429, nil, ``, defaultWait},
		{"#12 no JSON", 429, nil, `slow down`, defaultWait},
		{"#12 array", 429, nil, `[]`, defaultWait},
		{"#12 Retry-After 30", 429, headers{"Retry-After": "30"}, `slow down`, 30 * s},
		{"#12 Retry-After 0", 429, headers{"Retry-After": "0"}, ``, minWait},
		{"#12 Retry-After negative", 429, headers{"Retry-After": "-30"}, ``, minWait},
		{"#12 Retry-After a year", 429, headers{"Retry-After": "31536000"}, ``, maxWait},
		{"#12 Retry-After beyond time.Duration", 429, headers{"Retry-After": "9223372037"}, ``, maxWait},
		{"#12 Retry-After the largest int64", 429, headers{"Retry-After": "9223372036854775807"}, ``, maxWait},
		{"#12 Retry-After beyond int64", 429, headers{"Retry-After": "99999999999999999999999"}, ``, maxWait},
		{"#12 Retry-After 1.5", 429, headers{"Retry-After": "1.5"}, ``, 2 * s},
		{"#12 Retry-After in space", 429, headers{"Retry-After": " 3 "}, ``, 3 * s},
		{"#12 Retry-After words", 429, headers{"Retry-After": "soon"}, ``, defaultWait},
		{"#12 RFC 1123 date", 429, headers{"Retry-After": in40.Format(http.TimeFormat)}, ``, 40*s + resetSlack},
		{"#12 RFC 850 date", 429, headers{"Retry-After": in40.Format(time.RFC850)}, ``, 40*s + resetSlack},
		{"#12 asctime date", 429, headers{"Retry-After": in40.Format(time.ANSIC)}, ``, 40*s + resetSlack},
		{"#12 date by the partner's clock", 429, headers{"Retry-After": in40.Format(http.TimeFormat), "Date": noon.Add(30 * s).Format(http.TimeFormat)}, ``, 10*s + resetSlack},
		{"#12 date in the past", 429, headers{"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}, ``, minWait},
		{"#12 date in 1972", 429, headers{"Retry-After": "Sun, 31 Dec 1972 00:00:00 GMT"}, ``, minWait},
		{"#12 date in 9999", 429, headers{"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, ``, maxWait},
		{"reset header, length", 429, headers{"RateLimit-Reset": "12"}, ``, 12 * s},
		{"reset header, instant", 429, headers{"X-RateLimit-Reset": strconv.FormatInt(in40.Unix(), 10)}, ``, 40*s + resetSlack},
		{"reset header, instant in ms", 429, headers{"X-RateLimit-Reset": strconv.FormatInt(in40.UnixMilli(), 10)}, ``, 40*s + resetSlack},
		{"reset header after Retry-After", 429, headers{"X-RateLimit-Reset": "12", "Retry-After": "7"}, ``, 7 * s},
		{"#16 403 with a state", 403, nil, reset(in40), 40*s + resetSlack},
		{"#16 403 with a state that says nothing", 403, nil, `{"rateLimitState":{}}`, defaultWait},
		{"#16 403 with Retry-After", 403, headers{"Retry-After": "7"}, ``, 7 * s},
		{"#15 403", 403, nil, `{"message":"forbidden"}`, unlimited},
		{"#15 403 with an unreadable Retry-After", 403, headers{"Retry-After": "soon"}, ``, unlimited},
		{"503 with Retry-After", 503, headers{"Retry-After": "7"}, ``, 7 * s},
		{"503 with a date", 503, headers{"Retry-After": in40.Format(http.TimeFormat)}, ``, 40*s + resetSlack},
		{"#19 503", 503, nil, ``, unlimited},
		{"#19 503 with an unreadable Retry-After", 503, headers{"Retry-After": "soon"}, ``, unlimited},
		{"#19 503 with a reset header alone", 503, headers{"X-RateLimit-Reset": "12"}, ``, unlimited},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := http.Header{}
			for name, value := range tt.headers {
				h.Set(name, value)
			}
			got, limited := throttle(tt.status, h, []byte(tt.body), noon)
			if !limited {
				got = unlimited
			}
			if got != tt.want {
				t.Errorf("throttle(%d, %v, %s) = %v, want %v", tt.status, tt.headers, tt.body, got, tt.want)
			}
		})
	}
}

// Whatever a partner says, a hold is between a second and five minutes.
func FuzzThrottleWait(f *testing.F) {
	f.Add(429, reset(noon.Add(time.Minute)), "", "", "", int64(0))
	f.Add(429, `{"rateLimitState":{"reset":1e300}}`, "", "", "", int64(math.MinInt64))
	f.Add(403, `{"rateLimitState":{"reset":"-1"}}`, "9223372037", noon.Format(http.TimeFormat), "1e9", noon.UnixNano())
	f.Add(503, "", "Thu, 01 Jan 1970 00:00:00 GMT", "", "", int64(math.MaxInt64))
	f.Fuzz(func(t *testing.T, status int, body, retryAfter, date, resetHeader string, now int64) {
		h := http.Header{"Retry-After": {retryAfter}, "Date": {date}, "X-Ratelimit-Reset": {resetHeader}}
		wait, limited := throttle(status, h, []byte(body), time.Unix(0, now))
		if limited && (wait < minWait || wait > maxWait) || !limited && wait != 0 {
			t.Errorf("throttle = %v, %v; want %v to %v, or nothing", wait, limited, minWait, maxWait)
		}
		if !limited && status != http.StatusForbidden && status != http.StatusServiceUnavailable {
			t.Errorf("throttle(%d) is no rate limit", status)
		}
	})
}
