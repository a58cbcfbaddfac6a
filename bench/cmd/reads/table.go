//go:build linux

package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// quartiles returns the lower quartile, the median and the upper quartile.
func quartiles(figures []float64) (lower, median, upper float64) {
	sorted := slices.Sorted(slices.Values(figures))
	at := func(q float64) float64 {
		x := q * float64(len(sorted)-1)
		i := int(x)
		j := min(i+1, len(sorted)-1)
		return sorted[i] + (sorted[j]-sorted[i])*(x-float64(i))
	}
	return at(0.25), at(0.5), at(0.75)
}

// number prints a figure with three digits.
func number(x float64) string {
	switch a := math.Abs(x); {
	case a == 0:
		return "0"
	case a >= 99.95:
		digits := fmt.Sprintf("%.0f", x)
		for i := len(digits) - 3; i > 0; i -= 3 {
			digits = digits[:i] + "," + digits[i:]
		}
		return digits
	case a >= 9.995:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.2f", x)
}

// spread prints the median and the quartiles.
func spread(figures []float64) string {
	lower, median, upper := quartiles(figures)
	return fmt.Sprintf("%s (%s–%s)", number(median), number(lower), number(upper))
}

// print prints a row for each contestant, and for each value the median and the
// ratio to the first contestant, both with their quartiles.
func (t taken) print(w io.Writer) {
	fmt.Fprintf(w, "\n%s (`-run %s`):\n\n", t.title, t.name)
	header, rule := "| |", "| --- |"
	for _, v := range t.values {
		header += fmt.Sprintf(" %s, %s | ÷ %s |", v.name, v.unit, t.names[0])
		rule += " ---: | ---: |"
	}
	fmt.Fprintln(w, header)
	fmt.Fprintln(w, rule)
	for _, name := range t.names {
		fmt.Fprintf(w, "| %s |", name)
		for v, figures := range t.figures[name] {
			switch {
			case slices.Max(figures) == 0: // not known of a -target
				fmt.Fprint(w, " | |")
			case name == t.names[0]:
				fmt.Fprintf(w, " %s | |", spread(figures))
			default:
				fmt.Fprintf(w, " %s | %s |", spread(figures), spread(ratios(figures, t.figures[t.names[0]][v])))
			}
		}
		fmt.Fprintln(w)
	}
}

// A verdict is a bar and what was measured.
type verdict struct {
	bar
	figures []float64
}

func (t taken) verdicts() (all []verdict) {
	for _, b := range t.bars {
		if t.figures[b.of] == nil || b.to != "" && t.figures[b.to] == nil {
			continue // a -target that was not given
		}
		v := slices.IndexFunc(t.values, func(v value) bool { return v.name == b.value })
		figures := t.figures[b.of][v]
		if b.to != "" {
			figures = ratios(figures, t.figures[b.to][v])
		}
		all = append(all, verdict{b, figures})
	}
	return all
}

func printVerdicts(w io.Writer, verdicts []verdict) {
	if len(verdicts) == 0 {
		return
	}
	fmt.Fprint(w, "\n| bar | asked | measured: median (quartiles) | |\n| --- | ---: | ---: | --- |\n")
	for _, v := range verdicts {
		_, median, _ := quartiles(v.figures)
		sign, met := "≥", median >= v.limit
		if v.atMost {
			sign, met = "≤", median <= v.limit
		}
		said := "met"
		if !met {
			said = "**missed**"
		}
		fmt.Fprintf(w, "| %s | %s %s | %s | %s |\n", v.text, sign, strings.TrimSuffix(number(v.limit), ".00"), spread(v.figures), said)
	}
}
