package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"invd/engine/report"
)

func newSchedulesTrigger(g *globals) *cobra.Command {
	var output format
	c := &cobra.Command{Use: "trigger SCHEDULE", Short: "Make every date that a schedule covers due now, in its usual order", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			path, err := schedulePath(args)
			if err != nil {
				return usageError{err}
			}
			var done report.Triggered
			if err := g.post(cmd.Context(), path+"/trigger", struct{}{}, &done); err != nil {
				return err
			}
			return g.print(output, done, func() {
				fmt.Fprintf(g.out, "queued %s of schedule %s", report.Counted(done.Queued, "date"), done.Schedule)
				if done.Waiting > 0 {
					fmt.Fprintf(g.out, "; %d were on their way already", done.Waiting)
				}
				fmt.Fprintln(g.out)
				printRefusals(g.out, "date", done.Refused)
			})
		}}
	outputFlag(c, &output)
	return c
}
