package sim

import (
	"fmt"
	"slices"
	"time"
)

// An override is a test's change to the world, in force from a moment on.
type override struct {
	at    time.Time
	what  change
	body  []byte // set
	start string // booked: in which slot
	seats int64  // booked
}

type change int

const (
	booked change = iota // seats are gone; adds up with other bookings
	// The others say what kind of answer there is; the last one counts.
	asWorld // as the weekday says
	opened
	closed
	set
)

// Set makes body the exact answer for a date from now on, whatever it is. A nil
// body gives the date back to the world.
func (p *Partner) Set(product int64, date string, body []byte) error {
	o := override{what: asWorld}
	if body != nil {
		o = override{what: set, body: slices.Clone(body)}
	}
	return p.override(product, date, o)
}

// Book takes n seats of the slot that starts at start (HH:MM), from now on. The
// seats come from the slot and from its adults; neither goes below 0. A
// negative n is a cancellation.
func (p *Partner) Book(product int64, date, start string, n int) error {
	pr := p.world.products[product]
	if pr == nil || !slices.ContainsFunc(pr.slots, func(s slotPlan) bool { return s.start == start }) {
		return fmt.Errorf("book %d/%s %s: no such slot", product, date, start)
	}
	return p.override(product, date, override{what: booked, start: start, seats: int64(n)})
}

// CloseDate makes a date answer [] from now on.
func (p *Partner) CloseDate(product int64, date string) error {
	return p.override(product, date, override{what: closed})
}

// OpenDate opens a date from now on, whether a weekday or CloseDate closed it.
func (p *Partner) OpenDate(product int64, date string) error {
	return p.override(product, date, override{what: opened})
}

func (p *Partner) override(product int64, date string, o override) error {
	d, ok := parseDay(date)
	if !ok || p.world.products[product] == nil {
		return fmt.Errorf("override %d/%s: no such product or date", product, date)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	o.at = p.opts.Now()
	k := key{product, d}
	p.overrides[k] = append(p.overrides[k], o)
	return nil
}

// overridesAt returns a date's overrides up to a moment, oldest first, and the
// moment of the first one after it. The slice is only ever appended to.
func (p *Partner) overridesAt(k key, at time.Time) (past []override, next time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.overrides[k]
	for i := range all {
		if all[i].at.After(at) {
			return all[:i:i], all[i].at
		}
	}
	return all, time.Time{}
}

// latest returns the override that says what kind of answer a date gives.
func latest(past []override) override {
	for _, o := range slices.Backward(past) {
		if o.what != booked {
			return o
		}
	}
	return override{what: asWorld}
}

// take applies the bookings of past to slots.
func take(past []override, slots []Slot) {
	for _, o := range past {
		for i := range slots {
			if s := &slots[i]; o.what == booked && s.Start == o.start {
				s.Remaining = max(0, s.Remaining-o.seats)
				s.Pax[0].Remaining = max(0, s.Pax[0].Remaining-o.seats)
			}
		}
	}
}
