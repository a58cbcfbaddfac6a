package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// speakPlainly has the help of a command, and of all that it holds, say what a flag takes
// in the words of whoever types it: DATE, 1m and "dead, retrying" instead of string, 1m0s
// and [dead retrying].
func speakPlainly(c *cobra.Command) {
	for _, flags := range []*pflag.FlagSet{c.Flags(), c.PersistentFlags()} {
		flags.VisitAll(func(f *pflag.Flag) {
			name := placeholder(f)
			if name == "" {
				return
			}
			if f.Value.Type() == "duration" {
				f.DefValue = shortly(f.DefValue)
			}
			f.DefValue = strings.ReplaceAll(strings.Trim(f.DefValue, "[]"), ",", ", ")
			f.Value = labelled{f.Value, name}
		})
	}
	for _, held := range c.Commands() {
		speakPlainly(held)
	}
}

// placeholder is what stands for a flag's value, "" for one that has none or a type of its
// own that says it.
func placeholder(f *pflag.Flag) string {
	switch f.Name {
	case "config", "plot":
		return "FILE"
	case "data-dir":
		return "DIR"
	case "log-level":
		return "LEVEL"
	case "log-format":
		return "text|json"
	case "product", "fault-product":
		return "ID"
	case "from", "to", "fault-date":
		return "DATE"
	case "cursor":
		return "JOB"
	case "timezone":
		return "ZONE"
	case "url":
		return "URL"
	case "api-key":
		return "KEY"
	}
	word := "TEXT"
	switch f.Name {
	case "state", "policy", "fault", "on-read":
		word = "NAME"
	}
	switch f.Value.Type() {
	case "string":
		return word
	case "stringSlice":
		return word + ",..."
	case "duration":
		return "TIME"
	case "int", "int64", "uint64", "float64":
		return "N"
	}
	return ""
}

// A labelled is a flag's value under the name that its help has for it.
type labelled struct {
	pflag.Value
	label string
}

// Type is what the help shows.
func (l labelled) Type() string { return l.label }

// shortly writes a duration of Go's without the zeros at its end.
func shortly(text string) string {
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// listed writes values as people list them: "dead, retrying".
func listed[T fmt.Stringer](values []T) string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = v.String()
	}
	return strings.Join(names, ", ")
}
