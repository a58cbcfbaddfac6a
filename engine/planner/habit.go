package planner

import "invd/engine/inventory"

// A Habit is what a key is like on the whole, whatever is stored of it now.
type Habit struct {
	Ahead   int
	Open    float64 // probability that it is on sale at all
	OnSale  float64 // share of the day for which it is; below 1 for today
	Reads   float64 // a day, while it is on sale
	Changes float64 // likewise
	Weight  float64 // of its reads
}

const (
	enoughHours = 12 // with readers, before what was learned says more than what is assumed
	nearWeek    = 7  // days ahead below which a date stands for its lead on every weekday
	usualEnd    = 16.5 * hour
)

// Seasoned reports whether enough was seen of the readers for habits to be more than
// priors.
func (p *Planner) Seasoned() bool {
	hours := 0.
	for _, seen := range p.clock.seen {
		hours += seen
	}
	return hours >= enoughHours
}

// Habit returns what was learned of a key. Of dates within a week, which all fall
// on one weekday today and on another tomorrow, Open is the mean of the weekdays.
func (p *Planner) Habit(id uint32) Habit {
	k := &p.keys[id]
	x := &p.products[k.product]
	state := k.state
	if state != inventory.SoldOut {
		state = inventory.Open
	}
	h := Habit{
		Ahead: int(k.ahead), Open: 1, OnSale: 1, Weight: x.weight,
		Reads:   x.rate * p.psi[k.lead] * k.interest(),
		Changes: between(slowest, x.beta*p.gamma[k.lead]*k.own()*p.sigma[state], fastest),
	}
	switch {
	case k.ahead < nearWeek:
		h.Open = 0
		for d := range inventory.Date(nearWeek) {
			h.Open += x.opens(k.date+d) / nearWeek
		}
	case k.state == inventory.Closed:
		h.Open = 0
	case k.fetched == 0:
		h.Open = x.opens(k.date)
	}
	if k.ahead == 0 {
		end := int64(k.ends) * 60
		if end == 0 {
			end = usualEnd
		}
		h.OnSale = float64(end) / day
		busy := (p.clock.reading(x.midnight+end) - p.clock.reading(x.midnight)) / h.OnSale
		h.Reads *= busy
		h.Changes *= busy
	}
	return h
}
