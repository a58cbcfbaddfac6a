package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"invd/engine/inventory"
	"invd/engine/report"
)

// newProducts returns `invd products` and what it holds.
func newProducts(g *globals) *cobra.Command {
	return group("products", "List, pause and refresh products",
		newProductsList(g), newProductsShow(g), newProductsRefresh(g),
		pauseCommand(g, "pause PRODUCT", "Stop fetching one product", cobra.ExactArgs(1), productPath),
		resumeCommand(g, "resume PRODUCT", "Fetch a paused product again", cobra.ExactArgs(1), productPath),
	)
}

// productPath returns the admin path of the product named first in args.
func productPath(args []string) (string, error) {
	id, err := inventory.ParseProductID(args[0])
	return "/api/v1/products/" + id.String(), err
}

func newProductsList(g *globals) *cobra.Command {
	var output format
	c := &cobra.Command{Use: "list", Short: "List all products and how fresh their dates are", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var list struct {
				Products []report.Product `json:"products"`
			}
			if err := g.get(cmd.Context(), "/api/v1/products", &list); err != nil {
				return err
			}
			return g.print(output, list, func() {
				t := newTable(g.out, "PRODUCT", "NAME", "STATE", "ZONE", "TODAY", "FRESH", "STALE", "NEVER", "PAUSED")
				for _, p := range list.Products {
					t.row(p.ID, p.Name, p.State, p.Timezone, p.Today, p.Keys.Fresh, p.Keys.Stale, p.Keys.Never, p.Keys.Paused)
				}
				t.Flush()
			})
		}}
	outputFlag(c, &output)
	return c
}

func newProductsShow(g *globals) *cobra.Command {
	var output format
	c := &cobra.Command{Use: "show PRODUCT", Short: "Show one product, date by date", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			path, err := productPath(args)
			if err != nil {
				return usageError{err}
			}
			var p report.Product
			if err := g.get(cmd.Context(), path, &p); err != nil {
				return err
			}
			return g.print(output, p, func() {
				now := time.Now()
				fmt.Fprintf(g.out, "%s, %s, weight %g, %s\n", title(p.ID, p.Name), p.Timezone, p.Weight, p.State)
				printPause(g.out, g.paint(), "product", p.Paused, now)
				t := newTable(g.out, "DATE", "SCHEDULE", "STATE", "CHECKED", "FRESH", "PLACE", "DUE")
				for _, d := range p.Dates {
					t.row(d.Date, d.Schedule, d.State, since(d.Checked, now), d.Fresh, d.Place, until(d.Due, now))
				}
				t.Flush()
			})
		}}
	outputFlag(c, &output)
	return c
}

func newProductsRefresh(g *globals) *cobra.Command {
	var output format
	var r struct {
		From string `json:"from,omitempty"`
		To   string `json:"to,omitempty"`
	}
	c := &cobra.Command{Use: "refresh PRODUCT", Short: "Fetch a product's dates again, before everything else", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			path, err := productPath(args)
			if err != nil {
				return usageError{err}
			}
			for _, date := range []string{r.From, r.To} {
				if _, err := inventory.ParseDate(date); date != "" && err != nil {
					return usageError{err}
				}
			}
			if r.From != "" && r.To != "" && r.To < r.From { // as text, as they are ISO dates
				return usageError{fmt.Errorf("--to %s lies before --from %s", r.To, r.From)}
			}
			var done report.Refreshed
			if err := g.post(cmd.Context(), path+"/refresh", r, &done); err != nil {
				return err
			}
			return g.print(output, done, func() {
				fmt.Fprintf(g.out, "queued %s of product %d, %s to %s", report.Counted(done.Queued, "date"), done.Product, done.From, done.To)
				if done.Running > 0 {
					fmt.Fprintf(g.out, "; %d are being fetched now and follow once more", done.Running)
				}
				fmt.Fprintln(g.out)
				printRefusals(g.out, "date", done.Refused)
			})
		}}
	c.Flags().StringVar(&r.From, "from", "", "first date, YYYY-MM-DD (default: today)")
	c.Flags().StringVar(&r.To, "to", "", "last date, YYYY-MM-DD (default: the horizon's last)")
	outputFlag(c, &output)
	return c
}

// title names a product by its id, and by its name if it has one.
func title(id inventory.ProductID, name string) string {
	return strings.TrimSpace(fmt.Sprint(id, " ", name))
}
