package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"

	"invd/bench/peers/queues"
	"invd/bench/peers/timers"
	"invd/bench/peers/workload"
)

// footprint measures a million pending ids of an implementation in a process of its
// own, for what others leave behind would be collected with it: the bytes per id,
// and the time and the processor time of a collection, in µs.
func footprint(which string) []float64 {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	out, err := exec.Command(self, "-footprint", which).Output()
	if err != nil {
		panic(fmt.Errorf("%s -footprint %s: %w", self, which, err))
	}
	f := make([]float64, 3)
	if _, err := fmt.Sscan(string(out), &f[0], &f[1], &f[2]); err != nil {
		panic(fmt.Errorf("%s -footprint %s said %q: %w", self, which, out, err))
	}
	return f
}

// printFootprint is footprint's other process.
func printFootprint(which string) {
	kind, name, _ := strings.Cut(which, "/")
	build := map[string]func() (any, func()){}
	for _, impl := range queues.All {
		build["queue/"+impl.Name] = func() (any, func()) {
			h := workload.NewHold(impl, million, 0)
			return h, h.Close
		}
	}
	for _, impl := range timers.All {
		build["wheel/"+impl.Name] = func() (any, func()) {
			o := workload.NewOps(impl, million)
			return o, o.Close
		}
	}
	b, ok := build[which]
	if !ok {
		fmt.Fprintf(os.Stderr, "compare: no %s is called %s\n", kind, name)
		os.Exit(2)
	}
	f := workload.Measure(million, b)
	fmt.Println(f.Bytes, float64(f.GC)/1e3, float64(f.GCOnCPU)/1e3)
}
