package demand_test

import (
	"maps"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"invd/engine/demand"
	"invd/engine/inventory"
)

var noon = time.Date(2026, 2, 20, 12, 0, 0, 0, time.UTC)

func drained(t *demand.Table, now time.Time) map[inventory.Key]int {
	reads := map[inventory.Key]int{}
	t.Drain(now, func(k inventory.Key, n int) { reads[k] += n })
	return reads
}

// A minute of reads after another, for a month, in zones from -12 to +14 hours: the
// drained counts are those of a map.
func TestDrainedCountsAreTheReads(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	products := []inventory.ProductID{14, 15, 9_007_199_254_740_991}
	for _, days := range []int{1, 7, 60, 400} {
		table := demand.New(products, days)
		for now := noon; now.Before(noon.AddDate(0, 1, 0)); now = now.Add(time.Duration(random.Int64N(int64(20 * time.Hour)))) {
			want := map[inventory.Key]int{}
			for range random.IntN(300) {
				local := now.In(time.FixedZone("", (random.IntN(27)-12)*3600))
				k := inventory.Key{Product: products[random.IntN(3)], Date: inventory.DateOf(local).AddDays(random.IntN(days))}
				if random.IntN(5) == 0 {
					k.Date = demand.AllDates
					table.CountDates(k.Product)
				} else {
					table.Count(k)
				}
				want[k]++
			}
			late := time.Duration(random.Int64N(int64(10 * time.Hour)))
			if diff := cmp.Diff(want, drained(table, now.Add(late))); diff != "" {
				t.Fatalf("%d days, at %v, drained %v later (-read +drained):\n%s", days, now, late, diff)
			}
		}
	}
}

func TestAnUnknownProductIsNotCounted(t *testing.T) {
	table := demand.New([]inventory.ProductID{14}, 60)
	table.Count(inventory.Key{Product: 15, Date: inventory.DateOf(noon)})
	table.CountDates(15)
	if got := drained(table, noon); len(got) != 0 {
		t.Errorf("drained %v, want nothing", got)
	}
	demand.New(nil, 60).Count(inventory.Key{Product: 14}) // an empty catalogue
}

// Eight readers of few keys, and drains all the while: no read is lost, none is
// counted twice.
func TestReadsAreCountedOnceWhileATableIsDrained(t *testing.T) {
	const readers, each = 8, 20_000
	table := demand.New([]inventory.ProductID{14, 15}, 60)
	today := inventory.DateOf(noon)
	var reading sync.WaitGroup
	for r := range readers {
		reading.Go(func() {
			random := rand.New(rand.NewPCG(uint64(r), 3))
			for range each {
				table.Count(inventory.Key{Product: 14 + inventory.ProductID(random.IntN(2)), Date: today.AddDays(random.IntN(3))})
			}
		})
	}
	done := make(chan struct{})
	go func() {
		reading.Wait()
		close(done)
	}()
	total := 0
	for ended := false; !ended; {
		select {
		case <-done:
			ended = true // and one last time
		default:
		}
		for n := range maps.Values(drained(table, noon)) {
			total += n
		}
	}
	if total != readers*each {
		t.Errorf("%d reads drained, want %d", total, readers*each)
	}
}

func TestCountingAllocatesNothing(t *testing.T) {
	table := demand.New([]inventory.ProductID{14}, 60)
	k := inventory.Key{Product: 14, Date: inventory.DateOf(noon)}
	if n := testing.AllocsPerRun(100, func() { table.Count(k) }); n != 0 {
		t.Errorf("Count allocates %v times, want 0", n)
	}
}
