package planner_test

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/engine/planner"
)

// fleet makes a planner of so many products with all their dates in sight, open
// and fetched at monday.
func fleet(products int, perMinute float64) *planner.Planner {
	p := planner.New(planner.Options{Products: named(products), Bounds: bounds(), PerDay: perMinute * 24 * 60}, monday)
	today := inventory.DateOf(monday)
	for id := range uint32(products * horizon) {
		ahead := int(id) % horizon
		p.Enter(id, int(id)/horizon, today.AddDays(ahead), ahead, monday, inventory.Open, monday)
	}
	return p
}

func named(n int) (products []planner.Product) {
	for i := range n {
		products = append(products, planner.Product{ID: inventory.ProductID(100 + i), Zone: time.UTC, Weight: 1})
	}
	return products
}

// With nothing fetched the dates that most readers want come first, today's before
// all others, however soon they change.
func TestTheFirstRoundBeginsWithWhatIsReadMost(t *testing.T) {
	const products = 10
	p := planner.New(planner.Options{Products: named(products), Bounds: bounds(), PerDay: 30 * 24 * 60}, monday)
	today := inventory.DateOf(monday)
	for id := range uint32(products * horizon) {
		ahead := int(id) % horizon
		p.Enter(id, int(id)/horizon, today.AddDays(ahead), ahead, time.Time{}, inventory.Unknown, monday)
	}
	first, rest, seen := 0, math.MaxInt, 0 // bands of today's dates and of others
	for _, m := range p.Turn(monday, 0) {
		switch {
		case m.Due > monday.Unix():
		case m.ID%horizon == 0:
			first, seen = max(first, m.Band), seen+1
		default:
			rest = min(rest, m.Band)
		}
	}
	if seen != products || first > rest {
		t.Errorf("of %d dates of today %d are due, in band %d at worst; others in band %d at best", products, seen, first, rest)
	}
}

// Ten slots of one date change at random, some of them more than once between two
// fetches: the date's rate comes out, and those of its neighbours hardly move.
func TestTheRateOfChangeIsFound(t *testing.T) {
	for _, rate := range []float64{.5, 4, 40} {
		p := fleet(1, 30)
		const id, slots = 10, 10
		prior := p.View(id, monday).Changes
		random := rand.New(rand.NewPCG(1, uint64(rate*10)))
		now := monday
		for range 600 {
			interval := time.Duration((1 + 9*random.Float64()) * float64(time.Hour))
			now = now.Add(interval)
			changed := 0
			for range slots {
				if random.ExpFloat64() < rate/slots*interval.Hours()/24 {
					changed++
				}
			}
			p.Fetched(id, planner.Fetch{At: now, State: inventory.Open, Slots: slots, Changed: changed}, now)
		}
		got := p.View(id, now).Changes
		if math.Abs(got/rate-1) > .2 {
			t.Errorf("rate %.2f, want %v (first guess %.2f)", got, rate, prior)
		}
	}
}

// Half an hour's reads, hour by hour: a product that is read ten times as often is
// worth ten times as much, and a date that is read for itself more than its
// neighbours.
func TestReadersAreFound(t *testing.T) {
	p := fleet(3, 30)
	today := inventory.DateOf(monday)
	now := monday
	for range 5 * 24 * 60 {
		now = now.Add(time.Minute)
		if now.Minute()%10 == 0 {
			p.Read(0, today.AddDays(8), 1, now)
		}
		p.Read(1, today.AddDays(8), 1, now)
		p.Read(1, today.AddDays(20), 1, now)
		p.Turn(now, 1000)
	}
	rare, often, sibling := p.View(8, now).Reads, p.View(horizon+8, now).Reads, p.View(horizon+9, now).Reads
	if often < 5*rare {
		t.Errorf("%.0f and %.0f reads a day, want ten times as many", rare, often)
	}
	if often < 2*sibling {
		t.Errorf("%.0f reads a day of the date, %.0f of the one after it, want more for that which is read", often, sibling)
	}
	if math.Abs(often/1440-1) > .3 {
		t.Errorf("%.0f reads a day, want 1,440", often)
	}
}

// The partner's first week shows that a product is closed on Mondays: the Mondays
// not seen yet are worth less than other days.
func TestClosedWeekdaysAreFound(t *testing.T) {
	p := planner.New(planner.Options{Products: []planner.Product{{ID: 100, Zone: time.UTC}}, Bounds: bounds(), PerDay: 43_200}, monday)
	today := inventory.DateOf(monday) // a Monday
	for ahead := range horizon {
		p.Enter(uint32(ahead), 0, today.AddDays(ahead), ahead, time.Time{}, inventory.Unknown, monday)
	}
	for ahead := 1; ahead < 22; ahead++ {
		f := planner.Fetch{At: monday, State: inventory.Open, Slots: 3}
		if ahead%7 == 0 {
			f = planner.Fetch{At: monday, State: inventory.Closed}
		}
		p.Fetched(uint32(ahead), f, monday)
	}
	closed, open := p.View(35, monday), p.View(36, monday)
	if closed.Reads > open.Reads/4 {
		t.Errorf("a Monday five weeks ahead is worth %.3f reads a day, the Tuesday after it %.3f: want a quarter at most", closed.Reads, open.Reads)
	}
	known := p.View(7, monday)
	if known.Bound.Sub(monday) > 7*24*time.Hour || known.Changes > .1*p.View(8, monday).Changes {
		t.Errorf("a closed date: %+v, want it asked for within a week and to change rarely", known)
	}
	doubt := known.Index
	later := monday.Add(time.Hour)
	p.Fetched(14, planner.Fetch{At: later, State: inventory.Open, Slots: 3, Changed: 3}, later)
	if got := p.View(7, later).Index; got < 100*doubt {
		t.Errorf("the index of a closed Monday is %g when another opens, was %g; want it looked at", got, doubt)
	}
}

