package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"invd/engine/report"
	"invd/storage"
)

// newDB returns `invd db` and what it holds.
func newDB(g *globals) *cobra.Command {
	return group("db", "Care for the database file",
		newSnapshot(g), newRestore(g), newVerify(g), newCompact(g), newStats(g))
}

// database is the file that a command is about: its argument, or the data dir's.
func (g *globals) database(args []string) string {
	if len(args) == 1 {
		return args[0]
	}
	return filepath.Join(g.dataDir, storage.FileName)
}

func newRestore(g *globals) *cobra.Command {
	var output format
	c := &cobra.Command{Use: "restore FILE", Short: "Put a snapshot into an empty --data-dir", Args: cobra.ExactArgs(1),
		Long: `Restore checks the snapshot's SHA-256, if FILE.sha256 is beside it, and every
record, and then puts a copy into --data-dir, which must be empty. The daemon
that starts there treats its whole budget as spent, since nobody knows what was
sent after the snapshot, and fetches what fell due meanwhile.`,
		RunE: func(_ *cobra.Command, args []string) error {
			copied, err := storage.Restore(args[0], g.dataDir)
			if err != nil {
				return err
			}
			return g.print(output, copied, func() {
				fmt.Fprintf(g.out, "%s restored into %s: %s, every record good\n", args[0], g.dataDir, size(copied.Bytes))
			})
		}}
	outputFlag(c, &output)
	return c
}

func newVerify(g *globals) *cobra.Command {
	var output format
	c := &cobra.Command{Use: "verify [FILE]", Short: "Check every record of a database that no daemon has open", Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			file := g.database(args)
			findings, err := storage.Verify(file)
			if err != nil {
				return err
			}
			result := struct {
				File     string   `json:"file"`
				Good     bool     `json:"good"`
				Findings []string `json:"findings"`
			}{file, len(findings) == 0, append([]string{}, findings...)}
			err = g.print(output, result, func() {
				for _, f := range findings {
					fmt.Fprintln(g.out, f)
				}
				if result.Good {
					fmt.Fprintf(g.out, "%s is good\n", file)
				}
			})
			if err == nil && !result.Good {
				err = refusedError{fmt.Errorf("%s: %s", file, report.Counted(len(findings), "finding"))} // as restore would
			}
			return err
		}}
	outputFlag(c, &output)
	return c
}

func newCompact(g *globals) *cobra.Command {
	var output format
	c := &cobra.Command{Use: "compact", Short: "Write the database of a stopped daemon anew, without its free pages", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			done, err := storage.Compact(g.dataDir)
			if err != nil {
				return err
			}
			return g.print(output, done, func() {
				fmt.Fprintf(g.out, "%s: %s before, %s after\n", done.File, size(done.Before), size(done.After))
			})
		}}
	outputFlag(c, &output)
	return c
}

func newStats(g *globals) *cobra.Command {
	var output format
	c := &cobra.Command{Use: "stats [FILE]", Short: "Show what a database holds: records, bytes, pages, ages", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var d report.Database
			var err error
			if len(args) == 0 && g.running() {
				err = g.get(cmd.Context(), "/api/v1/database", &d)
			} else {
				d, err = storage.FileContents(g.database(args))
			}
			if err != nil {
				return err
			}
			return g.print(output, d, func() { printDatabase(g.out, &d, time.Now()) })
		}}
	outputFlag(c, &output)
	return c
}

func printDatabase(w io.Writer, d *report.Database, now time.Time) {
	t := newTable(w, "file", d.File)
	t.row("size", size(d.Bytes))
	t.row("pages", fmt.Sprintf("%d of %d bytes, %d free (%.0f%%)", d.Pages, d.PageSize, d.FreePages, 100*float64(d.FreePages)/float64(max(1, d.Pages))))
	t.row("dates", fmt.Sprintf("%d of %s", d.Dates, report.Counted(d.Products, "product")))
	if d.Dates > 0 {
		t.row("from", fmt.Sprintf("%s to %s", d.FirstDate, d.LastDate))
		t.row("checked", fmt.Sprintf("%s at the latest, %s at the earliest", since(d.NewestCheck, now), since(d.OldestCheck, now)))
	}
	if d.Damaged > 0 {
		t.row("damaged", report.Counted(d.Damaged, "date"))
	}
	t.Flush()
	fmt.Fprintln(w)
	t = newTable(w, "BUCKET", "RECORDS", "BYTES EACH", "PAGES")
	for _, b := range d.Buckets {
		t.row(b.Name, b.Records, fmt.Sprintf("%.0f", b.RecordBytes), b.Pages)
	}
	t.Flush()
}

// size prints a number of bytes.
func size(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.2f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
}

// sameFile reports whether both paths lead to one file.
func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
