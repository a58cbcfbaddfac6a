package sim

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// An exchange is one request and its answer.
type exchange struct {
	p *Partner
	w http.ResponseWriter
	r *http.Request

	arrived   time.Time
	throttled bool
	reset     time.Time     // when throttled: when to come back
	delay     time.Duration // how long the answer waits

	// What was asked for; product is nil if there is no such thing.
	key     key
	date    string
	product *profile

	body []byte // the answer as edited so far
	nth  int    // how often the fault at work has struck before
}

// arrive notes that a request came in.
func (p *Partner) arrive(w http.ResponseWriter, r *http.Request, authorised bool) *exchange {
	x := &exchange{p: p, w: w, r: r, delay: p.opts.Latency}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stats.Requests++
	x.arrived = p.opts.Now() // under mu, so that the window sees moments in order
	ok, reset := p.window.arrive(x.arrived.Sub(p.origin), !authorised)
	if !ok {
		x.throttled = true
		// The first whole millisecond that is not too early.
		x.reset = p.origin.Add(reset + time.Millisecond - 1)
	}
	if p.opts.Jitter > 0 {
		x.delay += time.Duration(p.delays.exponential() * float64(p.opts.Jitter))
	}
	return x
}

// answer records the request with the status it will get, waits the latency and
// sends. The status is 0 when there will be none.
func (x *exchange) answer(status int, fault string, send func()) {
	x.p.record(x, status, fault)
	if !sleep(x.r.Context(), x.delay) {
		panic(http.ErrAbortHandler) // nobody is waiting any more
	}
	send()
}

// refuse answers with an error in the partner's form.
func (x *exchange) refuse(status int, message string) {
	x.answer(status, "", func() { x.json(status, errorBody(status, message)) })
}

// json sends a whole body.
func (x *exchange) json(status int, body []byte) {
	h := x.w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	x.w.WriteHeader(status)
	_, _ = x.w.Write(body) // if the client went away there is nobody to tell
}

func errorBody(status int, message string) []byte {
	return []byte(`{"statusCode":` + strconv.Itoa(status) + `,"message":"` + message + `"}`)
}

// sleep waits for d and reports false if ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
