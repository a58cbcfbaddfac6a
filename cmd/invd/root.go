package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"invd/cmd/invd/app"
)

// newRoot returns the whole command. ran turns true once a command line was
// understood; an error before that is one of usage.
func newRoot(stdout, stderr io.Writer) (root *cobra.Command, ran *bool) {
	ran = new(bool)
	var g globals
	root = &cobra.Command{
		Use:   "invd",
		Short: "Mirror a ticket partner's inventory within its limits, and serve it",
		Long: `Mirror a ticket partner's inventory within its limits, and serve it.

serve is the daemon, demo the daemon with a simulated partner to try it on. The other commands ask a running daemon, which they
find by --data-dir, or read files. Every flag has a twin in the environment: --data-dir is INVD_DATA_DIR, too.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := fromEnvironment(cmd.Flags()); err != nil {
				return err
			}
			if err := g.check(); err != nil {
				return err
			}
			*ran = true
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usageError{fmt.Errorf("which command? One of: %s", strings.Join(names(cmd), ", "))}
		},
	}
	root.Version = version()
	root.SetVersionTemplate(versionLine())
	root.Flags().Bool("version", false, "print the version")
	root.SetOut(stdout)
	root.SetErr(stderr)
	g.out, g.err = stdout, stderr
	f := root.PersistentFlags()
	f.StringVar(&g.dataDir, "data-dir", "/var/lib/invd", "folder of the database and the admin socket")
	f.StringVar(&g.logLevel, "log-level", "info", "debug, info, warn or error")
	f.StringVar(&g.logFormat, "log-format", "text", "text or json")
	root.AddCommand(
		newServe(&g), newDemo(&g), newPartner(&g), newSimulate(&g),
		newCheck(&g), newConfig(&g), newVersion(&g),
		newPlan(&g), newStatus(&g), newExplain(&g), newProducts(&g), newSchedules(&g), newJobs(&g), newBackfill(&g), newPause(&g), newResume(&g),
		newDB(&g),
	)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return plainly(err) })
	root.InitDefaultHelpCmd()
	if help, _, err := root.Find([]string{"help"}); err == nil {
		help.Args = knownTopic // else it helps with what it knows instead
	}
	root.InitDefaultCompletionCmd()
	if completion, _, err := root.Find([]string{"completion"}); err == nil {
		completion.Args, completion.RunE = cobra.NoArgs, groupOnly // without a shell's name it prints nothing
	}
	speakPlainly(root)
	return root, ran
}

// globals are the flags that every command has.
type globals struct {
	dataDir, logLevel, logFormat string
	out, err                     io.Writer
	level                        slog.Level
}

func (g *globals) check() error {
	if g.dataDir == "" {
		return errors.New("--data-dir is empty")
	}
	if err := g.level.UnmarshalText([]byte(g.logLevel)); err != nil {
		return fmt.Errorf("--log-level %q: want debug, info, warn or error", g.logLevel)
	}
	if g.logFormat != "text" && g.logFormat != "json" {
		return fmt.Errorf("--log-format %q: want text or json", g.logFormat)
	}
	return nil
}

// checkSocket is for commands whose daemon binds the admin socket: their start would fail.
func (g *globals) checkSocket() error {
	if err := app.CheckSocket(g.dataDir); err != nil {
		return usageError{fmt.Errorf("--data-dir: %w", err)}
	}
	return nil
}

// audit returns the logger of the audit trail, which no --log-level leaves out.
func (g *globals) audit() *slog.Logger { return g.logger(min(g.level, slog.LevelInfo)) }

func (g *globals) logger(level slog.Level) *slog.Logger {
	o := &slog.HandlerOptions{Level: level}
	if g.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(g.err, o))
	}
	return slog.New(slog.NewTextHandler(g.err, o))
}

// fromEnvironment gives every flag that is not on the command line the value of
// its INVD_ twin, if that is set and not empty: --data-dir has INVD_DATA_DIR.
func fromEnvironment(flags *pflag.FlagSet) (err error) {
	flags.VisitAll(func(f *pflag.Flag) {
		name := "INVD_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if value := os.Getenv(name); value != "" && !f.Changed && err == nil {
			if e := flags.Set(f.Name, value); e != nil {
				err = fmt.Errorf("%s=%q: %w", name, value, plainly(e))
			}
		}
	})
	return err
}

// plainly says of a flag's value that it is no number in the words of a command
// line rather than in those of package strconv. Other errors it leaves alone.
func plainly(err error) error {
	var invalid *pflag.InvalidValueError
	var number *strconv.NumError
	if !errors.As(err, &invalid) || !errors.As(err, &number) {
		return err
	}
	return fmt.Errorf("invalid argument %q for %q flag: want a number (%w)", invalid.GetValue(), "--"+invalid.GetFlag().Name, number.Err)
}

// knownTopic refuses to help with a command that does not exist.
func knownTopic(cmd *cobra.Command, args []string) error {
	if found, rest, err := cmd.Root().Find(args); err != nil || len(rest) > 0 {
		return fmt.Errorf("no help on %q: %s has no such command", strings.Join(args, " "), found.CommandPath())
	}
	return nil
}

func names(cmd *cobra.Command) (all []string) {
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			all = append(all, c.Name())
		}
	}
	return all
}

// group is a command that only holds others.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: groupOnly}
	c.AddCommand(commands...)
	return c
}

func groupOnly(cmd *cobra.Command, _ []string) error {
	return usageError{fmt.Errorf("%s what? One of: %s", cmd.Name(), strings.Join(names(cmd), ", "))}
}