// A new price on one date puts the others in doubt, once.
func TestANewPriceCastsDoubtOnTheOtherDatesOnce(t *testing.T) {
	p := fleet(2, 30)
	now := monday.Add(time.Hour)
	before, other := p.View(21, now).Probability, p.View(horizon+21, now).Probability
	p.Fetched(20, planner.Fetch{At: now, State: inventory.Open, Slots: 3, Repriced: true}, now)
	doubted := p.View(21, now).Probability
	if doubted > .7*before {
		t.Errorf("the next date is true with probability %.2f, was %.2f; want it doubted", doubted, before)
	}
	if got := p.View(horizon+21, now).Probability; math.Abs(got-other) > .01 {
		t.Errorf("a date of another product is true with probability %.2f, was %.2f", got, other)
	}
	p.Fetched(22, planner.Fetch{At: now, State: inventory.Open, Slots: 3, Repriced: true}, now)
	if got := p.View(21, now).Probability; got < doubted-.03 {
		t.Errorf("accused a second time of the same price: %.2f, was %.2f", got, doubted)
	}
}

func TestBoundsThatDoNotFitAreAllStretchedAlike(t *testing.T) {
	for _, tt := range []struct {
		perMinute float64
		least     float64
		most      float64
	}{{30, 1, 1}, {1, 5, 15}} {
		p := fleet(100, tt.perMinute)
		p.Turn(monday, 1000)
		if got := p.Summary(monday).Stretch; got < tt.least || got > tt.most {
			t.Errorf("%v requests a minute: stretch %.2f, want %v to %v", tt.perMinute, got, tt.least, tt.most)
		}
		stretch := p.Summary(monday).Stretch
		for id, hours := range map[uint32]float64{50: 96, 20: 48} { // each up to a quarter early
			share := p.View(id, monday).Bound.Sub(monday).Hours() / (hours * stretch)
			if share < .74 || share > .99 {
				t.Errorf("%v requests a minute: %d days ahead the bound is %.2f of %v h stretched %.2f times", tt.perMinute, id, share, hours, stretch)
			}
		}
	}
}

func TestRecordsAreReadBackAndBadOnesChangeNothing(t *testing.T) {
	p := newPlay(t, 3, 20, 2, asIs)
	p.run(monday, monday.Add(6*time.Hour+2*time.Second)) // an hour was just closed
	var want []planner.View
	for id := range uint32(len(p.keys)) {
		want = append(want, p.planner.View(id, p.now))
	}
	p.restart() // after which the order of a record is that of the ids
	for id := range uint32(len(p.keys)) {
		got := p.planner.View(id, p.now)
		if math.Abs(got.Reads/want[id].Reads-1) > .05 || math.Abs(got.Changes/want[id].Changes-1) > .01 || !got.Bound.Equal(want[id].Bound) {
			t.Fatalf("key %d is %+v after a restart, was %+v", id, got, want[id])
		}
	}
	shared, product := p.planner.Shared(), p.planner.Product(7)
	p.restart()
	if got := p.planner.Product(7); !bytes.Equal(got, product) {
		t.Errorf("a product's record is %d bytes after reading, was %d, and not the same", len(got), len(product))
	}
	again := planner.New(p.planner.Options, p.now)
	if err := again.SetShared(shared); err != nil {
		t.Fatal(err)
	}
	if got := again.Shared(); len(got) != len(shared) || !bytes.Equal(got[17:], shared[17:]) {
		t.Error("the shared record is not the same after reading")
	}
	before := again.Shared()
	nan := bytes.Clone(shared)
	copy(nan[17:], []byte{0, 0, 0xc0, 0x7f})
	for name, record := range map[string][]byte{"nothing": {}, "half": shared[:len(shared)/2], "more": append(bytes.Clone(shared), 0), "another version": append([]byte{9}, shared[1:]...), "no number": nan} {
		if err := again.SetShared(record); !errors.Is(err, planner.ErrState) {
			t.Errorf("SetShared of %s = %v, want ErrState", name, err)
		}
	}
	if !bytes.Equal(again.Shared(), before) {
		t.Error("a record that was refused has changed something")
	}
	if err := p.planner.SetProduct(7, product[:len(product)-1]); !errors.Is(err, planner.ErrState) {
		t.Errorf("SetProduct of a record cut short = %v, want ErrState", err)
	}
	if got := p.planner.Product(7); !bytes.Equal(got, product) {
		t.Error("a product's record that was refused has changed something")
	}
}

func TestAClockThatIsSetBackStopsNothing(t *testing.T) {
	p := fleet(5, 30)
	now := monday.Add(time.Hour)
	p.Turn(now, 0)
	back := now.Add(-30 * 24 * time.Hour)
	p.Turn(back, 0)
	for i := range 10 {
		at := back.Add(time.Duration(i) * 20 * time.Second)
		if moves := p.Turn(at, 0); i > 5 && len(moves) == 0 {
			continue // all are warm by then
		}
	}
	if due := p.Due(3, back.Add(time.Hour)); due.Sub(back) > 4*time.Hour {
		t.Errorf("a key is looked at in %v, want within hours", due.Sub(back))
	}
}
