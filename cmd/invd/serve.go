package main

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"invd/cmd/invd/app"
	"invd/cmd/invd/config"
)

// newServe returns `invd serve`, the daemon.
func newServe(g *globals) *cobra.Command {
	var file string
	listen, adminListen := address(":8080"), address("127.0.0.1:8081")
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the daemon",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			hangups := make(chan os.Signal, 1)
			signal.Notify(hangups, syscall.SIGHUP) // for good: a reload that comes too early or too late must not kill
			if err := g.checkSocket(); err != nil {
				return err
			}
			load := func() (*config.Config, error) { return config.Load(file) }
			conf, err := load()
			if err != nil {
				return refusedError{err}
			}
			return app.Run(cmd.Context(), app.Options{
				Config: conf, DataDir: g.dataDir, Version: version(), Log: g.logger(g.level), Audit: g.audit(), Listen: listen.String(), AdminListen: adminListen.String(),
				Load: load, Hangups: hangups, Supervised: true,
			})
		},
	}
	c.Flags().StringVar(&file, "config", "invd.yaml", "configuration file")
	c.Flags().Var(&listen, "listen", "address of the inventory reads")
	c.Flags().Var(&adminListen, "admin-listen", "address of metrics, status and changes")
	return c
}
