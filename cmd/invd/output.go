package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

// A format is the value of a reading command's --output. As a pflag.Value it is
// checked before the command asks the daemon anything.
type format string

const (
	inText format = "text"
	inJSON format = "json"
)

// Set takes what stands on the command line or in the environment.
func (f *format) Set(name string) error {
	if name := format(name); name != inText && name != inJSON {
		return errors.New("want text or json")
	}
	*f = format(name)
	return nil
}

// String returns the format's name.
func (f *format) String() string { return string(*f) }

// Type is what the help shows.
func (f *format) Type() string { return "text|json" }

// outputFlag gives a reading command its --output.
func outputFlag(c *cobra.Command, output *format) {
	*output = inText
	c.Flags().VarP(output, "output", "o", "how to print it")
	err := c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{string(inText), string(inJSON)}, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // there is no such flag
	}
}

// print writes v as JSON, or calls text, as --output says.
func (g *globals) print(output format, v any, text func()) error {
	if output == inText {
		text()
		return nil
	}
	e := json.NewEncoder(g.out)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// A table prints aligned columns.
type table struct{ *tabwriter.Writer }

func newTable(w io.Writer, head ...any) table {
	t := table{tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)}
	t.row(head...)
	return t
}

func (t table) row(cells ...any) {
	texts := make([]string, len(cells))
	for i, c := range cells {
		if texts[i] = fmt.Sprint(c); texts[i] == "" {
			texts[i] = "-"
		}
	}
	fmt.Fprintln(t, strings.Join(texts, "\t"))
}

// seconds prints a number of seconds as people say it: 42s, 3m20s, 5h10m, 2d4h.
func seconds(s float64) string {
	d := time.Duration(s * float64(time.Second)).Round(time.Second)
	switch {
	case d < time.Hour:
		return d.String()
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh%dm", d/time.Hour, d%time.Hour/time.Minute)
	}
	return fmt.Sprintf("%dd%dh", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
}

// since prints how long ago t was, "never" for no time.
func since(t, now time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return seconds(now.Sub(t).Seconds()) + " ago"
}

// until prints how far ahead t is, "" for no time.
func until(t, now time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case !t.After(now):
		return "now"
	}
	return "in " + seconds(t.Sub(now).Seconds())
}
