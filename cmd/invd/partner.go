package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"invd/engine/partner/sim"
	"invd/engine/report"
)

// newPartner returns `invd partner`, the simulated partner alone.
func newPartner(g *globals) *cobra.Command {
	var zone string
	listen := address("127.0.0.1:9000")
	var products int
	var o sim.Options
	var fault sim.Injection
	var faults []string
	c := &cobra.Command{
		Use:   "partner",
		Short: "Run the simulated partner alone",
		Long:  "Run the simulated partner alone: its API, its limit, its faults.\n\nFaults:\n" + faultHelp(),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if products < 1 || products > 100_000 {
				return usageError{fmt.Errorf("--products %d: want 1 to 100000", products)}
			}
			if o.Location, err = time.LoadLocation(zone); err != nil {
				return usageError{fmt.Errorf("--timezone: %w", err)}
			}
			if o.Per <= 0 {
				return usageError{fmt.Errorf("--per %s: want more than 0", o.Per)}
			}
			if fault.Probability < 0 || fault.Probability > 1 {
				return usageError{fmt.Errorf("--fault-probability %g: want 0 to 1", fault.Probability)}
			}
			if fault != (sim.Injection{}) && len(faults) == 0 {
				return usageError{errors.New("--fault-product, --fault-date, --fault-times and --fault-probability need a --fault")}
			}
			o.Products = sim.Catalogue(products)
			p := sim.New(o)
			for _, name := range faults {
				i := fault
				i.Fault = sim.Fault(name)
				if err := p.Inject(i); err != nil {
					return usageError{fmt.Errorf("--fault: %w", err)}
				}
			}
			return g.servePartner(cmd.Context(), listen.String(), p, o)
		},
	}
	f := c.Flags()
	f.Var(&listen, "listen", "address of the API")
	f.StringVar(&o.APIKey, "api-key", "", "what x-api-key must be; anything goes when empty")
	f.IntVar(&o.Limit, "limit", 30, "requests allowed per --per; negative: no limit")
	f.DurationVar(&o.Per, "per", time.Minute, "window of --limit")
	f.IntVar(&products, "products", 10, "products, 14 and 15 first")
	f.Uint64Var(&o.Seed, "seed", 1, "seed of the world: the same one gives the same bookings")
	f.StringVar(&zone, "timezone", "Asia/Singapore", "zone whose days the dates are")
	f.DurationVar(&o.Latency, "latency", 30*time.Millisecond, "every answer waits this long")
	f.DurationVar(&o.Jitter, "jitter", 20*time.Millisecond, "and longer by a random time with this mean")
	f.StringSliceVar(&faults, "fault", nil, "inject these faults, listed above")
	f.Int64Var(&fault.Product, "fault-product", 0, "only for this product (default: all)")
	f.StringVar(&fault.Date, "fault-date", "", "only for this date (default: all)")
	f.IntVar(&fault.Times, "fault-times", 0, "only so many times (default: always)")
	f.Float64Var(&fault.Probability, "fault-probability", 0, "only with this probability, 0 to 1 (default: always)")
	return c
}

func faultHelp() string {
	var b strings.Builder
	width := 0
	for _, f := range sim.Faults() {
		width = max(width, len(f))
	}
	for _, f := range sim.Faults() {
		fmt.Fprintf(&b, "  %-*s  %s\n", width, f, f.About())
	}
	return b.String()
}

func (g *globals) servePartner(ctx context.Context, listen string, p *sim.Partner, o sim.Options) error {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", listen, err)
	}
	fmt.Fprintf(g.out, "simulated partner with %s on http://%s/api/v1\n", report.Counted(len(o.Products), "product"), l.Addr())
	server := &http.Server{Handler: p, ReadHeaderTimeout: 5 * time.Second}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	s := p.Stats()
	fmt.Fprintf(g.out, "%s, at most %d in any window of %s\n", report.Counted(s.Requests, "request"), s.Fullest, o.Per)
	return nil
}
