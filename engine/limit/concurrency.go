package limit

import (
	"sync"
	"time"
)

const (
	slowFactor = 2                     // a partner this many times slower than it can be is overloaded
	slowLeast  = 50 * time.Millisecond // and slower by this much at least: less is noise
	cutBy      = 0.7                   // what of the concurrency stays then
	smoothing  = 0.25                  // weight of the newest latency
	baseSpan   = 5 * time.Minute       // the best latency is of this span and the one before
)

// A Concurrency says how many requests may be under way at once: as many as the
// partner answers well, between 1 and a ceiling. A failure, or latencies well above
// the best of the last minutes, cut it; each round of good answers that used it up
// adds one. (Additive increase, multiplicative decrease; the best latency as
// measure as in TCP Vegas: Brakmo and Peterson, 1995.) Any goroutine may call it.
type Concurrency struct {
	ceiling int

	mu     sync.Mutex
	limit  float64          // from 1 to ceiling
	smooth time.Duration    // recent latency; 0: none since the last cut
	best   [2]time.Duration // of this span and of the one before; 0: none
	span   time.Time        // when this span began
	cut    time.Time        // what was sent before it tells nothing new
}

// NewConcurrency makes one at its ceiling.
func NewConcurrency(ceiling int) *Concurrency {
	return &Concurrency{ceiling: ceiling, limit: float64(ceiling)}
}

// Limit returns how many requests may be under way.
func (c *Concurrency) Limit() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return int(c.limit)
}

// Answered says that a request sent at sent was answered at now, with busy under
// way until then.
func (c *Concurrency) Answered(sent, now time.Time, busy int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	latency := now.Sub(sent)
	best := c.observe(latency, now)
	if sent.Before(c.cut) {
		return
	}
	if c.smooth == 0 {
		c.smooth = latency
	}
	c.smooth += time.Duration(smoothing * float64(latency-c.smooth))
	switch {
	case c.smooth > slowFactor*best && c.smooth > best+slowLeast:
		c.back(now)
	case busy >= int(c.limit):
		c.limit = min(c.limit+1/c.limit, float64(c.ceiling))
	}
}

// Failed says that a request sent at sent had failed by now: no answer, or that of
// a partner in trouble.
func (c *Concurrency) Failed(sent, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !sent.Before(c.cut) {
		c.back(now)
	}
}

func (c *Concurrency) back(now time.Time) {
	c.limit = max(1, c.limit*cutBy)
	c.smooth, c.cut = 0, now
}

// observe returns the best latency of the last two spans, this one included.
func (c *Concurrency) observe(latency time.Duration, now time.Time) time.Duration {
	if now.Sub(c.span) >= baseSpan {
		c.best[1], c.best[0], c.span = c.best[0], 0, now
	}
	if c.best[0] == 0 || latency < c.best[0] {
		c.best[0] = latency
	}
	if c.best[1] != 0 {
		return min(c.best[0], c.best[1])
	}
	return c.best[0]
}
