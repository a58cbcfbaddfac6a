package world

import (
	"math"
	"math/rand/v2"
	"time"

	"invd/engine/inventory"
)

// A product is what stays the same about one.
type product struct {
	id       inventory.ProductID
	bookings float64 // mean of an open date
	reads    float64 // share of all readers who want it
	open     [7]bool // by time.Weekday
	ahead    choice  // in how many days the date is that a customer books; horizon: or more
	glance   choice  // … that a reader looks at first
	price    int64   // in cents
	slots    []slot
	wanted   choice // which slot a customer takes

	glanced  [7]float64       // see prepare
	repriced [horizon]float64 // likewise
}

type slot struct {
	second int32 // of its start, since midnight
	places int32 // that are on sale at first
}

// patterns are the weekdays that part-time products open on, and how many of 45
// do so.
var patterns = []struct {
	weight float64
	closed []time.Weekday // none: one that is drawn
}{
	{15, nil},
	{10, []time.Weekday{time.Saturday, time.Sunday}},
	{8, []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}},
	{7, []time.Weekday{time.Thursday, time.Friday, time.Saturday, time.Sunday}},
	{5, []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday}},
}

// unlimited is how many places a slot of the products has that do not sell out.
const unlimited = 2000

func newProducts(o Options) []product {
	r := draw(o.Seed, forProducts, 0, 0)
	rank := r.Perm(len(o.Products))
	readRank := rank
	if o.Independent {
		readRank = r.Perm(len(o.Products))
	}
	products := make([]product, len(o.Products))
	var bookings, reads float64
	for i := range products {
		p := &products[i]
		p.id = o.Products[i]
		p.bookings = math.Pow(float64(rank[i]+1), -o.Skew) * lognormal(r, 0.5)
		p.reads = math.Pow(float64(readRank[i]+1), -o.Skew) * lognormal(r, 0.5)
		bookings += p.bookings
		reads += p.reads
	}
	for i := range products {
		p := &products[i]
		p.bookings *= o.Bookings * float64(len(products)) / bookings
		p.reads /= reads
		p.furnish(o)
		p.prepare()
	}
	return products
}

// furnish draws everything but how popular the product is.
func (p *product) furnish(o Options) {
	r := draw(o.Seed, forProduct, uint64(p.id), 0)
	p.open = drawWeekdays(r, o.PartTime)
	p.ahead = lead(horizon+1, 0.25*r.NormFloat64(), 1)
	p.glance = lead(horizon, 0.15*r.NormFloat64(), 0.95)
	p.price = 1000 + int64(4500*math.Exp(0.6*r.NormFloat64()))
	n := 1 + r.IntN(maxSlots)
	last := 12*60 + 30*r.IntN(19) // to 21:00
	places := int32(unlimited)
	if r.Float64() >= 0.1 {
		places = 4 + int32(p.bookings*meanParty/float64(n)*(0.65+1.8*r.Float64()))
	}
	for i := range n {
		p.slots = append(p.slots, slot{second: int32(max(0, last-45*(n-1-i)) * 60), places: places})
	}
	p.wanted = newChoice(n, func(int) float64 { return 0.4 + r.Float64() })
}

func drawWeekdays(r *rand.Rand, partTime float64) (open [7]bool) {
	for d := range open {
		open[d] = true
	}
	if r.Float64() >= partTime {
		return open
	}
	which := newChoice(len(patterns), func(i int) float64 { return patterns[i].weight })
	closed := patterns[which.draw(r)].closed
	if closed == nil {
		closed = []time.Weekday{time.Weekday(r.IntN(7))}
	}
	for _, d := range closed {
		open[d] = false
	}
	return open
}

// lead returns in how many days the date is that people look for, of which there
// are n: 21, 11 and 8 % look for today, tomorrow and the day after, then 0.15 over the days,
// which is what surveys of bookings show. A power below 1 flattens that, a tilt
// above 0 moves it away.
func lead(n int, tilt, power float64) choice {
	return newChoice(n, func(days int) float64 {
		weight := 0.15 / float64(max(days, 1))
		switch {
		case days < 3:
			weight = [...]float64{0.21, 0.11, 0.08}[days]
		case days == horizon:
			weight = 0.126 // all who are earlier
		}
		return math.Pow(weight, power) * math.Pow(float64(days+1), tilt)
	})
}

// last returns when the last slot of a date starts, in seconds since midnight.
func (p *product) last() int32 { return p.slots[len(p.slots)-1].second }
