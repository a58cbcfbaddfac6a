package demand

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"time"

	"invd/engine/inventory"
)

// AllDates stands for the date in the key of a product's calendar. No date is
// below 0.
const AllDates inventory.Date = -1

const (
	// margin is how many dates a row has room for beside the horizon: at one moment
	// the earth has up to three dates, and a drain may come after midnight.
	margin = 4

	// maxStripes bounds memory. More readers than that at once on one key are rare.
	maxStripes = 8
)

// A Table counts reads of each product by date. Make one with New; its products
// and its size never change. Any goroutine may call Count, one at a time Drain.
//
// It has 4 bytes for each product, date and stripe: 230 KB for 450 products of 60
// dates on 2 processors.
type Table struct {
	// rows numbers the products from 0 on. It is not written after New.
	rows map[inventory.ProductID]int

	// ids are the products by row.
	ids []inventory.ProductID

	// ring is how many dates a row holds, a power of two: a date's counter is at
	// the date modulo ring. Any ring dates in a row have counters of their own, and
	// no more than that are counted between two drains.
	ring int

	// stripes is how many copies of everything there are, a power of two. A read is
	// counted in one of them by chance, a drain adds them up: two processors that
	// count one popular key mostly write different cache lines.
	stripes int

	// counts[(stripe*len(ids)+row)*(ring+1)+place]. A row's last place is its
	// calendar's.
	counts []atomic.Uint32

	// worth[row*ring+place] is from when on a call for the key is worth its price,
	// in seconds since 1970: 0 for always, never for not at all. The scheduler alone
	// writes it.
	worth []atomic.Uint32
}

const never = math.MaxUint32

// New makes a table of products and of the dates from today to days-1 days ahead.
// Each id is given once.
func New(products []inventory.ProductID, days int) *Table {
	t := &Table{
		rows:    make(map[inventory.ProductID]int, len(products)),
		ids:     products,
		ring:    ceilPower(max(days, 0) + margin),
		stripes: min(ceilPower(runtime.GOMAXPROCS(0)), maxStripes),
	}
	for i, id := range products {
		t.rows[id] = i
	}
	t.counts = make([]atomic.Uint32, t.stripes*len(products)*(t.ring+1))
	t.worth = make([]atomic.Uint32, len(products)*t.ring)
	return t
}

// ceilPower returns the least power of two that is at least n.
func ceilPower(n int) int { return 1 << bits.Len(uint(max(n, 1)-1)) }

// Count counts one read of k, whose date must be one that New made room for. A
// product that New was not told of is not counted.
func (t *Table) Count(k inventory.Key) { t.count(k.Product, int(k.Date)&(t.ring-1)) }

// CountDates counts one read of a product's calendar.
func (t *Table) CountDates(p inventory.ProductID) { t.count(p, t.ring) }

func (t *Table) count(p inventory.ProductID, place int) {
	row, ok := t.rows[p]
	if !ok {
		return
	}
	stripe := 0
	if t.stripes > 1 {
		stripe = int(rand.Uint32()) & (t.stripes - 1)
	}
	t.counts[(stripe*len(t.ids)+row)*(t.ring+1)+place].Add(1)
}

// SetWorth says from when on a read of k is worth a call: the zero time for always,
// Never for not before it is said anew. It is precise to a second.
func (t *Table) SetWorth(k inventory.Key, from time.Time) {
	row, ok := t.rows[k.Product]
	if !ok {
		return
	}
	s := uint32(0)
	switch {
	case from.Equal(Never):
		s = never
	case !from.IsZero():
		s = uint32(min(max(from.Unix()+1, 0), never-1))
	}
	t.worth[row*t.ring+int(k.Date)&(t.ring-1)].Store(s)
}

// Worth reports whether a read of k at now is worth a call, as SetWorth was told.
// Nothing of a product that New was not told of is.
func (t *Table) Worth(k inventory.Key, now time.Time) bool {
	row, ok := t.rows[k.Product]
	if !ok {
		return false
	}
	from := t.worth[row*t.ring+int(k.Date)&(t.ring-1)].Load()
	return from != never && int64(from) <= now.Unix()
}

// Never is a time that does not come.
var Never = time.Unix(1<<40, 0)

// Drain calls f for every key that was read since the last Drain, with the number
// of reads, and begins anew; now tells which date a counter is about. Reads that
// go on meanwhile are counted now or the next time, each once.
func (t *Table) Drain(now time.Time, f func(k inventory.Key, reads int)) {
	first := inventory.DateOf(now.UTC()).AddDays(-2) // no zone is further behind, nor a drain later
	for row, id := range t.ids {
		for place := range t.ring + 1 {
			reads := 0
			for stripe := range t.stripes {
				c := &t.counts[(stripe*len(t.ids)+row)*(t.ring+1)+place]
				if c.Load() != 0 { // a swap would take the line away from the readers
					reads += int(c.Swap(0))
				}
			}
			if reads == 0 {
				continue
			}
			k := inventory.Key{Product: id, Date: AllDates}
			if place < t.ring {
				k.Date = first + inventory.Date((place-int(first))&(t.ring-1))
			}
			f(k, reads)
		}
	}
}
