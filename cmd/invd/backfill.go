package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"invd/engine/inventory"
	"invd/engine/report"
)

// newBackfill returns `invd backfill` and what it holds.
func newBackfill(g *globals) *cobra.Command {
	return group("backfill", "Fetch a range of dates once, when nothing more urgent waits",
		newBackfillStart(g), newBackfillList(g), newBackfillCancel(g))
}

// A backfillRequest is the body that asks for a backfill.
type backfillRequest struct {
	Product *inventory.ProductID `json:"product,omitempty"`
	From    string               `json:"from,omitempty"`
	To      string               `json:"to,omitempty"`
	DryRun  bool                 `json:"dry_run,omitempty"`
}

func newBackfillStart(g *globals) *cobra.Command {
	var output format
	var body backfillRequest
	var all, yes, dryRun bool
	c := &cobra.Command{Use: "start [PRODUCT]", Short: "Show what a backfill costs, and start it", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if all == (len(args) == 1) {
				return usageError{errors.New("which product? Name one, or say --all")}
			}
			if len(args) == 1 {
				id, err := inventory.ParseProductID(args[0])
				if err != nil {
					return usageError{err}
				}
				body.Product = &id
			}
			for _, date := range []string{body.From, body.To} {
				if _, err := inventory.ParseDate(date); date != "" && err != nil {
					return usageError{err}
				}
			}
			asked := isTerminal(os.Stdin) && isTerminal(g.err)
			if !yes && !dryRun && !asked {
				return usageError{errors.New("nobody is there to be asked: say --yes, or --dry-run to see the cost alone")}
			}
			body.DryRun = true
			var b report.Backfill
			if err := g.post(cmd.Context(), "/api/v1/backfills", body, &b); err != nil {
				return err
			}
			if dryRun {
				return g.print(output, b, func() { fmt.Fprintln(g.out, costOf(&b)) })
			}
			fmt.Fprintln(g.err, costOf(&b))
			if !yes && !confirm(g.err, os.Stdin, "Start it?") {
				return errors.New("not started")
			}
			body.DryRun = false
			if err := g.post(cmd.Context(), "/api/v1/backfills", body, &b); err != nil {
				return err
			}
			if output == inText && isTerminal(g.out) {
				return g.followBackfill(cmd.Context(), b.ID)
			}
			return g.print(output, b, func() { fmt.Fprintf(g.out, "backfill %d started\n", b.ID) })
		}}
	c.Flags().BoolVar(&all, "all", false, "every enabled product")
	c.Flags().StringVar(&body.From, "from", "", "first date, YYYY-MM-DD (default: today)")
	c.Flags().StringVar(&body.To, "to", "", "last date, YYYY-MM-DD, at most 366 days ahead (default: the horizon's last)")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "show the cost and start nothing")
	outputFlag(c, &output)
	return c
}

// costOf says what a backfill takes before it is started.
func costOf(b *report.Backfill) string {
	what := "all products"
	if b.Product != 0 {
		what = "product " + b.Product.String()
	}
	return fmt.Sprintf("%s, %s to %s: %s, about %s at what the schedules leave (%.0f an hour), %s if nothing else were fetched",
		what, b.From, b.To, report.Counted(b.Cost.Requests, "request"), seconds(b.Cost.Minutes*60), b.Cost.LeftPerHour, seconds(b.Cost.LeastMins*60))
}

func (g *globals) backfills(ctx context.Context) (list struct {
	Backfills []report.Backfill `json:"backfills"`
}, err error) {
	err = g.get(ctx, "/api/v1/backfills", &list)
	return list, err
}

// followBackfill shows a backfill's progress until it is over or the user has seen
// enough: it goes on without an audience.
func (g *globals) followBackfill(ctx context.Context, id uint64) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		list, err := g.backfills(ctx)
		i := slices.IndexFunc(list.Backfills, func(b report.Backfill) bool { return b.ID == id })
		switch {
		case ctx.Err() != nil:
			fmt.Fprintf(g.out, "\nbackfill %d goes on; see invd backfill list\n", id)
			return nil
		case err != nil:
			return err
		case i < 0:
			return fmt.Errorf("backfill %d is not listed any more", id)
		}
		b := &list.Backfills[i]
		fmt.Fprintf(g.out, "%sbackfill %d %s: %s, %s left", lineAnew, id, b.State, progress(b), seconds(b.Cost.Minutes*60))
		if !b.Finished.IsZero() {
			fmt.Fprintln(g.out)
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

func progress(b *report.Backfill) string {
	text := fmt.Sprintf("%d of %d", b.Done, b.Total)
	if b.Failed > 0 {
		text += fmt.Sprintf(", %d failed", b.Failed)
	}
	if b.Skipped > 0 {
		text += fmt.Sprintf(", %d skipped", b.Skipped)
	}
	return text
}

func newBackfillList(g *globals) *cobra.Command {
	var output format
	c := &cobra.Command{Use: "list", Short: "List backfills and how far they are", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := g.backfills(cmd.Context())
			if err != nil {
				return err
			}
			return g.print(output, list, func() {
				now := time.Now()
				t := newTable(g.out, "BACKFILL", "PRODUCT", "FROM", "TO", "STATE", "DONE", "LEFT", "CREATED", "BY")
				for i := range list.Backfills {
					b := &list.Backfills[i]
					product, left := "all", ""
					if b.Product != 0 {
						product = b.Product.String()
					}
					if b.Finished.IsZero() {
						left = "about " + seconds(b.Cost.Minutes*60)
					}
					t.row(b.ID, product, b.From, b.To, b.State, progress(b), left, since(b.Created, now), b.By)
				}
				t.Flush()
			})
		}}
	outputFlag(c, &output)
	return c
}

func newBackfillCancel(g *globals) *cobra.Command {
	var output format
	c := &cobra.Command{Use: "cancel BACKFILL", Short: "End a backfill; what it has fetched stays", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := parseID("backfill", args[0])
			if err != nil {
				return err
			}
			var done struct {
				ID  uint64 `json:"id"`
				Was bool   `json:"was_open"`
			}
			if err := g.post(cmd.Context(), "/api/v1/backfills/"+id+"/cancel", struct{}{}, &done); err != nil {
				return err
			}
			return g.print(output, done, func() {
				if done.Was {
					fmt.Fprintf(g.out, "canceled backfill %d\n", done.ID)
				} else {
					fmt.Fprintf(g.out, "backfill %d was over\n", done.ID)
				}
			})
		}}
	outputFlag(c, &output)
	return c
}
