package main

import (
	"fmt"
	"slices"
	"time"

	"invd/bench/peers/queues"
	"invd/bench/peers/workload"
)

const (
	holdOps   = 10_000
	blockJobs = 10_000
	wakes     = 2_000
	pushes    = 2_000
	million   = 1_000_000
)

// eachQueue makes a contestant of every queue, or of those that wait without spinning.
func eachQueue(waiting bool, open func(queues.Impl) contestant) []contestant {
	var cs []contestant
	for _, impl := range queues.All {
		if waiting && !impl.Parks {
			continue
		}
		c := open(impl)
		c.name = impl.Name
		cs = append(cs, c)
	}
	return cs
}

// per returns a duration in ns per operation.
func per(d time.Duration, ops int) []float64 { return []float64{float64(d) / float64(ops)} }

// floor makes a contestant of what nothing can be faster than.
func floor(name string, run func(rounds int) time.Duration) contestant {
	return contestant{name, tries(func() []float64 { return per(run(holdOps), holdOps) }), func() {}}
}

func queueHold(pending, goroutines int) measurement {
	m := measurement{
		name:   fmt.Sprintf("queue/hold/pending=%d/goroutines=%d", pending, goroutines),
		title:  fmt.Sprintf("Push + pop + done, %s others pending, %d goroutines", group(fmt.Sprint(pending)), goroutines),
		values: []value{{"op", "ns"}},
		contestants: func() []contestant {
			cs := eachQueue(false, func(impl queues.Impl) contestant {
				h := workload.NewHold(impl, pending, goroutines)
				return contestant{
					burst: tries(func() []float64 { return per(h.Run(holdOps), holdOps) }),
					close: h.Close,
				}
			})
			if goroutines > 1 {
				return cs
			}
			return append(cs, floor("six atomics", workload.SixAtomics), floor("six atomics of one life", workload.ChainedAtomics))
		},
	}
	switch {
	case pending == 1000 && goroutines == 1:
		m.bars = []bar{{"1 goroutine, 1,000 pending, vs six atomics", "op", "invd", "six atomics", 1.75, true}}
	case pending == million && goroutines == 1:
		m.bars = []bar{{"1 goroutine, 1 M pending, vs heap", "op", "heap", "invd", 6, false}}
	case pending == million && goroutines == 8:
		m.bars = []bar{{"8 goroutines, 1 M pending, vs heap", "op", "heap", "invd", 3.5, false}}
	}
	return m
}

func queueBlocking(goroutines int) measurement {
	m := measurement{
		name:   fmt.Sprintf("queue/blocking/%d", goroutines),
		title:  fmt.Sprintf("%d producers, %d waiting consumers", goroutines, goroutines),
		values: []value{{"job", "ns"}},
		contestants: func() []contestant {
			return eachQueue(true, func(impl queues.Impl) contestant {
				b := workload.NewBlocking(impl, goroutines, blockJobs)
				return contestant{
					burst: tries(func() []float64 { return per(b.Run(), blockJobs) }),
					close: b.Close,
				}
			})
		},
	}
	if goroutines == 8 {
		for _, vs := range []struct {
			name  string
			limit float64
		}{{"heap", 2.5}, {"deque", 1.4}, {"chan", 1}, {"k8s", 2.5}, {"crpq", 8}} {
			m.bars = append(m.bars, bar{"8 producers, 8 consumers, vs " + vs.name, "job", vs.name, "invd", vs.limit, false})
		}
	}
	return m
}

var queueWake = measurement{
	name:   "queue/wake",
	title:  "Hot wake-up: there and back between two waiting goroutines",
	values: []value{{"round trip", "ns"}},
	bars:   []bar{{"hot wake-up vs a channel select", "round trip", "invd", "chan", 0.7, true}},
	contestants: func() []contestant {
		return eachQueue(true, func(impl queues.Impl) contestant {
			p := workload.NewPingPong(impl)
			return contestant{
				burst: tries(func() []float64 { return per(p.Run(wakes), wakes) }),
				close: p.Close,
			}
		})
	},
}

var queueTail = measurement{
	name:   "queue/tail",
	title:  "One push, 1 M pending, 16 busy goroutines",
	values: []value{{"p50", "ns"}, {"p99", "ns"}, {"p99.9", "ns"}},
	bars: []bar{
		{"push p99, 1 M pending, 16 busy, vs deque", "p99", "deque", "invd", 4, false},
		{"push p99, 1 M pending, 16 busy, vs heap", "p99", "heap", "invd", 40, false},
	},
	contestants: func() []contestant {
		return eachQueue(false, func(impl queues.Impl) contestant {
			h := workload.NewHold(impl, million, 17)
			return contestant{
				burst: func() []float64 {
					took := h.PushTimes(pushes)
					at := func(q float64) float64 { return float64(workload.Quantile(took, q)) }
					return []float64{at(0.5), at(0.99), at(0.999)}
				},
				close: h.Close,
			}
		})
	},
}

var queueMemory = measurement{
	name:   "queue/memory",
	title:  "1 M pending: memory, and one forced collection",
	values: []value{{"key", "bytes"}, {"collection", "µs"}, {"its processor time", "µs"}},
	bars: []bar{
		{"bytes per pending key", "key", "invd", "", 20, true},
		{"collection at 1 M pending vs the heap of pointers", "collection", "heap", "invd", 5, false},
	},
	contestants: func() []contestant {
		return eachQueue(false, func(impl queues.Impl) contestant {
			return contestant{
				burst: func() []float64 { return footprint("queue/" + impl.Name) },
				close: func() {},
			}
		})
	},
}

var queueMeasurements = slices.Concat(
	[]measurement{
		queueHold(0, 1), queueHold(0, 8), queueHold(0, 64),
		queueHold(1000, 1), queueHold(1000, 8), queueHold(1000, 64),
		queueHold(million, 1), queueHold(million, 8), queueHold(million, 64),
		queueBlocking(1), queueBlocking(8), queueBlocking(32),
		queueWake, queueTail, queueMemory,
	},
)

var measurements = slices.Concat(queueMeasurements, wheelMeasurements)
