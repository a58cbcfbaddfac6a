package planner

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"invd/engine/inventory"
)

// What was learned is kept as one record of what all products share and one of
// each product. All numbers are little-endian; floats are 4 bytes unless said
// otherwise. A record of another version is not read.
//
// The shared record: version (1 byte), wall (8), op (8-byte float), price, rate, 24
// times count and seen, 12 times gammaA, gammaB, psiC and psiE, 4 times sigmaA and
// sigmaB, hits, accused.
//
// A product's: version (1 byte), changes, expected, reads, exposed, rate, 7 times
// open and empty, repriced (8), and for each key that something is known of: date
// (4), entered (4), changes, expected, reads, exposed, suspect, ends (2), slots (1).
const stateVersion = 1

// ErrState says that a record cannot be read.
var ErrState = errors.New("not what a planner of this version has learned")

// A pen writes a record or, with reading set, reads it: the fields of both are
// named once.
type pen struct {
	b       []byte
	reading bool
	bad     bool
}

func (p *pen) take(n int) []byte {
	if p.bad || len(p.b) < n {
		p.bad = true
		return make([]byte, n)
	}
	b := p.b[:n]
	p.b = p.b[n:]
	return b
}

func (p *pen) uint64(v *uint64) {
	if p.reading {
		*v = binary.LittleEndian.Uint64(p.take(8))
		return
	}
	p.b = binary.LittleEndian.AppendUint64(p.b, *v)
}

func (p *pen) uint32(v *uint32) {
	if p.reading {
		*v = binary.LittleEndian.Uint32(p.take(4))
		return
	}
	p.b = binary.LittleEndian.AppendUint32(p.b, *v)
}

func (p *pen) byte(v *uint8) {
	if p.reading {
		*v = p.take(1)[0]
		return
	}
	p.b = append(p.b, *v)
}

func (p *pen) int64(v *int64) {
	u := uint64(*v)
	p.uint64(&u)
	*v = int64(u)
}

// float64 and float refuse what is no finite number, or below 0.
func (p *pen) float64(v *float64) {
	u := math.Float64bits(*v)
	p.uint64(&u)
	*v = math.Float64frombits(u)
	p.bad = p.bad || !(*v >= 0) || math.IsInf(*v, 1)
}

func (p *pen) float(v *float32) {
	u := math.Float32bits(*v)
	p.uint32(&u)
	*v = math.Float32frombits(u)
	p.bad = p.bad || !(*v >= 0) || math.IsInf(float64(*v), 1)
}

func (p *pen) floats(values ...*float64) {
	for _, v := range values {
		f := float32(*v)
		p.float(&f)
		*v = float64(f)
	}
}

// each does so for every element.
func (p *pen) each(values []float64) {
	for i := range values {
		p.floats(&values[i])
	}
}

func (p *pen) version() {
	v := uint8(stateVersion)
	p.byte(&v)
	p.bad = p.bad || v != stateVersion
}

// Shared returns what is learned of all products.
func (p *Planner) Shared() []byte {
	w := &pen{}
	p.shared(w)
	return w.b
}

// SetShared takes up what Shared returned, before any key enters. The clock goes
// on from there. After an error nothing has changed.
func (p *Planner) SetShared(record []byte) error {
	next := *p
	r := &pen{b: record, reading: true}
	next.shared(r)
	if r.bad || len(r.b) > 0 {
		return fmt.Errorf("shared record: %w", ErrState)
	}
	now := p.clock.wall
	*p = next
	p.clock.wall = min(p.clock.wall, now)
	p.clock.tune()
	p.clock.advance(now)
	p.exposedTo = p.clock.op
	for b := range leads {
		p.gamma[b] = pooled(p.gammaA[b], p.gammaB[b], changePrior[b], 20)
		p.psi[b] = pooled(p.psiC[b]/p.rate, p.psiE[b]/p.rate, readPrior[b], 30)
	}
	for s := range states {
		p.sigma[s] = pooled(p.sigmaA[s], p.sigmaB[s], statePrior[s], 20)
	}
	return nil
}

func (p *Planner) shared(x *pen) {
	x.version()
	x.int64(&p.clock.wall)
	x.float64(&p.clock.op)
	x.floats(&p.price, &p.rate)
	x.each(p.clock.count[:])
	x.each(p.clock.seen[:])
	x.each(p.gammaA[:])
	x.each(p.gammaB[:])
	x.each(p.psiC[:])
	x.each(p.psiE[:])
	x.each(p.sigmaA[:])
	x.each(p.sigmaB[:])
	x.floats(&p.hits, &p.accused)
	p.rate = max(p.rate, 1e-6)
}

// Product returns what is learned of the product with that index.
func (p *Planner) Product(index int) []byte {
	x := &p.products[index]
	w := &pen{}
	x.record(w)
	for _, id := range x.ids {
		if k := p.keys[id]; k.changes+k.expected+k.reads+k.exposed+k.suspect > 0 || k.fetched == 0 || k.ends > 0 {
			k.record(w)
		}
	}
	return w.b
}

// SetProduct takes up what Product returned, once the product's keys have entered.
// Keys that are gone are left out. After an error nothing has changed.
func (p *Planner) SetProduct(index int, record []byte) error {
	x := p.products[index]
	r := &pen{b: record, reading: true}
	x.record(r)
	var keys []key
	for len(r.b) > 0 && !r.bad {
		var k key
		k.record(r)
		keys = append(keys, k)
	}
	if r.bad {
		return fmt.Errorf("product %d: %w", x.id, ErrState)
	}
	p.products[index] = x
	x.beta = between(.05, (x.changes+2)/(x.expected+2), 20)
	p.products[index].beta = x.beta
	byDate := map[inventory.Date]*key{}
	for i := range keys {
		byDate[keys[i].date] = &keys[i]
	}
	for _, id := range x.ids {
		k := &p.keys[id]
		if old := byDate[k.date]; old != nil {
			k.entered, k.ends, k.slots, k.suspect = old.entered, old.ends, old.slots, old.suspect
			k.changes, k.expected, k.reads, k.exposed = old.changes, old.expected, old.reads, old.exposed
		}
	}
	return nil
}

func (x *product) record(w *pen) {
	w.version()
	w.floats(&x.changes, &x.expected, &x.reads, &x.exposed, &x.rate)
	w.each(x.open[:])
	w.each(x.empty[:])
	w.int64(&x.repriced)
	x.rate = max(x.rate, 1e-6)
}

func (k *key) record(w *pen) {
	date, ends := uint32(k.date), uint64(k.ends)
	w.uint32(&date)
	w.uint32(&k.entered)
	for _, f := range [...]*float32{&k.changes, &k.expected, &k.reads, &k.exposed, &k.suspect} {
		w.float(f)
	}
	var low, high = uint8(ends), uint8(ends >> 8)
	w.byte(&low)
	w.byte(&high)
	w.byte(&k.slots)
	k.date, k.ends = inventory.Date(int32(date)), int16(high)<<8|int16(low)
	w.bad = w.bad || k.ends < 0 || k.ends >= 24*60
}
