package planner_test

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/engine/planner"
	"invd/engine/wheel"
)

// BenchmarkDecision is all that the planner does for one call, at so many keys and
// 30 calls a minute for every 27,000 of them: the answer, when the
// key is due again, what came due meanwhile, and its part of the scoring and the
// hourly work. cpu-ns/op is the processor's time, which a busy machine does not change.
func BenchmarkDecision(b *testing.B) {
	for _, products := range []int{450, 16_667} {
		b.Run(fmt.Sprintf("keys=%d", products*horizon), func(b *testing.B) {
			perMinute := float64(products) * 30 / 450
			p := fleet(products, perMinute)
			now, step := monday.Add(time.Minute), time.Duration(float64(time.Minute)/perMinute)
			timers := wheel.New[uint32](time.Second)
			timers.Grow(products * horizon)
			var queue []uint32
			at := func(t time.Time) time.Duration { return t.Sub(monday) }
			var expired [256]uint32
			decide := func() {
				now = now.Add(step)
				for more := true; more; {
					var n int
					n, more = timers.Advance(at(now), expired[:])
					for _, id := range expired[:n] {
						if due := p.Due(id, now); due.After(now) {
							timers.Schedule(id, at(due))
						} else {
							queue = append(queue, id)
						}
					}
				}
				for _, m := range p.Turn(now, len(queue)) {
					if _, waits := timers.At(m.ID); !waits && now.Sub(monday) > 2*time.Minute {
						continue // in the queue
					}
					if due := time.Unix(m.Due, 0); due.After(now) {
						timers.Schedule(m.ID, at(due))
					} else {
						timers.Cancel(m.ID)
						queue = append(queue, m.ID)
					}
				}
				if len(queue) == 0 {
					return
				}
				id := queue[0]
				queue = queue[1:]
				p.Fetched(id, planner.Fetch{At: now, State: inventory.Open, Slots: 5, Changed: int(id) % 2}, now)
				timers.Schedule(id, at(p.Due(id, now)))
			}
			for id := range uint32(products * horizon) { // as after a start
				timers.Schedule(id, at(p.Due(id, now)))
			}
			for now.Sub(monday) < 4*time.Hour {
				decide()
			}
			var before, after syscall.Rusage
			_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before) // never fails with these arguments
			b.ReportAllocs()
			for b.Loop() {
				decide()
			}
			_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after)
			b.ReportMetric(float64(after.Utime.Nano()-before.Utime.Nano())/float64(b.N), "cpu-ns/op")
		})
	}
}

func TestAKeyTakes100BytesAtMost(t *testing.T) {
	const products = 2000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	p := fleet(products, 30)
	runtime.GC()
	runtime.ReadMemStats(&after)
	each := float64(after.HeapAlloc-before.HeapAlloc) / (products * horizon)
	if t.Logf("%.0f bytes a key", each); each > 100 {
		t.Errorf("%.0f bytes a key, want 100 at most", each)
	}
	runtime.KeepAlive(p)
}
