package planner

import (
	"time"

	"invd/engine/inventory"
)

// Options shape a Planner.
type Options struct {
	Products []Product
	Bounds   []time.Duration // the age that a date so many days ahead may reach; all dates in sight have one
	PerDay   float64         // calls that the budget allows
	Share    float64         // of the calls, that may go to keys only because of their age; 0: half
	Horizon  time.Duration   // see unseen; 0: 3 days

	// Rates, if not nil, are the true rates of change and of reads a day, by the
	// readers' clock, which take the place of what is learned. Simulations use it to
	// see what learning costs.
	Rates func(k inventory.Key, now time.Time) (changes, reads float64)
}

// A Product is what the configuration says of one.
type Product struct {
	ID     inventory.ProductID
	Zone   *time.Location
	Weight float64 // of its reads; 0: 1
}

// A Planner learns and chooses. Make one with New.
type Planner struct {
	Options
	clock    clock
	keys     []key
	products []product
	warm     []uint32 // ids that were said to be due and are not fetched yet
	leads    []uint8  // by days ahead

	price float64 // μ: reads that a call is worth at the margin; 0 before the first call
	rate  float64 // mean of the products' reads

	gamma           [leads]float64 // factor of change by days ahead
	gammaA, gammaB  [leads]float64
	psi             [leads]float64 // factor of reads by days ahead
	psiC, psiE      [leads]float64
	sigma           [states]float64 // factor of change by state
	sigmaA, sigmaB  [states]float64
	hits, accused   float64 // of the keys accused of a new price, how many had one
	hourly          int64   // Unix seconds at which the last hour was closed
	exposedTo       float64 // the readers' clock up to which exposures are counted
	read            float64 // reads since hourly
	tokens          float64 // calls that bounds of age may still have at tokensAt
	tokensAt        int64
	stretch, needed float64 // of the bounds, and the calls a day that they need unstretched
	cold            int     // keys never fetched
	rescored        int     // place in warm where the next scoring goes on
	scoredAt        int64
	sweptAt         int64
	scores          []float32 // scratch of sweep
	revisit         []uint32  // of which more is known: perhaps they are due sooner
	moves, spare    []Move    // what Turn returns next, and what it returned last
}

const states = int(inventory.Open) + 1

// statePrior is the factor of change of a date that is not known, closed, sold out
// and open.
var statePrior = [states]float64{1, .02, .3, 1}

// New makes a planner that knows nothing but how people book and read on average.
func New(o Options, now time.Time) *Planner {
	if o.Share == 0 {
		o.Share = .5
	}
	if o.Horizon == 0 {
		o.Horizon = 3 * 24 * time.Hour
	}
	p := &Planner{Options: o, clock: newClock(now.Unix()), rate: 1, stretch: 1, hourly: now.Unix(), tokensAt: now.Unix()}
	for _, x := range o.Products {
		if x.Weight == 0 {
			x.Weight = 1
		}
		p.products = append(p.products, product{id: x.ID, zone: x.Zone, weight: x.Weight, beta: 1, rate: 1})
	}
	for ahead := range o.Bounds {
		p.leads = append(p.leads, leadOf(ahead))
	}
	p.gamma, p.psi, p.sigma = changePrior, readPrior, statePrior
	return p
}

// Enter makes id the key of a product's date, fetched at the given time (zero:
// never) with the given state. If it is that already, nothing it learned is lost.
func (p *Planner) Enter(id uint32, product int, date inventory.Date, ahead int, fetched time.Time, state inventory.State, now time.Time) {
	p.clock.advance(now.Unix())
	for int(id) >= len(p.keys) {
		p.keys = append(p.keys, key{product: -1})
	}
	k := &p.keys[id]
	if k.product != int32(product) || k.date != date {
		p.Leave(id)
		*k = key{product: int32(product), date: date, entered: uint32(now.Unix())}
		p.cold++
		x := &p.products[product]
		x.ids = append(x.ids, id)
	}
	p.Shift(id, ahead)
	if !fetched.IsZero() && k.fetched == 0 {
		p.cold--
		k.fetched = uint32(fetched.Unix())
		k.tau = p.clock.reading(fetched.Unix())
	}
	if state != inventory.Unknown {
		k.state = state
	}
}

// Shift says how many days ahead a key's date is now.
func (p *Planner) Shift(id uint32, ahead int) {
	k := &p.keys[id]
	ahead = max(0, min(ahead, len(p.leads)-1))
	k.ahead, k.lead = int16(ahead), p.leads[ahead]
	if ahead == 0 {
		x := &p.products[k.product]
		x.midnight = k.date.Start(x.zone).Unix()
	}
}

// Leave forgets a key.
func (p *Planner) Leave(id uint32) {
	if int(id) >= len(p.keys) || p.keys[id].product < 0 {
		return
	}
	k := &p.keys[id]
	p.cool(k)
	if k.fetched == 0 {
		p.cold--
	}
	x := &p.products[k.product]
	for i, other := range x.ids {
		if other == id {
			x.ids[i] = x.ids[len(x.ids)-1]
			x.ids = x.ids[:len(x.ids)-1]
			break
		}
	}
	*k = key{product: -1}
}
