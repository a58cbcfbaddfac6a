package simulation_test

import (
	"testing"
	"time"

	"invd/cmd/invd/app"
	"invd/cmd/invd/config"
	"invd/cmd/invd/simulation"
	"invd/engine/limit"
	"invd/engine/partner/world"
)

// BenchmarkReference runs the first two of the eight days that `invd simulate` takes
// of the reference market.
func BenchmarkReference(b *testing.B) {
	zone := time.FixedZone("SGT", 8*60*60)
	c := simulation.Catalogue(450, zone, app.Catalogue(config.Default()).Rules)
	o := simulation.Options{
		World: world.Reference(1, simulation.Products(c), zone), Catalogue: c, Limits: []limit.Limit{{Requests: 30, Per: time.Minute}},
		Concurrency: 4, Latency: 150 * time.Millisecond, Policy: "adaptive", OnRead: simulation.Nothing, Days: 1,
	}
	for b.Loop() {
		if _, err := simulation.Run(b.Context(), o); err != nil {
			b.Fatal(err)
		}
	}
}
