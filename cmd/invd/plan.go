package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"invd/cmd/invd/app"
	"invd/cmd/invd/config"
	"invd/engine/report"
)

// newPlan returns `invd plan`.
func newPlan(g *globals) *cobra.Command {
	var output format
	var file string
	var products int
	var limits limitsFlag
	var assumed bool
	c := &cobra.Command{Use: "plan", Short: "Tell what a budget can carry and how fresh it will keep what is read", Args: cobra.NoArgs,
		Long: "Tell how many requests a day the schedules ask for, whether they fit into the partner's limits, and what share of the readers\n" +
			"each policy will give the truth: of a configuration file, of --products with the default schedules, or of the running daemon.\n" +
			"How often dates are read and change is what the daemon on --data-dir has learned, or assumed if there is none or it is new.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var p report.Plan
			if file == "" && !cmd.Flags().Changed("products") && limits == nil {
				path := "/api/v1/plan"
				if assumed {
					path += "?rates=" + report.RatesAssumed
				}
				if err := g.get(cmd.Context(), path, &p); err != nil {
					return err
				}
			} else {
				conf, err := supposed(file, products, limits)
				if err != nil {
					return err
				}
				var like report.Population
				if !assumed { // and if no daemon answers, nothing was learned
					_ = g.get(cmd.Context(), "/api/v1/rates", &like)
				}
				p = app.Plan(conf, like)
			}
			return g.print(output, p, func() { printPlan(g.out, p, pickMarks()) })
		}}
	c.Flags().StringVar(&file, "config", "", "plan for this configuration file, without a daemon")
	c.Flags().IntVar(&products, "products", 0, "plan for so many products instead of those that are configured")
	c.Flags().Var(&limits, "limit", "plan for these limits, as 30/1m,1000/24h, instead of those that are configured")
	c.Flags().BoolVar(&assumed, "assumed", false, "assume how often dates are read and change, whatever a running daemon has learned")
	outputFlag(c, &output)
	return c
}

// mostProducts bounds --products.
const mostProducts = 10_000_000

// supposed returns the configuration to plan for: that of the file, or the default
// one, with so many products and these limits if given.
func supposed(file string, products int, limits limitsFlag) (*config.Config, error) {
	if products < 0 || products > mostProducts || products == 0 && file == "" && limits == nil {
		return nil, usageError{fmt.Errorf("--products %d: want 1 to %d", products, mostProducts)}
	}
	conf := config.Default()
	switch {
	case file != "":
		var err error
		if conf, err = config.Load(file); err != nil {
			return nil, refusedError{err}
		}
	case products == 0:
		return nil, usageError{errors.New("--limit needs --products or --config: how many products are there?")}
	}
	if products > 0 {
		conf.Products = make([]config.Product, products)
		for i := range conf.Products {
			conf.Products[i] = config.Product{ID: int64(i + 1), Zone: conf.Timezone, Weight: 1, Enabled: true}
		}
	}
	if limits != nil {
		conf.Partner.Limits = nil
	}
	for _, l := range limits {
		conf.Partner.Limits = append(conf.Partner.Limits, config.Limit{Requests: l.Requests, Per: l.Per})
	}
	return conf, nil
}
