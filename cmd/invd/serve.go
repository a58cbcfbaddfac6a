package main

import (
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"invd/cmd/invd/app"
	"invd/cmd/invd/config"
)

// newServe returns `invd serve`, the daemon.
func newServe(g *globals) *cobra.Command {
	var file, listen, adminListen string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the daemon",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if listen == "" || adminListen == "" { // which net.Listen takes for every interface
				return usageError{errors.New("--listen and --admin-listen want an address, as 127.0.0.1:8080 or :8080")}
			}
			load := func() (*config.Config, error) { return config.Load(file) }
			conf, err := load()
			if err != nil {
				return refusedError{err}
			}
			hangups := make(chan os.Signal, 1)
			signal.Notify(hangups, syscall.SIGHUP)
			defer signal.Stop(hangups)
			return app.Run(cmd.Context(), app.Options{
				Config: conf, DataDir: g.dataDir, Version: version(), Log: g.logger(g.level), Audit: g.audit(), Listen: listen, AdminListen: adminListen,
				Load: load, Hangups: hangups, Supervised: true,
			})
		},
	}
	c.Flags().StringVar(&file, "config", "invd.yaml", "configuration file")
	c.Flags().StringVar(&listen, "listen", ":8080", "address of the inventory reads")
	c.Flags().StringVar(&adminListen, "admin-listen", "127.0.0.1:8081", "address of metrics, status and changes")
	return c
}
