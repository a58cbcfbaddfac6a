package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"invd/cmd/invd/app"
	"invd/cmd/invd/config"
	"invd/cmd/invd/simulation"
	"invd/engine/partner/world"
)

// simulateFlags are what a user can vary.
type simulateFlags struct {
	config   string
	products int
	limits   limitsFlag
	policies []string
	days     int
	seeds    int
	first    uint64
	latency  time.Duration
	onRead   string
	market   world.Options // Seed, Products and Location apart
	busier   float64       // factor on the bookings
	plot     string
	believed bool // whether estimates are, is printed
	output   format
}

// newSimulate returns `invd simulate`.
func newSimulate(g *globals) *cobra.Command {
	var s simulateFlags
	c := &cobra.Command{
		Use:   "simulate",
		Short: "Replay a week of a market through the engine in virtual time, policy by policy",
		Long: "Replay days of a made-up market through the real engine in virtual time, and print what readers would have seen.\n" +
			"Without --config it is the reference: 450 products, the default schedules, 30 requests a minute.\n\nPolicies:\n" +
			simulation.Describe(),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			runs, err := s.runs()
			if err != nil {
				return err
			}
			return g.simulate(cmd.Context(), &s, runs)
		},
	}
	f := c.Flags()
	reference := world.Reference(0, nil, nil)
	f.StringVar(&s.config, "config", "", "configuration whose products, schedules, limits and time zone are simulated")
	f.IntVar(&s.products, "products", 450, "number of products, in place of the configuration's")
	f.Var(&s.limits, "limit", "what the partner allows, in place of the configuration's (default: 30/1m)")
	f.StringSliceVar(&s.policies, "policy", simulation.Policies(), "policies to compare")
	f.IntVar(&s.days, "days", 7, "days that count, after the one that starts with nothing stored")
	f.IntVar(&s.seeds, "seeds", 1, "markets to simulate each policy in")
	f.Uint64Var(&s.first, "seed", 1, "seed of the first market; the others' follow")
	f.DurationVar(&s.latency, "latency", 150*time.Millisecond, "mean time that the partner takes for an answer")
	f.Float64Var(&s.busier, "bookings", 1, "factor on the bookings, of which there are 40 to an open date")
	f.Float64Var(&s.market.Skew, "skew", reference.Skew, "how unequally popular products are: Zipf's exponent")
	f.Float64Var(&s.market.PartTime, "part-time", reference.PartTime, "share of products that are closed on some weekday")
	f.Float64Var(&s.market.PriceEvents, "price-events", reference.PriceEvents, "changes of price, a day and product")
	f.Float64Var(&s.market.Reads, "reads", reference.Reads, "reads a day")
	f.BoolVar(&s.market.Independent, "independent-readers", false, "readers want other products than customers do")
	f.StringVar(&s.onRead, "on-read", simulation.Background, "what a read may set off: nothing; background, a fetch; wait, a fetch that it waits for (refresh.read_through)")
	f.StringVar(&s.plot, "plot", "", "SVG file to write a plot to")
	f.BoolVar(&s.believed, "reliability", false, "print how often what was estimated to be true was (in JSON it always is)")
	outputFlag(c, &s.output)
	return c
}

// runs checks the flags and lists what is to be run.
func (s *simulateFlags) runs() (runs []simulation.Options, err error) {
	switch {
	case s.products < 1 || s.products > 100_000:
		return nil, usageError{fmt.Errorf("--products %d: want 1 to 100000", s.products)}
	case s.days < 1 || s.days > 365:
		return nil, usageError{fmt.Errorf("--days %d: want 1 to 365", s.days)}
	case s.seeds < 1 || s.seeds > 1000:
		return nil, usageError{fmt.Errorf("--seeds %d: want 1 to 1000", s.seeds)}
	case s.latency < 0 || s.latency > 5*time.Second:
		return nil, usageError{fmt.Errorf("--latency %s: want 0s to 5s", s.latency)}
	case !(s.market.PartTime >= 0 && s.market.PartTime <= 1):
		return nil, usageError{fmt.Errorf("--part-time %g: want 0 to 1", s.market.PartTime)}
	}
	for name, value := range map[string]float64{"bookings": s.busier, "skew": s.market.Skew, "price-events": s.market.PriceEvents} {
		if !(value >= 0 && value <= 100) {
			return nil, usageError{fmt.Errorf("--%s %g: want 0 to 100", name, value)}
		}
	}
	if !(s.market.Reads >= 0 && s.market.Reads <= 1e8) {
		return nil, usageError{fmt.Errorf("--reads %g: want 0 to 100000000", s.market.Reads)}
	}
	for _, p := range s.policies {
		if !slices.Contains(simulation.Policies(), p) {
			return nil, usageError{fmt.Errorf("--policy %s: want some of %s", p, strings.Join(simulation.Policies(), ", "))}
		}
	}
	if !slices.Contains([]string{simulation.Nothing, simulation.Background, simulation.Wait}, s.onRead) {
		return nil, usageError{fmt.Errorf("--on-read %s: want nothing, background or wait", s.onRead)}
	}
	if len(s.policies) == 0 {
		return nil, usageError{errors.New("--policy: want at least one")}
	}
	return s.expand()
}

// expand makes a run of each policy in each market.
func (s *simulateFlags) expand() (runs []simulation.Options, err error) {
	conf := config.Default()
	if s.config != "" {
		if conf, err = config.Load(s.config); err != nil {
			return nil, err
		}
	}
	o := simulation.Options{Limits: s.limits, Concurrency: conf.Partner.Concurrency, Latency: s.latency, OnRead: s.onRead, Days: s.days}
	if o.Limits == nil {
		o.Limits = app.Limits(conf)
	}
	o.Catalogue = simulation.InOneZone(app.Catalogue(conf), conf.Timezone)
	if s.config == "" || s.products != 450 {
		o.Catalogue = simulation.Catalogue(s.products, conf.Timezone, o.Catalogue.Rules)
	}
	reference := world.Reference(0, simulation.Products(o.Catalogue), conf.Timezone)
	for seed := range uint64(s.seeds) {
		o.World = s.market
		o.World.Products, o.World.Location = reference.Products, reference.Location
		o.World.Seed, o.World.Bookings, o.World.Edits = s.first+seed, reference.Bookings*s.busier, reference.Edits
		for _, o.Policy = range s.policies {
			runs = append(runs, o)
		}
	}
	return runs, nil
}

// simulate runs everything and prints what came of it.
func (g *globals) simulate(ctx context.Context, s *simulateFlags, runs []simulation.Options) error {
	debug.SetGCPercent(400) // memory is not what a simulation is short of
	log, finished := g.logger(g.level), 0
	results, err := simulation.Compare(ctx, runs, func(r simulation.Result) {
		finished++
		log.LogAttrs(ctx, slog.LevelInfo, "simulated", slog.String("policy", r.Policy), slog.Uint64("seed", r.Seed),
			slog.String("fresh", percent(r.Fresh)), slog.Duration("took", r.Took.Round(time.Millisecond)))
	})
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("simulation stopped by a signal, with %d of %d runs finished", finished, len(runs))
	case err != nil:
		return err
	}
	all := simulation.Summarise(results)
	if s.plot != "" {
		if err := writePlot(s.plot, all); err != nil {
			return err
		}
	}
	return g.print(s.output, all, func() {
		g.simulateTable(runs[0], s.seeds, all)
		if s.believed {
			printCalibration(g.out, all)
		}
	})
}

func writePlot(file string, all []simulation.Summary) (err error) {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	return errors.Join(simulation.Plot(f, all), f.Close())
}
