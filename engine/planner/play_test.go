package planner_test

import (
	"cmp"
	"container/heap"
	"slices"
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/engine/partner"
	"invd/engine/partner/world"
	"invd/engine/planner"
)

// A play is a planner in a market, second by second, without a daemon: a heap
// stands for the wheel, lists for the bands, and every call is answered at once.
type play struct {
	t       *testing.T
	market  *world.World
	planner *planner.Planner
	zone    *time.Location
	every   time.Duration // between two calls
	exact   bool          // rank all keys once a minute instead of asking for due times

	ids     []inventory.ProductID
	now     time.Time
	today   inventory.Date
	keys    []played
	timers  timers
	bands   [planner.Bands][]uint32
	waiting int
	ranking []uint32
	newest  map[uint32]inventory.Availability

	reads, fresh, calls int
	oldest              [horizon]time.Duration // by days ahead, of open dates
}

// horizon is how many dates are in sight, bounded as by the default schedules.
const horizon = 60

func bounds() (b []time.Duration) {
	for ahead := range horizon {
		hours := 96
		switch {
		case ahead == 0:
			hours = 2
		case ahead < 7:
			hours = 12
		case ahead < 30:
			hours = 48
		}
		b = append(b, time.Duration(hours)*time.Hour)
	}
	return b
}

// A played is one key: id product*horizon + date modulo horizon.
type played struct {
	key     inventory.Key
	due     int64 // in the heap, the one that counts
	queued  bool
	band    int
	fetched time.Time
}

type timer struct {
	due int64
	id  uint32
}

type timers []timer

func (h timers) Len() int           { return len(h) }
func (h timers) Less(i, j int) bool { return h[i].due < h[j].due }
func (h timers) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *timers) Push(x any)        { *h = append(*h, x.(timer)) }
func (h *timers) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

func newPlay(t *testing.T, seed uint64, products int, perMinute float64, change func(*world.Options, *planner.Options)) *play {
	zone := time.UTC
	p := &play{t: t, zone: zone, now: monday, today: inventory.DateOf(monday), every: time.Duration(float64(time.Minute) / perMinute), newest: map[uint32]inventory.Availability{}}
	o := planner.Options{Bounds: bounds(), PerDay: perMinute * 24 * 60}
	for i := range products {
		p.ids = append(p.ids, inventory.ProductID(100+i))
		o.Products = append(o.Products, planner.Product{ID: p.ids[i], Zone: zone, Weight: 1})
	}
	m := world.Reference(seed, p.ids, zone)
	m.Reads *= float64(products) / 450
	change(&m, &o)
	p.market = world.New(m)
	p.planner = planner.New(o, p.now)
	p.keys = make([]played, products*horizon)
	for i := range products {
		for ahead := range horizon {
			p.enter(i, ahead)
		}
	}
	return p
}

func (p *play) id(product int, date inventory.Date) uint32 {
	return uint32(product*horizon + int(date)%horizon)
}

func (p *play) enter(product, ahead int) {
	date := p.today.AddDays(ahead)
	id := p.id(product, date)
	p.keys[id] = played{key: inventory.Key{Product: p.ids[product], Date: date}}
	p.planner.Enter(id, product, date, ahead, time.Time{}, inventory.Unknown, p.now)
	p.await(id)
}

// await asks when a key is due and puts it where it belongs.
func (p *play) await(id uint32) {
	if due := p.planner.Due(id, p.now); due.After(p.now) {
		p.arm(id, due.Unix())
	} else {
		p.enqueue(id, p.planner.Band(id, p.now))
	}
}

func (p *play) arm(id uint32, due int64) {
	p.keys[id].due = due
	heap.Push(&p.timers, timer{due, id})
}

func (p *play) enqueue(id uint32, band int) {
	k := &p.keys[id]
	if !k.queued {
		p.waiting++
	}
	k.queued, k.band, k.due = true, band, 0
	p.bands[band] = append(p.bands[band], id)
}

func (p *play) pop() (uint32, bool) {
	if p.exact {
		if len(p.ranking) == 0 {
			return 0, false
		}
		id := p.ranking[0]
		p.ranking = p.ranking[1:]
		return id, true
	}
	for b := range p.bands {
		for len(p.bands[b]) > 0 {
			id := p.bands[b][0]
			p.bands[b] = p.bands[b][1:]
			if k := &p.keys[id]; k.queued && k.band == b {
				k.queued = false
				p.waiting--
				return id, true
			}
		}
	}
	return 0, false
}

// turn lets the planner move keys.
func (p *play) turn() {
	waiting := p.waiting
	if p.exact {
		waiting = 1 << 20
	}
	for _, m := range p.planner.Turn(p.now, waiting) {
		switch k := &p.keys[m.ID]; {
		case k.queued && k.band != m.Band:
			p.enqueue(m.ID, m.Band)
		case k.queued:
		case m.Due <= p.now.Unix():
			p.enqueue(m.ID, m.Band)
		default:
			p.arm(m.ID, m.Due)
		}
	}
}

