package main

import (
	"runtime"

	"invd/bench/peers/workload"
)

// A measurement compares implementations in one kind of work.
type measurement struct {
	name   string // what -run matches
	title  string
	values []value // what one burst yields
	bars   []bar

	// contestants opens what takes part, ours first. Each is closed afterwards.
	contestants func() []contestant
}

// A value is one of the figures of a burst.
type value struct {
	name, unit string
}

// A contestant is an implementation, ready to run.
type contestant struct {
	name  string
	burst func() []float64
	close func()
}

// A bar is a ratio, or a value, that was asked for.
type bar struct {
	text   string
	value  string // of which value
	of, to string // contestants; the bar is on of ÷ to, or on of alone
	limit  float64
	atMost bool // otherwise at least
}

// A taken is a measurement's result: for each contestant and value, one figure a
// round.
type taken struct {
	measurement
	names   []string
	figures map[string][][]float64 // by contestant: [value][round]
	trips   []float64              // workload.LineTrip of each round, ns
}

// take takes the measurement.
func (m measurement) take(rounds int) taken {
	t := taken{measurement: m, figures: map[string][][]float64{}}
	contestants := m.contestants()
	for _, c := range contestants {
		t.names = append(t.names, c.name)
		t.figures[c.name] = make([][]float64, len(m.values))
		defer c.close()
	}
	for round := range rounds + 1 {
		t.round(contestants, round)
	}
	return t
}

// round gives each contestant a burst. The first round does not count.
func (t *taken) round(contestants []contestant, round int) {
	runtime.GC()
	trip := float64(workload.LineTrip())
	for i := range contestants {
		c := contestants[(i+round)%len(contestants)]
		for v, figure := range c.burst() {
			if round > 0 {
				t.figures[c.name][v] = append(t.figures[c.name][v], figure)
			}
		}
	}
	if round > 0 {
		t.trips = append(t.trips, trip)
	}
}

// tries makes one burst of five short ones: the median of each figure. One of them
// may have lost its processor to another program in the middle.
func tries(burst func() []float64) func() []float64 {
	return func() []float64 {
		var all [][]float64
		for range 5 {
			for v, figure := range burst() {
				if v == len(all) {
					all = append(all, nil)
				}
				all[v] = append(all[v], figure)
			}
		}
		medians := make([]float64, len(all))
		for v := range all {
			_, medians[v], _ = quartiles(all[v])
		}
		return medians
	}
}

// ratios returns of ÷ to, round by round.
func ratios(of, to []float64) []float64 {
	r := make([]float64, len(of))
	for i := range r {
		r[i] = of[i] / to[i]
	}
	return r
}
