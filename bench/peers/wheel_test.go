package peers

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"invd/bench/peers/timers"
	"invd/bench/peers/workload"
)

// BenchmarkWheel measures one operation on timers of which others are pending,
// spread over a day.
//
//   - schedule, cancel: of an idle id, 1,024 of them in turn
//   - rearm: of a random pending timer to a random time; with none pending, of one
//   - expire: the processor time of the whole process per timer, for up to 16,384
//     that come due at one instant. Not the time by the clock, in which it would
//     matter most how long the process sleeps before it notices.
func BenchmarkWheel(b *testing.B) {
	for _, impl := range timers.All {
		note := impl.Note // logged once
		for _, op := range []struct {
			name string
			run  func(*testing.B, timers.Impl, int)
		}{
			{"schedule", benchSchedule},
			{"cancel", benchCancel},
			{"rearm", benchRearm},
			{"expire", benchExpire},
		} {
			for _, pending := range []int{0, 13_500, 1_000_000, 10_000_000} {
				b.Run(fmt.Sprintf("impl=%s/op=%s/pending=%d", impl.Name, op.name, pending), func(b *testing.B) {
					if need, free := pending*impl.Bytes, freeMemory(); need > free {
						b.Skipf("SKIPPED: needs about %d MB, %d MB are free", need>>20, free>>20)
					}
					logOnce(b, &note)
					b.ReportAllocs()
					op.run(b, impl, pending)
				})
				runtime.GC()
			}
		}
	}
}

func benchSchedule(b *testing.B, impl timers.Impl, pending int) {
	o := newOps(b, impl, pending)
	for n := 0; b.Loop(); n++ {
		if n == workload.Hot {
			b.StopTimer()
			for ; n > 0; n-- {
				o.CancelNth(n - 1)
			}
			b.StartTimer()
		}
		o.ScheduleNth(n)
	}
}

func benchCancel(b *testing.B, impl timers.Impl, pending int) {
	o := newOps(b, impl, pending)
	for n := workload.Hot; b.Loop(); n++ {
		if n == workload.Hot {
			b.StopTimer()
			for ; n > 0; n-- {
				o.ScheduleNth(n - 1)
			}
			b.StartTimer()
		}
		o.CancelNth(n)
	}
}

func benchRearm(b *testing.B, impl timers.Impl, pending int) {
	o := newOps(b, impl, pending)
	for b.Loop() {
		o.RearmRandom()
	}
}

func newOps(b *testing.B, impl timers.Impl, pending int) *workload.Ops {
	o := workload.NewOps(impl, pending)
	b.Cleanup(o.Close)
	runtime.GC()
	return o
}

func benchExpire(b *testing.B, impl timers.Impl, pending int) {
	const most = 16_384
	bursts := workload.NewBursts(impl, pending, most)
	b.Cleanup(bursts.Close)
	b.ResetTimer()
	cpu := 0.0
	for left := b.N; left > 0; left -= most {
		spent, _ := bursts.Run(min(left, most))
		cpu += float64(spent)
	}
	b.ReportMetric(cpu/float64(b.N), "ns/op")
}

// freeMemory returns the bytes that may be used, or half of all there can be where
// the system does not say.
func freeMemory() int {
	info, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 1 << 62
	}
	_, rest, _ := strings.Cut(string(info), "MemAvailable:")
	var kB int
	if _, err := fmt.Sscan(rest, &kB); err != nil {
		return 1 << 62
	}
	return kB << 10
}
