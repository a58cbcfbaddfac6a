package peers

import (
	"fmt"
	"runtime"
	"testing"

	"invd/bench/peers/queues"
	"invd/bench/peers/workload"
)

// BenchmarkQueue measures the whole life of a job: one operation is a push, a pop
// and a done, while pending other ids wait. What an implementation lacks is in its
// Note, which is logged with its first line.
func BenchmarkQueue(b *testing.B) {
	for _, impl := range queues.All {
		note := impl.Note // logged once
		for _, pending := range []int{0, 1000, 1_000_000} {
			for _, goroutines := range []int{1, 8, 64} {
				// Filled once, not again whenever the benchmark is tried with more operations.
				var hold *workload.Hold
				b.Run(fmt.Sprintf("impl=%s/pending=%d/goroutines=%d", impl.Name, pending, goroutines), func(b *testing.B) {
					if hold == nil {
						logOnce(b, &note)
						hold = workload.NewHold(impl, pending, goroutines)
					}
					runtime.GC()
					b.ReportAllocs()
					b.ResetTimer()
					hold.Run(b.N)
				})
				if hold != nil {
					hold.Close()
				}
			}
		}
	}
}

// logOnce logs a note and forgets it.
func logOnce(b *testing.B, note *string) {
	if *note != "" {
		b.Log(*note)
		*note = ""
	}
}
