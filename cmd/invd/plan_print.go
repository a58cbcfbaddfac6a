package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"invd/engine/report"
)

// marks are what pictures are made of.
type marks struct{ full, rest, end string }

var (
	blocks = marks{full: "█", rest: "░", end: "│"}
	ascii  = marks{full: "#", rest: ".", end: "|"}
)

// pickMarks returns blocks when the locale says that the terminal knows them.
func pickMarks() marks {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := os.Getenv(name); locale != "" {
			if l := strings.ToUpper(locale); strings.Contains(l, "UTF-8") || strings.Contains(l, "UTF8") {
				return blocks
			}
			return ascii
		}
	}
	return ascii
}

func printPlan(w io.Writer, p report.Plan, m marks) {
	fits := "fit"
	if !p.Feasible {
		fits = "do not fit"
	}
	fmt.Fprintf(w, "%s products, %s requests a day: the schedules %s\n\n", thousands(float64(p.Products)), thousands(p.BudgetPerDay), fits)
	t := newTable(w, "SCHEDULE", "DAYS", "EVERY", "AS WRITTEN", "NO OVERLAP", "SUM", "PRODUCTS THAT FIT", "STRETCHED TO")
	for _, s := range p.Schedules {
		t.row(s.Name, s.Days, seconds(s.EverySeconds), thousands(s.AsWrittenPerDay), thousands(s.DemandPerDay), thousands(s.SumPerDay),
			thousands(float64(s.Fits)), seconds(s.IntervalSeconds))
	}
	t.row("all", "", "", thousands(p.AsWrittenPerDay), thousands(p.DemandPerDay), "", thousands(float64(p.Fits)), "")
	t.Flush()
	fmt.Fprintln(w)
	drawDemand(w, p, m)
	fmt.Fprintf(w, "\nAs written, with dates fetched twice where schedules overlap, they ask for %s requests a day, %.2f times the budget;\n"+
		"without overlap for %s, %.2f times.", thousands(p.AsWrittenPerDay), p.AsWrittenPerDay/p.BudgetPerDay, thousands(p.DemandPerDay), p.DemandPerDay/p.BudgetPerDay)
	if p.Stretch > 1 {
		fmt.Fprintf(w, " With %.0f %% of the budget in reserve, every interval is stretched %.2f times.", 100*p.Reserve, p.Stretch)
	}
	fmt.Fprintf(w, "\nAt most %s products fit (%s with overlap).\n", thousands(float64(p.Fits)), thousands(float64(p.FitsAsWritten)))
	if len(p.Policies) > 0 {
		printPredictions(w, p, m)
	}
}

// drawDemand draws what each schedule asks for behind what the ones before it do,
// and how far the budget reaches.
func drawDemand(w io.Writer, p report.Plan, m marks) {
	const width = 60
	scale := width / max(p.DemandPerDay, p.BudgetPerDay)
	column := func(perDay float64) int { return int(math.Round(perDay * scale)) }
	name := len("budget")
	for _, s := range p.Schedules {
		name = max(name, len(s.Name))
	}
	for _, s := range p.Schedules {
		from, to := column(s.SumPerDay-s.DemandPerDay), column(s.SumPerDay)
		fmt.Fprintf(w, "%-*s  %s%s\n", name, s.Name, strings.Repeat(" ", from), strings.Repeat(m.full, max(1, to-from)))
	}
	fmt.Fprintf(w, "%-*s  %s%s %s\n", name, "budget", strings.Repeat(m.rest, max(0, column(p.BudgetPerDay)-1)), m.end, thousands(p.BudgetPerDay))
}

func ratesName(rates string) string {
	if rates == report.RatesLearned {
		return "rates learned by the running daemon"
	}
	return "assumed rates"
}

func printPredictions(w io.Writer, p report.Plan, m marks) {
	fmt.Fprintf(w, "\nReads that will equal the partner's truth after the first day (%s), and how old they are: half of them, 99 %% at most\n\n", ratesName(p.Rates))
	head := []any{"POLICY", "TRUE"}
	for _, s := range p.Schedules {
		head = append(head, strings.ToUpper(s.Name))
	}
	t := newTable(w, head...)
	for _, policy := range p.Policies {
		filled := int(math.Round(20 * policy.FreshShare))
		name := policy.Policy
		if name == p.Policy {
			name += " *"
		}
		cells := []any{name, fmt.Sprintf("%s%s %.1f %%", strings.Repeat(m.full, filled), strings.Repeat(m.rest, 20-filled), 100*policy.FreshShare)}
		for _, s := range policy.Schedules {
			cell := "never fetched"
			if s.AgeP99Seconds > 0 {
				cell = fmt.Sprintf("%.0f %%: %s, %s", 100*s.FreshShare, seconds(s.AgeP50Seconds), seconds(s.AgeP99Seconds))
			}
			cells = append(cells, cell)
		}
		t.row(cells...)
	}
	t.Flush()
	fmt.Fprintln(w, "* in force")
	for _, policy := range p.Policies {
		if policy.Policy == "adaptive" && policy.Stretch > 1 {
			fmt.Fprintf(w, "\nThe bounds of age (max_age) fit only when they are stretched %.2f times.\n", policy.Stretch)
		}
	}
}

// thousands prints a whole number as 43,200.
func thousands(f float64) string {
	digits := fmt.Sprintf("%.0f", f)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
