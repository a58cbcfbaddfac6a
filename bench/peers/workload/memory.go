package workload

import (
	"runtime"
	"runtime/metrics"
	"time"
)

// heapBytes returns the bytes in use after a full collection.
func heapBytes() uint64 {
	// Twice: what has a finalizer goes with the second.
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// A Footprint is what something costs by being there.
type Footprint struct {
	Bytes   float64       // on the heap, per item
	GC      time.Duration // of one forced collection
	GCOnCPU time.Duration // processor time of it, all cores together
}

// Measure builds something of n items and returns its footprint. The times are the
// shortest of a few collections.
func Measure(n int, build func() (keep any, done func())) Footprint {
	before := heapBytes()
	thing, done := build()
	defer done()
	f := Footprint{Bytes: (float64(heapBytes()) - float64(before)) / float64(n)}
	for i := range 5 {
		cpu, start := gcCPU(), time.Now()
		runtime.GC()
		wall := time.Since(start)
		cpu = gcCPU() - cpu
		if i == 0 || wall < f.GC {
			f.GC = wall
		}
		if i == 0 || cpu < f.GCOnCPU {
			f.GCOnCPU = cpu
		}
	}
	runtime.KeepAlive(thing)
	return f
}

// gcCPU returns the processor time of all collections so far, with what otherwise
// idle processors gave.
func gcCPU() time.Duration {
	samples := []metrics.Sample{{Name: "/cpu/classes/gc/total:cpu-seconds"}}
	metrics.Read(samples)
	return time.Duration(samples[0].Value.Float64() * float64(time.Second))
}
