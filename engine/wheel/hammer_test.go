package wheel

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// A shared is a wheel as a program with several goroutines has it: a mutex around
// it, and an owner that takes what is due.
type shared struct {
	mu     sync.Mutex
	wheel  *Wheel[key]
	now    time.Duration
	due    []time.Duration // by id: the deadline asked for, 0 when not pending
	armed  int             // idle ids armed
	ended  int             // cancelled or handed over
	faults []string
}

// change arms or cancels an id and checks the wheel's answer.
func (s *shared) change(id key, in time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if in == 0 {
		if was := s.wheel.Cancel(id); was != (s.due[id] != 0) {
			s.faults = append(s.faults, "Cancel's answer is wrong")
		} else if was {
			s.ended++
		}
		s.due[id] = 0
		return
	}
	if s.due[id] == 0 {
		s.armed++
	}
	s.due[id] = s.now + in
	s.wheel.Schedule(id, s.due[id])
}

// turn tells the wheel a later time and takes a slice of what is due.
func (s *shared) turn(by time.Duration, due []key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now += by
	n, _ := s.wheel.Advance(s.now, due)
	for _, id := range due[:n] {
		switch at := s.due[id]; {
		case at == 0:
			s.faults = append(s.faults, "an id was handed over that is not pending")
		case at > s.now:
			s.faults = append(s.faults, "an id was handed over early")
		default:
			s.ended++
		}
		s.due[id] = 0
	}
}

// Nothing is early, lost or handed over twice while goroutines arm, re-arm and
// cancel timers and another takes what is due, slice by slice.
func TestASharedWheelLosesNothing(t *testing.T) {
	const ids, goroutines = 1_000, 4
	s := &shared{wheel: New[key](DefaultTick), due: make([]time.Duration, ids)}
	s.wheel.Grow(ids)
	var changing, owning sync.WaitGroup
	stop := make(chan struct{})
	for g := range uint64(goroutines) {
		changing.Go(func() {
			rng := rand.New(rand.NewPCG(g, 5))
			for range hammerOps {
				in := time.Duration(rng.Int64N(1 << rng.IntN(40)))
				if rng.IntN(4) == 0 {
					in = 0
				}
				s.change(key(rng.IntN(ids)), in)
			}
		})
	}
	owning.Go(func() {
		rng := rand.New(rand.NewPCG(1, 6))
		due := make([]key, 64)
		for {
			select {
			case <-stop:
				return
			default:
				s.turn(time.Duration(rng.Int64N(1<<rng.IntN(36))), due)
			}
		}
	})
	changing.Wait()
	close(stop)
	owning.Wait()
	for due := make([]key, 64); s.wheel.Len() > 0; {
		s.turn(time.Hour, due)
	}
	for id, at := range s.due {
		if at != 0 {
			t.Errorf("%d, armed for %v, was lost", id, at)
		}
	}
	if s.armed != s.ended {
		t.Errorf("%d timers armed, %d ended", s.armed, s.ended)
	}
	if len(s.faults) > 0 {
		t.Errorf("%d faults, the first: %s", len(s.faults), s.faults[0])
	}
}
