package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"invd/cmd/invd/config"
)

// newCheck returns `invd check` and what it holds.
func newCheck(g *globals) *cobra.Command {
	return group("check", "Check a configuration, or a running daemon",
		newCheckConfig(g),
		newProbe(g, "ready", "Exit 0 when the daemon is ready"),
		newProbe(g, "healthy", "Exit 0 when the daemon is healthy"),
	)
}

// newProbe returns a command for scripts and container health checks.
func newProbe(g *globals, what, short string) *cobra.Command {
	var base string
	c := &cobra.Command{Use: what, Short: short, Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		client, at, explain := &http.Client{Timeout: 5 * time.Second}, strings.TrimSuffix(base, "/"), func(err error) error { return err }
		if base == "" {
			client, at, explain = g.overSocket(), "http://invd", g.unreachable
			client.Timeout = 5 * time.Second
		}
		defer client.CloseIdleConnections()
		req, err := http.NewRequestWithContext(cmd.Context(), http.MethodGet, at+"/-/"+what+"?verbose", nil)
		if err != nil {
			return usageError{fmt.Errorf("--url: %w", err)}
		}
		resp, err := client.Do(req)
		if err != nil {
			return explain(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			why, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<10)) // as much as there is
			return fmt.Errorf("not %s: %s", what, strings.TrimSpace(string(why)))
		}
		fmt.Fprintln(g.out, what)
		return nil
	}}
	c.Flags().StringVar(&base, "url", "", "ask this address, as http://127.0.0.1:8081, instead of the socket in --data-dir")
	return c
}

// newConfig returns `invd config` and what it holds.
func newConfig(g *globals) *cobra.Command {
	return group("config", "Print an example configuration, or the effective one",
		&cobra.Command{Use: "example", Short: "Print a configuration with every key", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error {
				_, err := g.out.Write(config.Example())
				return err
			}},
		newConfigShow(g))
}
