//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"

	"invd/bench/served"
)

// A measurement compares what contestants reach in the same rounds.
type measurement struct {
	name, title string
	values      []value
	bars        []bar
	contestants func(c *config, servers *served.Process) ([]contestant, error) // the first is what the others are divided by
}

// A value is one figure of a burst.
type value struct{ name, unit string }

// A contestant is asked once in each round.
type contestant struct {
	name  string
	burst func() ([]float64, error) // as values
	close func()
}

// A bar is what was asked for.
type bar struct {
	text, value string
	of, to      string // contestants; of ÷ to is what is judged, or of alone
	limit       float64
	atMost      bool
}

// taken is a measurement with its figures by contestant, value and round.
type taken struct {
	measurement
	names   []string
	figures map[string][][]float64
}

func (m measurement) take(c *config, servers *served.Process) (taken, error) {
	t := taken{measurement: m, figures: map[string][][]float64{}}
	contestants, err := m.contestants(c, servers)
	for _, one := range contestants {
		t.names = append(t.names, one.name)
		t.figures[one.name] = make([][]float64, len(m.values))
		defer one.close()
	}
	for round := 0; err == nil && round <= c.rounds; round++ {
		err = t.round(contestants, round)
	}
	return t, err
}

// round gives each contestant a burst, in random order: what one leaves behind, such
// as garbage to collect, is not always the same one's to carry.
func (t *taken) round(contestants []contestant, round int) error {
	for _, i := range rand.Perm(len(contestants)) {
		one := contestants[i]
		figures, err := one.burst()
		if err != nil {
			return fmt.Errorf("%s: %w", one.name, err)
		}
		for v, figure := range figures {
			if round > 0 {
				t.figures[one.name][v] = append(t.figures[one.name][v], figure)
			}
		}
	}
	return nil
}

// ratios returns of ÷ to, round by round.
func ratios(of, to []float64) []float64 {
	r := make([]float64, len(of))
	for i := range r {
		r[i] = of[i] / to[i]
	}
	return r
}
