package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

// A jobChoice is the flags that choose jobs, and the body that asks for them.
type jobChoice struct {
	States  []string             `json:"states,omitempty"`
	Product *inventory.ProductID `json:"product,omitempty"`
	Age     string               `json:"older_than,omitempty"`

	product string
}

// check reads the flags. allowed are the states that may be chosen.
func (c *jobChoice) check(allowed ...refresh.State) error {
	for i, name := range c.States {
		state, ok := refresh.ParseState(strings.TrimSpace(name))
		if !ok || !slices.Contains(allowed, state) {
			return usageError{fmt.Errorf("--state %q: want some of %s", name, listed(allowed))}
		}
		c.States[i] = state.String()
	}
	if c.product != "" {
		id, err := inventory.ParseProductID(c.product)
		if err != nil {
			return usageError{err}
		}
		c.Product = &id
	}
	return nil
}

func newJobsRetry(g *globals) *cobra.Command {
	var output format
	var choice jobChoice
	var allDead bool
	c := &cobra.Command{Use: "retry [JOB]", Short: "Have one job, or those that flags choose, done now", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := choice.check(refresh.Dead, refresh.Retrying); err != nil {
				return err
			}
			chosen := allDead || len(choice.States) > 0 || choice.Product != nil
			if chosen == (len(args) == 1) {
				return usageError{errors.New("which? Name one job, or choose some by --all-dead, --state or --product")}
			}
			if allDead && !slices.Contains(choice.States, "dead") {
				choice.States = append(choice.States, "dead")
			}
			path, body := "/api/v1/retry", any(choice)
			if len(args) == 1 {
				id, err := parseID("job", args[0])
				if err != nil {
					return err
				}
				path, body = "/api/v1/jobs/"+id+"/retry", struct{}{}
			}
			var done report.Retried
			if err := g.post(cmd.Context(), path, body, &done); err != nil {
				return err
			}
			return g.print(output, done, func() {
				fmt.Fprintf(g.out, "queued %s", report.Counted(done.Queued, "job"))
				if done.Running > 0 {
					fmt.Fprintf(g.out, "; the dates of %d are being fetched now", done.Running)
				}
				fmt.Fprintln(g.out)
				printRefusals(g.out, "job", done.Refused)
			})
		}}
	c.Flags().BoolVar(&allDead, "all-dead", false, "every dead job whose date was not answered since")
	c.Flags().StringSliceVar(&choice.States, "state", nil, "jobs in these states: dead, retrying (default: dead)")
	c.Flags().StringVar(&choice.product, "product", "", "only jobs of this product")
	outputFlag(c, &output)
	return c
}

func newJobsPurge(g *globals) *cobra.Command {
	var output format
	var choice jobChoice
	var age lengthFlag
	c := &cobra.Command{Use: "purge", Short: "Delete finished jobs from the history", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := choice.check(refresh.Done, refresh.Dead, refresh.Canceled); err != nil {
				return err
			}
			if choice.Age = age.String(); choice.Age == "" && len(choice.States) == 0 {
				return usageError{errors.New("which? Choose by --state, --older-than or both")}
			}
			var done report.Purged
			if err := g.post(cmd.Context(), "/api/v1/purge", choice, &done); err != nil {
				return err
			}
			return g.print(output, done, func() { fmt.Fprintf(g.out, "deleted %d finished jobs\n", done.Purged) })
		}}
	c.Flags().StringSliceVar(&choice.States, "state", nil, "jobs in these states: done, dead, canceled (default: all of them)")
	c.Flags().StringVar(&choice.product, "product", "", "only jobs of this product")
	c.Flags().Var(&age, "older-than", "jobs that finished at least so long ago, as 90m, 2h or 7d")
	outputFlag(c, &output)
	return c
}

// parseID reads the id of a job or a backfill and returns it as the daemon writes it.
func parseID(kind, text string) (string, error) {
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil || id == 0 {
		return "", usageError{fmt.Errorf("%s %q: want a number", kind, text)}
	}
	return strconv.FormatUint(id, 10), nil
}

// printRefusals tells what of a command was not done, and why.
func printRefusals(w io.Writer, what string, refused []report.Refusal) {
	for _, r := range refused {
		dates := r.From.String()
		if r.To != r.From {
			dates += " to " + r.To.String()
		}
		fmt.Fprintf(w, "refused %s (%s): %s\n", report.Counted(r.Count, what), dates, r.Reason)
	}
}
