package limit_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"invd/engine/limit"
)

const ms = time.Millisecond

// A server answers in base, and in as much longer as more than good are under way.
type server struct {
	base time.Duration
	good int
}

// rounds has c's limit of requests answered by the server, again and again, and
// returns the mean limit of the second half.
func (s server) rounds(c *limit.Concurrency, n int, now time.Time) (mean float64, end time.Time) {
	random := rand.New(rand.NewPCG(1, 7))
	for i := range n {
		busy := c.Limit()
		latency := s.base * time.Duration(max(1, busy)) / time.Duration(min(busy, s.good))
		sent := now
		now = now.Add(latency)
		for range busy {
			c.Answered(sent, now.Add(time.Duration(random.Int64N(int64(s.base/5)))), busy)
		}
		now = now.Add(s.base)
		if i >= n/2 {
			mean += float64(busy) / float64(n-n/2)
		}
	}
	return mean, now
}

func TestConcurrencyFollowsLatency(t *testing.T) {
	c := limit.NewConcurrency(32)
	if got := c.Limit(); got != 32 {
		t.Fatalf("Limit() at first = %d, want the ceiling", got)
	}
	c.Answered(epoch, epoch.Add(100*ms), 1) // one alone: what the partner can do
	crowded, now := server{100 * ms, 4}.rounds(c, 200, epoch.Add(time.Second))
	if crowded < 3 || crowded > 10 {
		t.Errorf("with a server that is good for 4 at once, %.1f on average, want 3 to 10", crowded)
	}
	_, now = server{100 * ms, 100}.rounds(c, 1000, now)
	if got := c.Limit(); got != 32 {
		t.Errorf("with a server that is good for 100 at once, %d, want the ceiling of 32", got)
	}
	c.Failed(now, now.Add(time.Second))
	if got := c.Limit(); got != 22 {
		t.Errorf("after a failure %d, want 0.7 of 32", got)
	}
	c.Failed(now, now.Add(2*time.Second))
	if got := c.Limit(); got != 22 {
		t.Errorf("after a failure of the same round %d, want no other cut", got)
	}
	for i := range 100 {
		at := now.Add(time.Duration(i+3) * time.Minute)
		c.Failed(at, at.Add(ms))
	}
	if got := c.Limit(); got != 1 {
		t.Errorf("after a hundred failures %d, want 1", got)
	}
}

// A partner that became slower for good is as good as it can be.
func TestConcurrencyComesBackWhenThePartnerStaysSlow(t *testing.T) {
	c := limit.NewConcurrency(8)
	_, now := server{100 * ms, 100}.rounds(c, 100, epoch)
	_, now = server{time.Second, 100}.rounds(c, 20, now)
	if got := c.Limit(); got >= 8 {
		t.Errorf("%d while the partner is ten times slower, want less than 8", got)
	}
	server{time.Second, 100}.rounds(c, 1000, now)
	if got := c.Limit(); got != 8 {
		t.Errorf("%d when it has been so for long, want 8", got)
	}
}
