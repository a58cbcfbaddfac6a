package wheel_test

import (
	"fmt"
	"time"

	"invd/engine/wheel"
)

// An owner sleeps until Next and takes what is due in slices of its own size.
func ExampleWheel() {
	type key uint32
	w := wheel.New[key](time.Nanosecond)
	w.Schedule(1, 15*time.Minute)
	w.Schedule(2, 15*time.Minute)
	w.Schedule(3, 4*time.Hour)
	w.Cancel(2)

	due := make([]key, 8)
	for now, ok := w.Next(); ok; now, ok = w.Next() {
		for n, more := 0, true; more; {
			n, more = w.Advance(now, due)
			for _, id := range due[:n] {
				fmt.Println(now, id)
			}
		}
	}
	// Output:
	// 15m0s 1
	// 4h0m0s 3
}
