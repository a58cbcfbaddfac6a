package httpapi

import (
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/storage"
)

// BenchmarkGenerationCheck finds one of 27,000 answers, with the store's generation
// and without, by turns in one run; ratio is what the check makes of a plain Get.
func BenchmarkGenerationCheck(b *testing.B) {
	store, err := storage.Open(b.TempDir(), storage.Options{NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	c, err := newAnswers(256 << 20)
	if err != nil {
		b.Fatal(err)
	}
	defer c.close()
	const turn = 1000
	keys := make([]inventory.Key, 27*turn)
	for i := range keys {
		keys[i] = inventory.Key{Product: inventory.ProductID(14 + i/60), Date: inventory.Date(20_000 + i%60)}
		c.put(&answer{key: keys[i], generation: store.Generation(keys[i])})
		c.entries.Wait()
	}
	plain := func(k inventory.Key) bool {
		a, ok := c.entries.Get(entry(k))
		return ok && a.key == k
	}
	checked := func(k inventory.Key) bool { return c.get(k, store.Generation(k)) != nil }
	var took [2]time.Duration
	gets := 0
	for i := 0; b.Loop(); i++ {
		which := i % 2
		get := []func(inventory.Key) bool{plain, checked}[which]
		some := keys[i%27*turn:][:turn] // 27 is odd: each block is got both ways
		began := time.Now()
		for _, k := range some {
			if !get(k) {
				b.Fatal("not found:", k)
			}
		}
		took[which] += time.Since(began)
		gets += turn
	}
	each := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / float64(gets/2) }
	b.ReportMetric(each(took[0]), "plain-ns")
	b.ReportMetric(each(took[1]), "checked-ns")
	b.ReportMetric(float64(took[1])/float64(took[0]), "ratio")
}
