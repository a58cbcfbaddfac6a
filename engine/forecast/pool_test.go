package forecast_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"invd/engine/forecast"
	"invd/engine/report"
)

// keysOf draws the keys of so many products, no two alike.
func keysOf(products int) (keys []report.Class) {
	random := rand.New(rand.NewPCG(1, 2))
	for range products {
		popular := math.Exp(random.NormFloat64())
		for ahead := range 60 {
			near := 20 / float64(1+ahead)
			keys = append(keys, report.Class{
				Ahead: ahead, Keys: random.Float64(), OnSale: 1, Weight: 1 + random.Float64(),
				Reads: popular * near * math.Exp(random.NormFloat64()), Changes: popular * near / 10 * math.Exp(random.NormFloat64()),
			})
		}
	}
	return keys
}

func TestAPoolPredictsWhatItsKeysDoOneByOne(t *testing.T) {
	const products = 200
	c := catalogue(products)
	pool, each := forecast.NewPool(forecast.AheadTo(c.Rules)), report.Population{Rates: report.RatesLearned, Products: products}
	for _, k := range keysOf(products) {
		pool.Add(k)
		each.Classes = append(each.Classes, k)
		each.Closed += 1 - k.Keys
	}
	pooled := pool.Population(report.RatesLearned, products)
	if n := len(pooled.Classes); n > len(each.Classes)/3 {
		t.Errorf("%d classes of %d keys, want a third at most", n, len(each.Classes))
	}
	for _, budget := range []float64{3_000, 20_000, 100_000} {
		want, got := forecast.New(c, budget, each), forecast.New(c, budget, pooled)
		for i, p := range got.Policies {
			if off := math.Abs(p.FreshShare - want.Policies[i].FreshShare); off > 0.005 {
				t.Errorf("%v a day, %s: %.4f of the reads true, want the %.4f of every key by itself", budget, p.Policy, p.FreshShare, want.Policies[i].FreshShare)
			}
		}
	}
}

func TestAPopulationStandsForAnyNumberOfProductsLikeIt(t *testing.T) {
	like := forecast.Reference(100, forecast.AheadTo(catalogue(1).Rules))
	want := forecast.New(catalogue(100), 10_000, like).Policies
	got := forecast.New(catalogue(300), 30_000, like).Policies
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-3)); diff != "" {
		t.Errorf("three times the products with three times the budget (-100 +300):\n%s", diff)
	}
}
