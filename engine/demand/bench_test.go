package demand_test

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"invd/engine/demand"
	"invd/engine/inventory"
)

// BenchmarkCount compares the table with the two simplest ways to count, on 450
// products: each in parallel on all processors, for readers of one key and of keys
// picked evenly. The one atomic is the least that a shared counter can cost, and
// tells nobody which key was read.
func BenchmarkCount(b *testing.B) {
	today := inventory.DateOf(noon)
	var products []inventory.ProductID
	for id := range inventory.ProductID(450) {
		products = append(products, id+1)
	}
	pick := map[string]func(r *rand.Rand) inventory.Key{
		"one": func(*rand.Rand) inventory.Key { return inventory.Key{Product: 14, Date: today} },
		"all": func(r *rand.Rand) inventory.Key {
			n := r.Uint64()
			return inventory.Key{Product: 1 + inventory.ProductID(n%450), Date: today + inventory.Date(n>>32%60)}
		},
	}
	table := demand.New(products, 60)
	var one atomic.Uint64
	var mu sync.Mutex
	counts := map[inventory.Key]uint64{}
	ways := []struct {
		name  string
		count func(inventory.Key)
	}{
		{"nothing", func(inventory.Key) {}},
		{"table", table.Count},
		{"atomic", func(inventory.Key) { one.Add(1) }},
		{"mutex-map", func(k inventory.Key) {
			mu.Lock()
			counts[k]++
			mu.Unlock()
		}},
	}
	for _, keys := range []string{"one", "all"} {
		for _, way := range ways {
			b.Run("keys="+keys+"/"+way.name, func(b *testing.B) {
				b.ReportAllocs()
				b.RunParallel(func(pb *testing.PB) {
					r := rand.New(rand.NewPCG(rand.Uint64(), 1))
					for pb.Next() {
						way.count(pick[keys](r))
					}
				})
			})
		}
	}
}
