package timers

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/wheel"
)

// A bench is timers under test and what they fired, in a synctest bubble.
type bench struct {
	Timers
	epoch time.Time
	mu    sync.Mutex
	fired map[uint32][]time.Duration
}

// each runs a test on every implementation, in a bubble of its own.
func each(t *testing.T, test func(*testing.T, Impl, *bench)) {
	for _, impl := range All {
		t.Run(impl.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &bench{epoch: time.Now(), fired: map[uint32][]time.Duration{}}
				b.Timers = impl.New(Options{IDs: 1000, Epoch: b.epoch, Sink: b.note})
				defer b.Close()
				test(t, impl, b)
			})
		})
	}
}

func (b *bench) note(id uint32) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fired[id] = append(b.fired[id], time.Since(b.epoch))
}

// arm arms or re-arms an id for a time from now.
func (b *bench) arm(call func(id uint32, at, in time.Duration), id uint32, in time.Duration) {
	call(id, time.Since(b.epoch)+in, in)
}

// after returns what has fired a time later.
func (b *bench) after(d time.Duration) map[uint32][]time.Duration {
	time.Sleep(d)
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.fired
}

// early and late are how far from its deadline an implementation may fire.
func tolerance(impl Impl) (early, late time.Duration) {
	switch impl.Name {
	case "afterfunc", "heap", "heap4":
		return 0, 0
	case "invd":
		return 0, wheel.DefaultTick
	case "russellluo":
		return time.Millisecond, time.Millisecond
	}
	return 10 * time.Millisecond, 10 * time.Millisecond
}

func TestEveryTimerFiresOnceWithinItsTolerance(t *testing.T) {
	each(t, func(t *testing.T, impl Impl, b *bench) {
		early, late := tolerance(impl)
		due := func(id uint32) time.Duration { return 25*time.Millisecond + time.Duration(id*id)*317*time.Microsecond }
		for id := range uint32(1000) {
			b.arm(b.Schedule, id, due(id))
		}
		fired := b.after(10 * time.Minute)
		for id := range uint32(1000) {
			if got, want := fired[id], due(id); len(got) != 1 || got[0] < want-early || got[0] > want+late {
				t.Errorf("id %d fired at %v, want once from %v to %v", id, got, want-early, want+late)
			}
		}
	})
}

func TestACancelledTimerDoesNotFire(t *testing.T) {
	each(t, func(t *testing.T, _ Impl, b *bench) {
		b.arm(b.Schedule, 1, time.Second)
		b.arm(b.Schedule, 2, time.Second)
		b.Cancel(1)
		fired := b.after(time.Minute)
		if len(fired[1]) != 0 || len(fired[2]) != 1 {
			t.Errorf("fired = %v, want id 2 alone", fired)
		}
	})
}

func TestARearmedTimerFiresAtItsNewDeadline(t *testing.T) {
	each(t, func(t *testing.T, impl Impl, b *bench) {
		early, late := tolerance(impl)
		b.arm(b.Schedule, 1, time.Hour)
		b.arm(b.Schedule, 2, time.Second)
		b.arm(b.Rearm, 1, time.Second)
		b.arm(b.Rearm, 2, time.Hour)
		time.Sleep(time.Minute)
		b.arm(b.Rearm, 1, time.Second) // it has fired
		fired := b.after(2 * time.Hour)
		for id, want := range map[uint32][]time.Duration{
			1: {time.Second, time.Minute + time.Second},
			2: {time.Hour},
		} {
			if !slices.EqualFunc(fired[id], want, func(g, w time.Duration) bool { return g >= w-early && g <= w+late }) {
				t.Errorf("id %d fired at %v, want %v", id, fired[id], want)
			}
		}
	})
}
