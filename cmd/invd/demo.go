package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"invd/cmd/invd/app"
	"invd/cmd/invd/config"
	"invd/engine/partner/sim"
)

const demoKey = "demo-key"

// newDemo returns `invd demo`: the daemon and a simulated partner in one process.
func newDemo(g *globals) *cobra.Command {
	listen, adminListen := address("127.0.0.1:8080"), address("127.0.0.1:8081")
	var products int
	var seed uint64
	c := &cobra.Command{
		Use:   "demo",
		Short: "Run the daemon against a simulated partner, and print what to look at",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if products < 2 || products > 5000 {
				return usageError{fmt.Errorf("--products %d: want 2 to 5000", products)}
			}
			if err := g.checkSocket(); err != nil {
				return err
			}
			dir := g.dataDir
			if !cmd.Flags().Changed("data-dir") {
				var err error
				if dir, err = os.MkdirTemp("", "invd-demo-"); err != nil {
					return err
				}
				defer os.RemoveAll(dir)
			}
			return g.demo(cmd.Context(), dir, demoOptions{
				ids: sim.Catalogue(products), seed: seed,
				listen:      freePort(listen.String(), cmd.Flags().Changed("listen")),
				adminListen: freePort(adminListen.String(), cmd.Flags().Changed("admin-listen")),
			})
		},
	}
	c.Flags().Var(&listen, "listen", "address of the inventory reads; another port if it is taken")
	c.Flags().Var(&adminListen, "admin-listen", "address of metrics, status and changes; another port if it is taken")
	c.Flags().IntVar(&products, "products", 4, "products of the simulated partner, 14 and 15 first")
	c.Flags().Uint64Var(&seed, "seed", 1, "seed of the simulated partner's world")
	return c
}

type demoOptions struct {
	ids                 []int64
	seed                uint64
	listen, adminListen string
}

func (g *globals) demo(ctx context.Context, dir string, o demoOptions) (err error) {
	zone, err := time.LoadLocation("Asia/Singapore")
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen for the simulated partner: %w", err)
	}
	partner := &http.Server{
		Handler:           sim.New(sim.Options{Seed: o.seed, Products: o.ids, APIKey: demoKey, Latency: 30 * time.Millisecond, Jitter: 20 * time.Millisecond, Location: zone}),
		ReadHeaderTimeout: 5 * time.Second,
	}
	served := make(chan error, 1)
	go func() { served <- partner.Serve(l) }()
	defer func() {
		_ = partner.Close() // the demo is over
		if e := <-served; !errors.Is(e, http.ErrServerClosed) {
			err = errors.Join(err, fmt.Errorf("simulated partner: %w", e))
		}
	}()
	conf, err := demoConfig(dir, l.Addr().String(), o.ids)
	if err != nil {
		return err
	}
	return app.Run(ctx, app.Options{
		Config: conf, DataDir: dir, Version: version(), Log: g.logger(g.level), Audit: g.audit(), Listen: o.listen, AdminListen: o.adminListen,
		Started: func(public, admin net.Addr) { g.welcome(dir, l.Addr(), public, admin) },
	})
}

// demoConfig writes the demo's configuration into its data dir and loads it, as
// a user's would be.
func demoConfig(dir, partner string, ids []int64) (*config.Config, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "timezone: Asia/Singapore\npartner:\n  base_url: http://%s/api/v1\n  api_key_file: partner.key\nrefresh: {policy: adaptive}\nproducts:\n", partner)
	for _, id := range ids {
		name := map[int64]string{14: "Night Safari", 15: "Island Ferry"}[id]
		if name == "" {
			name = fmt.Sprintf("Sample %d", id)
		}
		fmt.Fprintf(&b, "  - {id: %d, name: %q}\n", id, name)
	}
	file := filepath.Join(dir, "demo.yaml")
	if err := errors.Join(
		os.MkdirAll(dir, 0o700),
		os.WriteFile(filepath.Join(dir, "partner.key"), []byte(demoKey+"\n"), 0o600),
		os.WriteFile(file, []byte(b.String()), 0o600),
	); err != nil {
		return nil, err
	}
	return config.Load(file)
}

func (g *globals) welcome(dir string, partner, public, admin net.Addr) {
	fmt.Fprintf(g.out, `invd mirrors a simulated partner, within its 30 requests a minute.

  dates     curl http://%[1]s/api/v1/experience/14/dates
  slots     curl "http://%[1]s/api/v1/experience/14/slots?date=DATE"
  metrics   curl http://%[2]s/metrics
  status    http://%[2]s/
            invd status --data-dir %[3]s
  partner   http://%[4]s/api/v1 (x-api-key: %[5]s)

Ctrl-C stops it.
`, public, admin, dir, partner, demoKey)
}

// freePort returns addr, or with a port of the system's choice when addr is only a
// default and somebody has its port.
func freePort(addr string, chosen bool) string {
	if chosen {
		return addr
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		host, _, _ := net.SplitHostPort(addr)
		return net.JoinHostPort(host, "0")
	}
	_ = l.Close()
	return addr
}
