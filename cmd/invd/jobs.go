package main

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

// newJobs returns `invd jobs` and what it holds.
func newJobs(g *globals) *cobra.Command {
	return group("jobs", "List, retry and purge fetch jobs", newJobsList(g), newJobsShow(g), newJobsRetry(g), newJobsPurge(g))
}

// mostJobs is how many jobs the daemon lists at once.
const mostJobs = 1000

func newJobsList(g *globals) *cobra.Command {
	var output format
	var state, product string
	var limit int
	var cursor uint64
	c := &cobra.Command{Use: "list", Short: "List jobs, the newest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 || limit > mostJobs {
				return usageError{fmt.Errorf("--limit %d: want 1 to %d", limit, mostJobs)}
			}
			query := url.Values{"limit": {strconv.Itoa(limit)}}
			if cursor != 0 {
				query.Set("cursor", strconv.FormatUint(cursor, 10))
			}
			if state != "" {
				if _, ok := refresh.ParseState(state); !ok {
					return usageError{fmt.Errorf("--state %q: want one of %s", state, listed(refresh.States()))}
				}
				query.Set("state", state)
			}
			if product != "" {
				if _, err := inventory.ParseProductID(product); err != nil {
					return usageError{err}
				}
				query.Set("product", product)
			}
			var list struct {
				Jobs []report.Job `json:"jobs"`
				Next string       `json:"next_cursor,omitempty"`
			}
			if err := g.get(cmd.Context(), "/api/v1/jobs?"+query.Encode(), &list); err != nil {
				return err
			}
			return g.print(output, list, func() {
				now := time.Now()
				t := newTable(g.out, "JOB", "PRODUCT", "DATE", "SCHEDULE", "TRIGGER", "STATE", "ATTEMPTS", "OUTCOME", "CREATED", "ERROR")
				for _, j := range list.Jobs {
					t.row(j.ID, j.Product, j.Date, j.Schedule, j.Trigger, j.State, j.Attempts, j.Outcome, since(j.Created, now), j.Error)
				}
				t.Flush()
				if list.Next != "" {
					fmt.Fprintf(g.out, "older ones: --cursor %s\n", list.Next)
				}
			})
		}}
	c.Flags().StringVar(&state, "state", "", "only jobs in this state: "+listed(refresh.States()))
	c.Flags().StringVar(&product, "product", "", "only jobs of this product")
	c.Flags().IntVar(&limit, "limit", 50, fmt.Sprintf("at most so many, 1 to %d", mostJobs))
	c.Flags().Uint64Var(&cursor, "cursor", 0, "only jobs older than this one")
	outputFlag(c, &output)
	return c
}

func newJobsShow(g *globals) *cobra.Command {
	var output format
	c := &cobra.Command{Use: "show JOB", Short: "Show one job", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := parseID("job", args[0])
			if err != nil {
				return err
			}
			var j report.Job
			if err := g.get(cmd.Context(), "/api/v1/jobs/"+id, &j); err != nil {
				return err
			}
			return g.print(output, j, func() {
				now := time.Now()
				t := newTable(g.out, "job", j.ID)
				t.row("key", fmt.Sprintf("%d/%s", j.Product, j.Date))
				t.row("schedule", j.Schedule)
				t.row("trigger", j.Trigger)
				t.row("state", j.State)
				t.row("outcome", j.Outcome)
				t.row("attempts", j.Attempts)
				t.row("created", since(j.Created, now))
				t.row("started", since(j.Started, now))
				t.row("finished", since(j.Finished, now))
				t.row("retry", until(j.RetryAt, now))
				t.row("error", j.Error)
				if j.Finished.IsZero() {
					t.row("why not yet", fmt.Sprintf("invd explain %d %s", j.Product, j.Date))
				}
				t.Flush()
			})
		}}
	outputFlag(c, &output)
	return c
}
