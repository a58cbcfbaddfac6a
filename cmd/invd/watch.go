package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"invd/engine/refresh"
	"invd/engine/report"
)

// watchEvery is how often status --watch asks.
const watchEvery = 2 * time.Second

// watchStatus shows the state until ctx is done: a terminal is drawn anew, everything else
// gets a line each time, and each time's JSON if that is asked for.
func (g *globals) watchStatus(ctx context.Context, output format) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		var st report.Status
		err := g.get(ctx, "/api/v1/status", &st)
		switch {
		case ctx.Err() != nil:
			return nil // seen enough
		case err != nil:
			return err
		case output == inJSON:
			err = g.print(output, st, nil)
		case isTerminal(g.out):
			var screen bytes.Buffer // drawn at once, so that it does not flicker
			screen.WriteString(screenAnew)
			printStatus(&screen, g.paint(), st)
			_, err = g.out.Write(screen.Bytes())
		default:
			_, err = fmt.Fprintln(g.out, statusLine(st))
		}
		if err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// statusLine says in one line what changes most.
func statusLine(st report.Status) string {
	var keys report.Keys
	for _, s := range st.Schedules {
		keys.Fresh, keys.Stale = keys.Fresh+s.Keys.Fresh, keys.Stale+s.Keys.Stale
		keys.Never, keys.Paused = keys.Never+s.Keys.Never, keys.Paused+s.Keys.Paused
	}
	return fmt.Sprintf("%s ready=%t source=%s fresh=%d stale=%d never=%d paused=%d pending=%d running=%d retrying=%d dead=%d permits=%d",
		st.Now.Format(time.RFC3339), st.Ready, st.Source.State, keys.Fresh, keys.Stale, keys.Never, keys.Paused,
		st.Jobs.Pending, st.Jobs.Running, st.Jobs.Retrying, st.Jobs.Dead, st.Budget.Available)
}

// A paint marks words that matter, where somebody sees colours.
type paint bool

// paint is on for a terminal, unless NO_COLOR (https://no-color.org) says otherwise.
func (g *globals) paint() paint { return paint(isTerminal(g.out) && os.Getenv("NO_COLOR") == "") }

func (p paint) bad(text string) string  { return p.in("31", text) }
func (p paint) warn(text string) string { return p.in("33", text) }

func (p paint) in(colour, text string) string {
	if !p || text == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// printProductPauses lists the products that are paused.
func printProductPauses(w io.Writer, p paint, st report.Status) {
	for _, x := range st.Pauses {
		printPause(w, p, refresh.InWords(x.Scope), &x.Paused, st.Now)
	}
	if more := st.Products.Paused - len(st.Pauses); more > 0 {
		fmt.Fprintf(w, "%s    %s; see invd products list\n", p.warn("PAUSED"), report.Counted(more, "more product"))
	}
}
