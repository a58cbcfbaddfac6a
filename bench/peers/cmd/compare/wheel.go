package main

import (
	"fmt"
	"slices"
	"time"

	"invd/bench/peers/timers"
	"invd/bench/peers/workload"
)

const (
	wheelOps  = 10_000
	daemon    = 13_500 // timers of the daemon at its full size
	cycleOf   = 100 * time.Millisecond
	runsFor   = time.Second / 2
	burstSize = 100_000
	perSecond = 1000
)

// eachTimers makes a contestant of those timers, or of all.
func eachTimers(open func(timers.Impl) contestant, names ...string) []contestant {
	var cs []contestant
	for _, impl := range timers.All {
		if len(names) > 0 && !slices.Contains(names, impl.Name) {
			continue
		}
		c := open(impl)
		c.name = impl.Name
		if c.close == nil {
			c.close = func() {}
		}
		cs = append(cs, c)
	}
	return cs
}

// intrusive are those that can be had in ten millions in reasonable time and memory.
var intrusive = []string{"invd", "afterfunc", "heap4", "heap"}

func wheelOp(pending int, names ...string) measurement {
	m := measurement{
		name:   fmt.Sprintf("wheel/ops/pending=%d", pending),
		title:  fmt.Sprintf("Single operations, absolute deadlines, %s pending", group(fmt.Sprint(pending))),
		values: []value{{"schedule", "ns"}, {"cancel", "ns"}, {"schedule + cancel", "ns"}, {"re-arm", "ns"}},
		contestants: func() []contestant {
			return eachTimers(func(impl timers.Impl) contestant {
				o := workload.NewOps(impl, pending)
				return contestant{
					burst: tries(func() []float64 {
						c := o.Run(wheelOps)
						return []float64{c.Schedule, c.Cancel, c.Pair, c.Rearm}
					}),
					close: o.Close,
				}
			}, names...)
		},
	}
	switch pending {
	case daemon:
		m.bars = []bar{
			{"schedule + cancel vs AfterFunc + Stop", "schedule + cancel", "afterfunc", "invd", 6, false},
			{"schedule + cancel vs container/heap", "schedule + cancel", "heap", "invd", 1.8, false},
			{"re-arm vs Reset", "re-arm", "afterfunc", "invd", 2.4, false},
		}
	case 10 * million:
		m.title += " (the public wheels are left out: " + "too much memory and time; they are in BenchmarkWheel)"
		m.bars = []bar{{"re-arm vs Reset, 10 M pending", "re-arm", "afterfunc", "invd", 3.5, false}}
	}
	return m
}

var wheelFloor = measurement{
	name:   "wheel/floor",
	title:  "Re-arm under a mutex, and what it cannot do without, 13,500 pending",
	values: []value{{"re-arm", "ns"}},
	bars:   []bar{{"re-arm vs splice + mutex", "re-arm", "invd", "splice + mutex", 1.6, true}},
	contestants: func() []contestant {
		l, s := workload.NewLocked(daemon), workload.NewSplice(daemon)
		return []contestant{
			{"invd", tries(func() []float64 { return per(l.Run(wheelOps), wheelOps) }), func() {}},
			{"splice + mutex", tries(func() []float64 { return per(s.Run(wheelOps), wheelOps) }), func() {}},
		}
	},
}

var wheelCycle = measurement{
	name:   "wheel/cycle",
	title:  "Fire and re-arm: 13,500 timers, 135,000 firings a second",
	values: []value{{"processor time per firing", "ns"}, {"early firings", "%"}},
	bars: []bar{
		{"fire + re-arm, processor time at 135,000/s vs AfterFunc", "processor time per firing", "afterfunc", "invd", 3.5, false},
		{"early firings", "early firings", "invd", "", 0, true},
	},
	contestants: func() []contestant {
		return eachTimers(func(impl timers.Impl) contestant {
			return contestant{burst: func() []float64 {
				c := workload.RunCycle(impl, daemon, cycleOf, runsFor)
				return []float64{float64(c.CPU), 100 * float64(c.Early) / float64(c.Fired)}
			}}
		})
	},
}

