package main

import (
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

// newStatus returns `invd status`.
func newStatus(g *globals) *cobra.Command {
	var output format
	var watch bool
	c := &cobra.Command{Use: "status", Short: "Show the state of the running daemon on one screen", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if watch {
				return g.watchStatus(cmd.Context(), output)
			}
			var st report.Status
			if err := g.get(cmd.Context(), "/api/v1/status", &st); err != nil {
				return err
			}
			return g.print(output, st, func() { printStatus(g.out, g.paint(), st) })
		}}
	c.Flags().BoolVar(&watch, "watch", false, "show it again and again, until Ctrl-C")
	outputFlag(c, &output)
	return c
}

func printStatus(w io.Writer, p paint, st report.Status) {
	ready := "ready"
	if !st.Ready {
		ready = p.bad("NOT READY")
	}
	fmt.Fprintf(w, "invd %s, %s, up %s\n", st.Version, ready, seconds(st.Now.Sub(st.Started).Seconds()))
	fmt.Fprintf(w, "products  %d active, %d paused, %d disabled, %d gone\n", st.Products.Active, st.Products.Paused, st.Products.Disabled, st.Products.Gone)
	state := st.Source.State
	if state != "open" {
		state = p.bad(state)
	}
	fmt.Fprintf(w, "source    %s", state)
	if st.Source.Reason != "" {
		fmt.Fprintf(w, ": %s", st.Source.Reason)
	}
	if !st.Source.BlockedUntil.IsZero() {
		fmt.Fprintf(w, " (until %s)", st.Source.BlockedUntil.Format(time.TimeOnly))
	}
	fmt.Fprintf(w, ", last good answer %s\n", since(st.Source.LastSuccess, st.Now))
	var used []string
	for _, l := range st.Budget.Limits {
		text := fmt.Sprintf("%d of %d per %s", l.Used, l.Requests, seconds(l.PerSeconds))
		if l.Allowed < l.Requests {
			text += fmt.Sprintf(" (the partner seems to allow %d)", l.Allowed)
		}
		used = append(used, text)
	}
	fmt.Fprintf(w, "budget    %s used; demand %.0f of %.0f requests a day\n", strings.Join(used, ", "), st.Budget.DemandPerDay, st.Budget.LimitPerDay)
	if x := st.Planner; x != nil {
		fmt.Fprintf(w, "planner   price %.3g reads, %.1f %% of reads expected fresh, stretch %.2f, %.0f %% of the budget for max_age\n",
			x.Price, 100*x.ExpectedFresh, st.Stretch, 100*x.BoundsShare)
	}
	fmt.Fprintf(w, "jobs      %d pending, %d running, %d retrying, %d dead\n", st.Jobs.Pending, st.Jobs.Running, st.Jobs.Retrying, st.Jobs.Dead)
	printWaiting(w, st)
	fmt.Fprintf(w, "store     %.1f MiB, %s, %s\n", float64(st.Store.FileBytes)/(1<<20), report.Counted(st.Store.Days, "date"), report.Counted(st.Store.FinishedLog, "finished job"))
	fmt.Fprintf(w, "cache     %.1f of %.1f MiB", float64(st.Cache.Bytes)/(1<<20), float64(st.Cache.MaxBytes)/(1<<20))
	if reads := st.Cache.Hits + st.Cache.Misses; reads > 0 {
		fmt.Fprintf(w, ", %.1f %% of %d reads found their answer there", 100*float64(st.Cache.Hits)/float64(reads), reads)
	}
	fmt.Fprintln(w)
	if st.Infeasible != "" {
		fmt.Fprintf(w, "%s   %s\n", p.warn("warning"), st.Infeasible)
	}
	printPause(w, p, "everything", st.Paused, st.Now)
	printProductPauses(w, p, st)
	fmt.Fprintln(w)
	printSchedules(w, p, st.Schedules, st.Now)
	fmt.Fprintln(w)
	t := newTable(w, "BAND", "JOBS", "OLDEST")
	for _, b := range st.Bands {
		if st.Planner != nil && b.Jobs == 0 {
			continue // of many
		}
		t.row(report.BandInWords(b.Name), b.Jobs, seconds(b.OldestAgeSeconds))
	}
	t.Flush()
}

// printWaiting says what the queued jobs wait for.
func printWaiting(w io.Writer, st report.Status) {
	waiting := 0
	for _, b := range st.Bands {
		waiting += b.Jobs
	}
	if waiting == 0 || st.Source.State != "open" || st.Budget.LimitPerDay <= 0 {
		return // the source's line says why, if there is any
	}
	next := "next one now"
	if st.Budget.Available == 0 && !st.Budget.NextPermit.IsZero() {
		next = "next one " + until(st.Budget.NextPermit, st.Now)
	}
	fmt.Fprintf(w, "waiting   %s for a turn, %s of the budget; %s\n", report.Counted(waiting, "job"), seconds(max(1, float64(waiting)/st.Budget.LimitPerDay*24*60*60)), next)
}

