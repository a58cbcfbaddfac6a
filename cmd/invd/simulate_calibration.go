package main

import (
	"fmt"
	"io"

	"invd/cmd/invd/simulation"
)

// printCalibration prints, for the policies that estimate what is true, how far the
// estimates can be believed.
func printCalibration(w io.Writer, all []simulation.Summary) {
	head := []any{"POLICY", "PROBABILITY"}
	for tenth := range 10 {
		head = append(head, fmt.Sprintf("%d-%d%%", 10*tenth, 10*tenth+10))
	}
	head = append(head, "BRIER", "ERROR")
	fmt.Fprintln(w)
	t := newTable(w, head...)
	for _, s := range all {
		c := s.Mean.Calibration
		if c == nil {
			continue
		}
		reads := 0
		for _, b := range c.Bins {
			reads += b.Reads
		}
		given, found, of := []any{s.Policy, "estimated"}, []any{s.Policy, "true"}, []any{s.Policy, "of reads"}
		for _, b := range c.Bins {
			if b.Reads == 0 {
				given, found, of = append(given, ""), append(found, ""), append(of, percent(0))
				continue
			}
			given, found, of = append(given, percent(b.Estimated)), append(found, percent(b.True)), append(of, percent(float64(b.Reads)/float64(reads)))
		}
		t.row(append(given, fmt.Sprintf("%.3f", c.Brier), percent(c.Error))...)
		t.row(found...)
		t.row(of...)
	}
	_ = t.Flush()
	fmt.Fprint(w, `
PROBABILITY, about the time of the read, that what is stored is still true: as estimated, what share was, and how many reads that is of.
BRIER is the mean square of what the estimates lacked, ERROR the mean difference between the first two lines.
`)
}
