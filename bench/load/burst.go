//go:build linux

package load

import (
	"runtime"
	"time"
)

// A Burst is what came of asking without pause.
type Burst struct {
	Answers int
	Took    time.Duration
}

// PerSecond returns the answers a second.
func (b Burst) PerSecond() float64 { return float64(b.Answers) / b.Took.Seconds() }

// Burst asks on every connection again as soon as it has its answer, for about d.
func (c *Client) Burst(d time.Duration) (Burst, error) {
	return c.burst(func(_ int, took time.Duration) bool { return took >= d })
}

// BurstOf does the same until n answers have come, and a few more.
func (c *Client) BurstOf(n int) (Burst, error) {
	return c.burst(func(answers int, _ time.Duration) bool { return answers >= n })
}

func (c *Client) burst(enough func(answers int, took time.Duration) bool) (b Burst, err error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start := time.Now()
	for i := range c.conns {
		if err := c.send(&c.conns[i]); err != nil {
			return b, err
		}
	}
	for out := len(c.conns); out > 0; {
		ready, err := c.wait(-1)
		if err != nil {
			return b, err
		}
		again := !enough(b.Answers, time.Since(start))
		for i := range ready {
			on := &c.conns[ready[i].Fd]
			done, err := c.receive(on)
			if err != nil {
				return b, err
			}
			if !done {
				continue
			}
			b.Answers++
			if !again {
				out--
			} else if err := c.send(on); err != nil {
				return b, err
			}
		}
	}
	b.Took = time.Since(start)
	return b, nil
}
