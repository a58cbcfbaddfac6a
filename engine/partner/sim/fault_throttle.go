package sim

import (
	"net/http"
	"strconv"
	"time"
)

// throttleFaults answer 429 in all the ways that were seen or must be feared.
// Where nothing else is said the limit frees in 40 s.
var throttleFaults = []behaviour{
	resetAt("429-reset-ms", "reset in epoch milliseconds, as the real API", func(now time.Time) string {
		return strconv.FormatInt(now.Add(freesIn).UnixMilli(), 10)
	}),
	resetAt("429-reset-seconds", "reset in epoch seconds", func(now time.Time) string {
		return strconv.FormatInt(now.Add(freesIn).Unix(), 10)
	}),
	resetAt("429-reset-string", "reset as a string of milliseconds", func(now time.Time) string {
		return `"` + strconv.FormatInt(now.Add(freesIn).UnixMilli(), 10) + `"`
	}),
	resetAt("429-reset-past", "reset an hour ago", func(now time.Time) string {
		return strconv.FormatInt(now.Add(-time.Hour).UnixMilli(), 10)
	}),
	resetAt("429-reset-year", "reset in a year", func(now time.Time) string {
		return strconv.FormatInt(now.AddDate(1, 0, 0).UnixMilli(), 10)
	}),
	resetAt("429-reset-zero", "reset 0", func(time.Time) string { return "0" }),
	resetAt("429-reset-negative", "reset -1", func(time.Time) string { return "-1" }),
	resetAt("429-reset-null", "reset null", func(time.Time) string { return "null" }),
	resetAt("429-reset-huge", "reset 1e300", func(time.Time) string { return "1e300" }),
	resetAt("429-reset-text", "reset is a word", func(time.Time) string { return `"soon"` }),
	{
		name: "429-reset-missing", about: "429 whose rateLimitState has no reset", status: http.StatusTooManyRequests,
		serve: func(x *exchange) {
			x.json(http.StatusTooManyRequests, []byte(`{"statusCode":429,"message":"Too Many Requests","rateLimitState":{"success":false}}`))
		},
	},
	header429("429-bare", "no JSON and no header", "", ""),
	header429("429-retry-after", "Retry-After: 30", "Retry-After", "30"),
	header429("429-retry-after-zero", "Retry-After: 0", "Retry-After", "0"),
	header429("429-retry-after-negative", "Retry-After: -5", "Retry-After", "-5"),
	header429("429-retry-after-year", "Retry-After of a year", "Retry-After", "31536000"),
	header429("429-retry-after-overflow", "Retry-After beyond 64 bits", "Retry-After", "99999999999999999999"),
	header429("429-retry-after-fraction", "Retry-After: 29.5", "Retry-After", "29.5"),
	header429("429-retry-after-text", "Retry-After is a word", "Retry-After", "soon"),
	header429("429-ratelimit-reset", "RateLimit-Reset: 40", "RateLimit-Reset", "40"),
	{
		name: "429-http-date", about: "429 with Retry-After as an HTTP date", status: http.StatusTooManyRequests,
		serve: func(x *exchange) {
			// Whole seconds, rounded up: an HTTP date has no fraction.
			at := x.arrived.Add(freesIn + time.Second - 1).UTC().Format(http.TimeFormat)
			x.bare429("Retry-After", at)
		},
	},
	{
		name: "429-obsolete-date", about: "429 with Retry-After as a date of RFC 850", status: http.StatusTooManyRequests,
		serve: func(x *exchange) {
			x.bare429("Retry-After", x.arrived.Add(freesIn+time.Second-1).UTC().Format("Monday, 02-Jan-06 15:04:05 GMT"))
		},
	},
	{
		name: "429-x-ratelimit-reset", about: "429 with X-RateLimit-Reset in epoch seconds", status: http.StatusTooManyRequests,
		serve: func(x *exchange) {
			x.bare429("X-Ratelimit-Reset", strconv.FormatInt(x.arrived.Add(freesIn+time.Second-1).Unix(), 10))
		},
	},
	{
		name: "429-conflict", about: "429 whose body says 40 s and whose header 5 s", status: http.StatusTooManyRequests,
		serve: func(x *exchange) {
			x.w.Header().Set("Retry-After", "5")
			x.json(http.StatusTooManyRequests, x.throttled40s())
		},
	},
}

const freesIn = 40 * time.Second

// throttledBody is the partner's 429, with reset as it shall stand in the JSON.
func throttledBody(limit int, reset string) []byte {
	return []byte(`{"statusCode":429,"message":"Too Many Requests","rateLimitState":{"success":false,"limit":` +
		strconv.Itoa(limit) + `,"remaining":0,"reset":` + reset + `,"pending":0}}`)
}

func (x *exchange) throttled40s() []byte {
	return throttledBody(x.p.opts.Limit, strconv.FormatInt(x.arrived.Add(freesIn).UnixMilli(), 10))
}

func (x *exchange) bare429(header, value string) {
	if header != "" {
		x.w.Header().Set(header, value)
	}
	x.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	x.w.WriteHeader(http.StatusTooManyRequests)
	_, _ = x.w.Write([]byte("Too Many Requests\n"))
}

func resetAt(name Fault, about string, reset func(now time.Time) string) behaviour {
	return behaviour{name: name, about: "429 with " + about, status: http.StatusTooManyRequests, serve: func(x *exchange) {
		x.json(http.StatusTooManyRequests, throttledBody(x.p.opts.Limit, reset(x.arrived)))
	}}
}

func header429(name Fault, about, header, value string) behaviour {
	return behaviour{name: name, about: "429 with " + about, status: http.StatusTooManyRequests, serve: func(x *exchange) {
		x.bare429(header, value)
	}}
}
