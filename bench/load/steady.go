//go:build linux

package load

import (
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Latencies are how long answers took, ascending.
type Latencies []time.Duration

// At returns the quantile q: 0.5 is the median, 1 the maximum.
func (l Latencies) At(q float64) time.Duration {
	if len(l) == 0 {
		return 0
	}
	return l[min(int(q*float64(len(l))), len(l)-1)]
}

// Steady asks perSecond times a second for about d, whether answers come or not:
// at random moments, independent of each other (a Poisson process, from the seed),
// on the connections in turn. A latency counts from the moment at which its request
// was due, not from when a connection was free to send it; so a server that stalls
// is charged with every request that it kept from being sent (what Gil Tene calls
// coordinated omission).
func (c *Client) Steady(perSecond int, d time.Duration, seed uint64) (Latencies, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0) // else waits are up to 50 µs too long

	s := steady{Client: c, due: arrivals(perSecond, d, seed), late: make([][]time.Duration, len(c.conns))}
	s.took = make(Latencies, 0, len(s.due))
	s.start = time.Now()
	for len(s.took) < len(s.due) {
		if err := s.sendDue(); err != nil {
			return nil, err
		}
		if err := s.sleep(); err != nil {
			return nil, err
		}
		ready, err := c.wait(0)
		if err != nil {
			return nil, err
		}
		for i := range ready {
			if err := s.answered(int(ready[i].Fd)); err != nil {
				return nil, err
			}
		}
	}
	slices.Sort(s.took)
	return s.took, nil
}

// arrivals returns when requests are due, from the start.
func arrivals(perSecond int, d time.Duration, seed uint64) (due []time.Duration) {
	random := rand.New(rand.NewPCG(seed, seed))
	gap := float64(time.Second) / float64(perSecond)
	for at := 0.0; at < float64(d); at += gap * random.ExpFloat64() {
		due = append(due, time.Duration(at))
	}
	return due
}

// A steady is a running Steady.
type steady struct {
	*Client
	start time.Time
	due   []time.Duration // since start
	sent  int             // due[:sent] have gone out or wait in late
	took  Latencies

	// By connection: when the request that is out was due, and behind it those that
	// could not be sent yet.
	late [][]time.Duration
}

// sendDue sends every request that is due by now.
func (s *steady) sendDue() error {
	for s.sent < len(s.due) && time.Since(s.start) >= s.due[s.sent] {
		on := s.sent % len(s.conns)
		s.late[on] = append(s.late[on], s.due[s.sent])
		s.sent++
		if len(s.late[on]) == 1 {
			if err := s.send(&s.conns[on]); err != nil {
				return err
			}
		}
	}
	return nil
}

// sleep returns when an answer may be there or the next request is due.
func (s *steady) sleep() error {
	var timeout *unix.Timespec
	if s.sent < len(s.due) {
		left := s.due[s.sent] - time.Since(s.start)
		if left <= 0 {
			return nil
		}
		ts := unix.NsecToTimespec(int64(left))
		timeout = &ts
	}
	_, err := unix.Ppoll([]unix.PollFd{{Fd: int32(s.poll), Events: unix.POLLIN}}, timeout, nil)
	if errors.Is(err, syscall.EINTR) {
		return nil
	}
	return err
}

func (s *steady) answered(on int) error {
	done, err := s.receive(&s.conns[on])
	if err != nil || !done {
		return err
	}
	s.took = append(s.took, time.Since(s.start)-s.late[on][0])
	s.late[on] = slices.Delete(s.late[on], 0, 1)
	if len(s.late[on]) > 0 {
		return s.send(&s.conns[on])
	}
	return nil
}