// wheelEarly has a million firings a second.
var wheelEarly = measurement{
	name:   "wheel/early",
	title:  "Firings before their deadline, 50,000 timers, 1,000,000 firings a second",
	values: []value{{"firings", "millions"}, {"early", "firings"}, {"processor time per firing", "ns"}},
	bars:   []bar{{"early firings, of a million a round", "early", "invd", "", 0, true}},
	contestants: func() []contestant {
		return eachTimers(func(impl timers.Impl) contestant {
			return contestant{burst: func() []float64 {
				c := workload.RunCycle(impl, 50_000, 50*time.Millisecond, 2*runsFor)
				return []float64{float64(c.Fired) / 1e6, float64(c.Early), float64(c.CPU)}
			}}
		}, "invd")
	},
}

var wheelBurst = measurement{
	name:   "wheel/burst",
	title:  "100,000 timers at one instant",
	values: []value{{"processor time per timer", "ns"}, {"last one fired after", "ms"}},
	bars:   []bar{{"burst of 100,000, processor time vs AfterFunc", "processor time per timer", "afterfunc", "invd", 15, false}},
	contestants: func() []contestant {
		return eachTimers(func(impl timers.Impl) contestant {
			b := workload.NewBursts(impl, 0, burstSize)
			return contestant{
				burst: func() []float64 {
					cpu, last := b.Run(burstSize)
					return []float64{float64(cpu) / burstSize, float64(last) / 1e6}
				},
				close: b.Close,
			}
		})
	},
}

// wheelStorm runs the harness alone right after each storm. What is left may be within
// the noise: a microsecond is the least that is told apart.
var wheelStorm = measurement{
	name:   "wheel/storm",
	title:  "1,000 of 1 M pending timers a second brought forward to 5 ms from now",
	values: []value{{"processor time per timer", "µs"}, {"without the harness", "µs"}},
	bars: []bar{
		{"bring-forward storm at 1 M, processor time vs Reset", "processor time per timer", "afterfunc", "invd", 50, false},
		{"bring-forward storm at 1 M, without the harness, vs Reset", "without the harness", "afterfunc", "invd", 50, false},
	},
	contestants: func() []contestant {
		return eachTimers(func(impl timers.Impl) contestant {
			return contestant{burst: func() []float64 {
				cpu, _ := workload.RunStorm(impl, million, perSecond, runsFor)
				harness, _ := workload.RunStorm(timers.None, million, perSecond, runsFor)
				return []float64{micros(cpu), micros(max(cpu-harness, time.Microsecond))}
			}}
		})
	},
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

var wheelMemory = measurement{
	name:   "wheel/memory",
	title:  "1 M pending: memory, and one forced collection",
	values: []value{{"timer", "bytes"}, {"collection", "µs"}, {"its processor time", "µs"}},
	bars: []bar{
		{"bytes per timer at 1 M", "timer", "invd", "", 17, true},
		{"processor time of a collection at 1 M vs AfterFunc", "its processor time", "afterfunc", "invd", 100, false},
	},
	contestants: func() []contestant {
		return eachTimers(func(impl timers.Impl) contestant {
			return contestant{burst: func() []float64 { return footprint("wheel/" + impl.Name) }}
		})
	},
}

var wheelArming = measurement{
	name:   "wheel/arming",
	title:  "One arming while 3 M scattered timers expire",
	values: []value{{"p50", "µs"}, {"p99.9", "µs"}, {"max", "µs"}},
	bars:   []bar{{"arming p99.9 while 3 M expire, µs", "p99.9", "invd", "", 2000, true}},
	contestants: func() []contestant {
		return eachTimers(func(impl timers.Impl) contestant {
			return contestant{burst: func() []float64 {
				took := workload.ArmTimes(impl, 3*million)
				at := func(q float64) float64 { return float64(workload.Quantile(took, q)) / 1e3 }
				return []float64{at(0.5), at(0.999), at(1)}
			}}
		}, "invd", "heap4")
	},
}

var wheelMeasurements = []measurement{
	wheelOp(0), wheelOp(daemon), wheelOp(million), wheelOp(10*million, intrusive...),
	wheelFloor, wheelCycle, wheelEarly, wheelBurst, wheelStorm, wheelMemory, wheelArming,
}
