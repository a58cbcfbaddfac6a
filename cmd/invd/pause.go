package main

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"invd/engine/refresh"
	"invd/engine/report"
	"invd/engine/span"
)

// newPause returns `invd pause`, which stops everything.
func newPause(g *globals) *cobra.Command {
	return pauseCommand(g, "pause", "Stop all fetching; reads go on", cobra.NoArgs, rootPath)
}

// newResume returns `invd resume`.
func newResume(g *globals) *cobra.Command {
	return resumeCommand(g, "resume", "End the pause of all fetching", cobra.NoArgs, rootPath)
}

func rootPath([]string) (string, error) { return "/api/v1", nil }

// newSchedules returns `invd schedules` and what it holds.
func newSchedules(g *globals) *cobra.Command {
	return group("schedules", "List, pause and trigger schedules",
		newSchedulesList(g), newSchedulesTrigger(g),
		pauseCommand(g, "pause SCHEDULE", "Stop fetching the dates that a schedule covers", cobra.ExactArgs(1), schedulePath),
		resumeCommand(g, "resume SCHEDULE", "End a schedule's pause", cobra.ExactArgs(1), schedulePath),
	)
}

func schedulePath(args []string) (string, error) {
	if args[0] == "" {
		return "", errors.New("which schedule?")
	}
	return "/api/v1/schedules/" + url.PathEscape(args[0]), nil
}

func newSchedulesList(g *globals) *cobra.Command {
	var output format
	c := &cobra.Command{Use: "list", Short: "List the schedules and how well they are kept", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var list struct {
				Schedules []report.Schedule `json:"schedules"`
			}
			if err := g.get(cmd.Context(), "/api/v1/schedules", &list); err != nil {
				return err
			}
			return g.print(output, list, func() { printSchedules(g.out, g.paint(), list.Schedules, time.Now()) })
		}}
	outputFlag(c, &output)
	return c
}

// pauseCommand returns a command that posts to path + "/pause".
func pauseCommand(g *globals, use, short string, args cobra.PositionalArgs, path func([]string) (string, error)) *cobra.Command {
	var body struct {
		Reason string `json:"reason,omitempty"`
		For    string `json:"for,omitempty"`
	}
	var length lengthFlag
	var output format
	c := &cobra.Command{Use: use, Short: short, Args: args, RunE: func(cmd *cobra.Command, args []string) error {
		p, err := path(args)
		if err != nil {
			return usageError{err}
		}
		body.For = length.String()
		var done report.ScopedPause
		if err := g.post(cmd.Context(), p+"/pause", body, &done); err != nil {
			return err
		}
		return g.print(output, done, func() {
			fmt.Fprintf(g.out, "paused %s", refresh.InWords(done.Scope))
			if p := done.Paused; !p.Until.IsZero() {
				fmt.Fprintf(g.out, " for %s", seconds(p.Until.Sub(p.Since).Seconds()))
			} else {
				fmt.Fprint(g.out, " until it is resumed")
			}
			if done.Paused.Reason != "" {
				fmt.Fprintf(g.out, ": %s", done.Paused.Reason)
			}
			fmt.Fprintln(g.out)
		})
	}}
	c.Flags().StringVar(&body.Reason, "reason", "", "why, shown wherever the pause is")
	c.Flags().Var(&length, "for", "end the pause after this time, as 90m, 2h or 7d (default: until resumed)")
	outputFlag(c, &output)
	return c
}

// A lengthFlag is the value of --for and --older-than: a length of time, "" for none. The
// daemon reads it once more and knows how long is too long.
type lengthFlag string

// Set takes what span.Parse does.
func (l *lengthFlag) Set(text string) error {
	if d, err := span.Parse(text); err != nil || d <= 0 {
		return errors.New("want more than 0, as 90m, 2h or 7d")
	}
	*l = lengthFlag(text)
	return nil
}

// String returns what Set took.
func (l *lengthFlag) String() string { return string(*l) }

// Type is what the help shows.
func (l *lengthFlag) Type() string { return "duration" }

// resumeCommand returns a command that posts to path + "/resume".
func resumeCommand(g *globals, use, short string, args cobra.PositionalArgs, path func([]string) (string, error)) *cobra.Command {
	var output format
	c := &cobra.Command{Use: use, Short: short, Args: args, RunE: func(cmd *cobra.Command, args []string) error {
		p, err := path(args)
		if err != nil {
			return usageError{err}
		}
		var done struct {
			Scope string `json:"scope"`
			Was   bool   `json:"was_paused"`
		}
		if err := g.post(cmd.Context(), p+"/resume", struct{}{}, &done); err != nil {
			return err
		}
		return g.print(output, done, func() {
			if what := refresh.InWords(done.Scope); done.Was {
				fmt.Fprintln(g.out, "resumed", what)
			} else {
				fmt.Fprintln(g.out, what, "was not paused")
			}
		})
	}}
	outputFlag(c, &output)
	return c
}
