package main

import (
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
			conf, err := config.Load(file)
			if err != nil {
				return err
			}
			return app.Run(cmd.Context(), app.Options{
				Config: conf, DataDir: g.dataDir, Version: version(), Log: g.logger(), Listen: listen, AdminListen: adminListen,
			})
		},
	}
	c.Flags().StringVar(&file, "config", "invd.yaml", "configuration file")
	c.Flags().StringVar(&listen, "listen", ":8080", "address of the inventory reads")
	c.Flags().StringVar(&adminListen, "admin-listen", "127.0.0.1:8081", "address of metrics, status and changes")
	return c
}