// fetch answers a call.
func (p *play) fetch(id uint32) {
	k := &p.keys[id]
	a, _, err := partner.Decode(k.key, p.market.Body(nil, int64(k.key.Product), k.key.Date.String(), p.now))
	if err != nil {
		p.t.Fatal(err)
	}
	f := planner.Fetch{At: p.now, State: a.State(), Slots: len(a.Slots)}
	was := p.newest[id]
	if len(a.Slots) > 0 {
		f.Ends = int(a.Slots[len(a.Slots)-1].Start)
	}
	for i := range min(len(a.Slots), len(was.Slots)) {
		if a.Slots[i].Remaining != was.Slots[i].Remaining {
			f.Changed++
		}
		if *a.Slots[i].Pax[0].Price != *was.Slots[i].Pax[0].Price {
			f.Repriced = true
		}
	}
	p.newest[id] = a
	k.fetched = p.now
	p.calls++
	p.planner.Fetched(id, f, p.now)
	p.turn()
	if !p.exact {
		p.await(id)
	}
}

// midnight moves the horizon.
func (p *play) midnight() {
	for i := range p.ids {
		old := p.id(i, p.today)
		if p.keys[old].queued {
			p.waiting--
		}
		p.planner.Leave(old)
		delete(p.newest, old)
	}
	p.today++
	for i := range p.ids {
		for ahead := range horizon - 1 {
			p.planner.Shift(p.id(i, p.today.AddDays(ahead)), ahead)
		}
		p.enter(i, horizon-1)
	}
	p.market.Forget(p.today)
}

// rank orders all keys by what a call is worth.
func (p *play) rank() {
	p.ranking = p.ranking[:0]
	index := make([]float64, len(p.keys))
	for id := range p.keys {
		p.ranking = append(p.ranking, uint32(id))
		index[id] = p.planner.View(uint32(id), p.now).Index
	}
	slices.SortFunc(p.ranking, func(a, b uint32) int { return cmp.Compare(index[b], index[a]) })
	p.ranking = p.ranking[:int(time.Minute/p.every)]
}

// run plays until end. Reads count from from on.
func (p *play) run(from, end time.Time) {
	reads := p.market.Reads(p.today)
	call := p.now
	var read []inventory.Key
	for ; p.now.Before(end); p.now = p.now.Add(time.Second) {
		if inventory.DateOf(p.now) != p.today {
			p.midnight()
			reads = p.market.Reads(p.today)
		}
		for len(reads) > 0 && !reads[0].At.After(p.now) {
			p.read(reads[0], from)
			read = append(read, reads[0].Key)
			reads = reads[1:]
		}
		if p.now.Second() == 0 {
			for _, k := range read {
				p.planner.Read(int(k.Product)-100, k.Date, 1, p.now)
			}
			read = read[:0]
			if p.exact {
				p.rank()
			}
			if p.now.Minute() == 0 && !p.now.Before(from) {
				p.look()
			}
		}
		for !p.exact && len(p.timers) > 0 && p.timers[0].due <= p.now.Unix() {
			t := heap.Pop(&p.timers).(timer)
			if k := &p.keys[t.id]; k.due == t.due && !k.queued {
				p.await(t.id)
			}
		}
		p.turn()
		for ; !call.After(p.now); call = call.Add(p.every) {
			if id, ok := p.pop(); ok {
				p.fetch(id)
			}
		}
	}
}

func (p *play) read(r world.Read, from time.Time) {
	if r.At.Before(from) {
		return
	}
	p.reads++
	k := &p.keys[p.id(int(r.Key.Product)-100, r.Key.Date)]
	if k.key == r.Key && !k.fetched.IsZero() && p.market.Compare(r.Key, k.fetched, r.At).Fresh {
		p.fresh++
	}
}

// look notes the greatest age of open dates, by days ahead.
func (p *play) look() {
	for i := range p.keys {
		k := &p.keys[i]
		if !p.market.Open(k.key) || !p.now.Before(p.market.Ends(k.key)) || k.fetched.IsZero() {
			continue
		}
		ahead := int(k.key.Date - p.today)
		p.oldest[ahead] = max(p.oldest[ahead], p.now.Sub(k.fetched))
	}
}

func (p *play) freshness() float64 { return 100 * float64(p.fresh) / float64(p.reads) }

// restart goes on with a planner that has read what the last one wrote.
func (p *play) restart() {
	next := planner.New(p.planner.Options, p.now)
	if err := next.SetShared(p.planner.Shared()); err != nil {
		p.t.Fatal(err)
	}
	p.timers, p.waiting, p.bands = nil, 0, [planner.Bands][]uint32{}
	for id := range p.keys {
		k := &p.keys[id]
		k.queued, k.due = false, 0
		next.Enter(uint32(id), id/horizon, k.key.Date, int(k.key.Date-p.today), k.fetched, p.state(uint32(id)), p.now)
	}
	for i := range p.ids {
		if err := next.SetProduct(i, p.planner.Product(i)); err != nil {
			p.t.Fatal(err)
		}
	}
	p.planner = next
	for id := range p.keys {
		p.await(uint32(id))
	}
}

func (p *play) state(id uint32) inventory.State {
	if a, ok := p.newest[id]; ok {
		return a.State()
	}
	return inventory.Unknown
}
