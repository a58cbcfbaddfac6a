package main

import (
	"fmt"
	"strings"
	"time"

	"invd/cmd/invd/simulation"
	"invd/engine/limit"
	"invd/engine/span"
)

func (g *globals) simulateTable(o simulation.Options, seeds int, all []simulation.Summary) {
	limits := limitsFlag(o.Limits)
	fmt.Fprintf(g.out, "%d products × %d dates, %s requests; days 1 to %d after an empty start; means of %d market(s)\n\n",
		len(o.World.Products), o.Catalogue.Rules.Horizon(), limits.String(), o.Days, seeds)
	t := newTable(g.out, "POLICY", "FRESH", "(LEAST-MOST)", "AVAILABLE", "OVERSOLD", "ANSWERED", "WAITED", "FIRST DAY", "AGE P50", "P99", "BUDGET", "FULLEST")
	for _, s := range all {
		m := &s.Mean
		t.row(s.Policy, percent(m.Fresh), fmt.Sprintf("(%s-%s)", percent(s.LeastFresh), percent(s.MostFresh)), percent(m.Available),
			fmt.Sprintf("%.2f%%", 100*m.Oversold), percent(m.Answered), percent(m.Waited), percent(m.FirstDay),
			hours(m.AgeP50), hours(m.AgeP99), percent(m.Budget), m.Fullest)
	}
	_ = t.Flush()
	fmt.Fprintln(g.out)
	t = newTable(g.out, "POLICY", "SCHEDULE", "READS", "FRESH", "AGE P50", "P99", "OLDEST")
	for _, s := range all {
		for _, c := range s.Mean.Schedules {
			oldest := hours(c.MaxAge)
			if c.Never {
				oldest = "never fetched"
			}
			t.row(s.Policy, c.Name, percent(c.Reads), percent(c.Fresh), hours(c.AgeP50), hours(c.AgeP99), oldest)
		}
	}
	_ = t.Flush()
	fmt.Fprint(g.out, `
FRESH: every slot's places and the price were as at the partner at that moment. AVAILABLE: the same slots could be booked,
at that price. OVERSOLD: a slot was shown that was sold out. WAITED: for a fetch of the reader's own. FIRST DAY: fresh among
the reads of the first 24 hours. Ages are those at the reads; OLDEST is of any open date, read or not.
`)
}

func percent(share float64) string { return fmt.Sprintf("%.1f%%", 100*share) }

// hours prints an age in minutes or hours.
func hours(seconds float64) string {
	if seconds < 2*3600 {
		return fmt.Sprintf("%.0fm", seconds/60)
	}
	return fmt.Sprintf("%.1fh", seconds/3600)
}

// A limitsFlag is the value of --limit: 30/1m, or several with commas between, all
// of which hold.
type limitsFlag []limit.Limit

// Set takes what stands on the command line or in the environment.
func (l *limitsFlag) Set(text string) error {
	var limits []limit.Limit
	for part := range strings.SplitSeq(text, ",") {
		var requests int
		number, window, _ := strings.Cut(strings.TrimSpace(part), "/")
		_, err := fmt.Sscanf(number, "%d", &requests)
		per, err2 := span.Parse(window)
		if err != nil || err2 != nil || requests < 1 || requests > 1_000_000 || per < time.Second || per > 31*24*time.Hour {
			return fmt.Errorf("%q: want requests per time, as 30/1m", part)
		}
		limits = append(limits, limit.Limit{Requests: requests, Per: per})
	}
	*l = limits
	return nil
}

// String returns what Set takes.
func (l *limitsFlag) String() string {
	parts := make([]string, len(*l))
	for i, x := range *l {
		parts[i] = fmt.Sprintf("%d/%s", x.Requests, span.Format(x.Per))
	}
	return strings.Join(parts, ",")
}

// Type is what the help shows.
func (*limitsFlag) Type() string { return "N/TIME" }