func printSchedules(w io.Writer, p paint, schedules []report.Schedule, now time.Time) {
	t := newTable(w, "SCHEDULE", "DAYS", "EVERY", "FRESH", "STALE", "NEVER", "PAUSED", "OLDEST", "OBJECTIVE", "NEXT DUE")
	for _, s := range schedules {
		oldest := "" // of the keys that were ever answered
		if s.Keys.Fresh+s.Keys.Stale > 0 {
			oldest = seconds(s.OldestAgeSeconds)
		}
		t.row(s.Name, s.Days, interval(s), s.Keys.Fresh, s.Keys.Stale, s.Keys.Never, s.Keys.Paused,
			oldest, seconds(s.ObjectiveSeconds), until(s.NextDue, now))
	}
	t.Flush()
	for _, s := range schedules {
		printPause(w, p, "schedule "+s.Name, s.Paused, now)
	}
}

// interval says how often a schedule comes round, and how often as written when
// that is something else.
func interval(s report.Schedule) string {
	if s.IntervalSeconds == s.EverySeconds {
		return seconds(s.EverySeconds)
	}
	return fmt.Sprintf("%s (for %s)", seconds(s.IntervalSeconds), seconds(s.EverySeconds))
}

func printPause(w io.Writer, colours paint, what string, p *refresh.Pause, now time.Time) {
	if p == nil {
		return
	}
	fmt.Fprintf(w, "%s    %s, since %s by %s", colours.warn("PAUSED"), what, since(p.Since, now), p.By)
	if p.Reason != "" {
		fmt.Fprintf(w, ": %s", p.Reason)
	}
	if !p.Until.IsZero() {
		fmt.Fprintf(w, " (ends %s)", until(p.Until, now))
	}
	fmt.Fprintln(w)
}

// newExplain returns `invd explain`.
func newExplain(g *globals) *cobra.Command {
	var output format
	c := &cobra.Command{Use: "explain PRODUCT DATE", Short: "Tell why one date is as old as it is, and when it is fetched next", Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			k, err := parseKey(args[0], args[1])
			if err != nil {
				return usageError{err}
			}
			var e report.Explanation
			query := url.Values{"product": {k.Product.String()}, "date": {k.Date.String()}}
			if err := g.get(cmd.Context(), "/api/v1/explain?"+query.Encode(), &e); err != nil {
				return err
			}
			return g.print(output, e, func() { printExplanation(g.out, e, time.Now()) })
		}}
	outputFlag(c, &output)
	return c
}

func parseKey(product, date string) (k inventory.Key, err error) {
	if k.Product, err = inventory.ParseProductID(product); err != nil {
		return k, err
	}
	k.Date, err = inventory.ParseDate(date)
	return k, err
}

func printExplanation(w io.Writer, e report.Explanation, now time.Time) {
	fmt.Fprintf(w, "%s on %s (%s): %s\n\n", title(e.Product, e.Name), e.Date, e.Timezone, e.Verdict)
	t := newTable(w, "state", e.State)
	fresh := "stale"
	if e.Fresh {
		fresh = "fresh"
	}
	switch {
	case e.Checked.IsZero():
		t.row("last answer", "never")
	case e.Schedule == "": // nothing says how old it may be
		t.row("last answer", since(e.Checked, now))
		t.row("last change", since(e.Changed, now))
	default:
		t.row("last answer", fmt.Sprintf("%s (%s; objective %s)", since(e.Checked, now), fresh, seconds(e.ObjectiveSeconds)))
		t.row("last change", since(e.Changed, now))
	}
	t.row("schedule", e.Schedule)
	t.row("place", e.Place)
	if !e.Due.IsZero() {
		t.row("due", until(e.Due, now))
	}
	if e.Band != "" {
		t.row("band", fmt.Sprintf("%s; at most %s ahead", report.BandInWords(e.Band), report.Counted(e.Ahead, "job")))
	}
	if e.Job != nil {
		t.row("job", fmt.Sprintf("%d, %s, %d attempts", e.Job.ID, e.Job.State, e.Job.Attempts))
	}
	permit := fmt.Sprintf("%d available now", e.Budget.Available)
	if e.Budget.Available == 0 {
		permit = "none now, one " + until(e.Budget.NextPermit, now)
	}
	t.row("permits", permit)
	source := strings.TrimSuffix(e.Source.State+": "+e.Source.Reason, ": ")
	if e.Source.Failures > 0 {
		source += fmt.Sprintf("; %d failures in a row", e.Source.Failures)
	}
	if !e.Source.BlockedUntil.IsZero() {
		source += "; asked again " + until(e.Source.BlockedUntil, now)
	}
	t.row("source", source)
	for _, x := range e.Pauses {
		p := x.Paused
		text := fmt.Sprintf("%s, since %s by %s", refresh.InWords(x.Scope), since(p.Since, now), p.By)
		if p.Reason != "" {
			text += ": " + p.Reason
		}
		if !p.Until.IsZero() {
			text += " (ends " + until(p.Until, now) + ")"
		}
		t.row("pause", text)
	}
	if x := e.Estimate; x != nil {
		t.row("still true", fmt.Sprintf("with probability %.2f (%.3g changes and %.3g reads a day)", x.StillTrue, x.ChangesPerDay, x.ReadsPerDay))
		t.row("worth", fmt.Sprintf("%.3g reads a request; the price is %.3g", x.Index, x.Price))
		if !x.Bound.IsZero() {
			t.row("max_age", until(x.Bound, now))
		}
	}
	t.row("last error", e.LastError)
	t.Flush()
}
