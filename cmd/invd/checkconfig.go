package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"invd/cmd/invd/config"
	"invd/engine/report"
)

// A configCheck is what `invd check config` found.
type configCheck struct {
	File       string            `json:"file"`
	Good       bool              `json:"good"`
	Products   int               `json:"products"`
	Schedules  int               `json:"schedules"`
	Unseen     []string          `json:"unseen,omitempty"` // keys whose files only systemd's unit sees
	Complaints []configComplaint `json:"complaints,omitempty"`
}

type configComplaint struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"`
	Message string `json:"message"`
}

func newCheckConfig(g *globals) *cobra.Command {
	var output format
	c := &cobra.Command{Use: "config FILE", Short: "Read a configuration strictly", Args: cobra.ExactArgs(1),
		Long: `Read a configuration as serve would, and the files that it names: products, API key, admin token, certificates. Everything that
is wrong is said at once, with its line. Credentials of a systemd unit are read only within that unit.`,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := g.checkSocket(); err != nil {
				return err
			}
			found := configCheck{File: args[0]}
			c, err := config.Load(args[0])
			if err == nil {
				found.Unseen, err = checkSecrets(args[0], c)
			}
			if err != nil {
				found.Complaints = complaints(args[0], err)
				if output == inText {
					return refusedError{err}
				}
				return errors.Join(g.print(output, found, nil), refusedError{fmt.Errorf("%s is refused", args[0])})
			}
			found.Good, found.Products, found.Schedules = true, len(c.Products), len(c.Schedules)
			return g.print(output, found, func() {
				fmt.Fprintf(g.out, "%s is good: %s, %s\n", args[0], report.Counted(found.Products, "product"), report.Counted(found.Schedules, "schedule"))
				for _, key := range found.Unseen {
					fmt.Fprintf(g.out, "%s was not read: only the systemd unit sees its credentials\n", key)
				}
			})
		}}
	outputFlag(c, &output)
	return c
}

// checkSecrets makes complaints about the configuration of what is wrong with the files
// that hold its secrets.
func checkSecrets(file string, c *config.Config) (unseen []string, err error) {
	unseen, err = c.CheckSecrets()
	var all []error
	for _, one := range split(err) {
		all = append(all, &config.Error{File: file, Msg: one.Error()})
	}
	return unseen, errors.Join(all...)
}

// complaints takes the joined errors of config.Load apart.
func complaints(file string, err error) (all []configComplaint) {
	for _, one := range split(err) {
		if e := new(config.Error); errors.As(one, &e) {
			all = append(all, configComplaint{e.File, e.Line, e.Msg})
		} else {
			all = append(all, configComplaint{File: file, Message: one.Error()})
		}
	}
	return all
}

// split takes joined errors apart; nil is none.
func split(err error) []error {
	var many interface{ Unwrap() []error }
	switch {
	case err == nil:
		return nil
	case errors.As(err, &many):
		return many.Unwrap()
	}
	return []error{err}
}

// newConfigShow returns `invd config show`.
func newConfigShow(g *globals) *cobra.Command {
	var output format
	var file string
	c := &cobra.Command{Use: "show", Short: "Print the configuration with every default filled in", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, err := config.Load(file)
			if err != nil {
				return refusedError{err}
			}
			b, err := c.Show()
			if err != nil {
				return err
			}
			if output == inText {
				_, err = g.out.Write(b)
				return err
			}
			var tree any
			if err := yaml.Unmarshal(b, &tree); err != nil {
				return err
			}
			return g.print(output, tree, nil)
		}}
	c.Flags().StringVar(&file, "config", "invd.yaml", "configuration file")
	outputFlag(c, &output)
	return c
}
