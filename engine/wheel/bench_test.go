package wheel

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// BenchmarkWheel measures one operation each on a wheel with so many other timers
// pending, spread over a day. The owner's mutex and clock reading are not in it.
//
//   - schedule, cancel: an idle id, 1,024 of them in turn
//   - rearm: a random pending id for a random time; with none pending, always one id
//   - expire: hand over the next due timer and arm it again a day later
func BenchmarkWheel(b *testing.B) {
	for _, pending := range []int{0, 13_500, 1_000_000} {
		for _, op := range []struct {
			name string
			run  func(*testing.B, *Wheel[key], int)
		}{
			{"schedule", benchSchedule},
			{"cancel", benchCancel},
			{"rearm", benchReArm},
			{"expire", benchExpire},
		} {
			b.Run(fmt.Sprintf("op=%s/pending=%d", op.name, pending), func(b *testing.B) {
				w := New[key](DefaultTick)
				w.Grow(pending + spare)
				for id := range pending {
					w.Schedule(key(id), someTime())
				}
				b.ReportAllocs()
				op.run(b, w, pending)
			})
		}
	}
}

const (
	day   = 24 * time.Hour
	spare = 1024 // ids above the pending ones
)

func someTime() time.Duration { return 1 + rand.N(day) }

// someTimes is a table, for a random number would cost as much as the wheel.
func someTimes() *[1 << 14]time.Duration {
	times := new([1 << 14]time.Duration)
	for i := range times {
		times[i] = someTime()
	}
	return times
}

func benchSchedule(b *testing.B, w *Wheel[key], pending int) {
	times := someTimes()
	i := 0
	for b.Loop() {
		if i == spare {
			b.StopTimer()
			for ; i > 0; i-- {
				w.Cancel(key(pending + i - 1))
			}
			b.StartTimer()
		}
		w.Schedule(key(pending+i), times[i])
		i++
	}
}

func benchCancel(b *testing.B, w *Wheel[key], pending int) {
	times := someTimes()
	i := 0
	for b.Loop() {
		if i == 0 {
			b.StopTimer()
			for ; i < spare; i++ {
				w.Schedule(key(pending+i), times[i])
			}
			b.StartTimer()
		}
		i--
		w.Cancel(key(pending + i))
	}
}

func benchReArm(b *testing.B, w *Wheel[key], pending int) {
	times := someTimes()
	ids := make([]key, len(times))
	for i := range ids {
		ids[i] = key(rand.N(max(pending, 1)))
	}
	i := 0
	for b.Loop() {
		w.Schedule(ids[i%len(ids)], times[(i+i/len(ids))%len(times)])
		i++
	}
}

func benchExpire(b *testing.B, w *Wheel[key], pending int) {
	if pending == 0 {
		w.Schedule(0, someTime())
	}
	due := make([]key, 256)
	var now time.Duration
	n := 0
	for b.Loop() {
		for n == 0 {
			now, _ = w.Next()
			n, _ = w.Advance(now, due)
		}
		n--
		w.Schedule(due[n], now+day)
	}
}
