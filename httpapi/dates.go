package httpapi

import (
	"errors"
	"net/http"
	"time"

	"github.com/julienschmidt/httprouter"

	"invd/engine/inventory"
	"invd/engine/plan"
)

// dates answers GET /api/v1/experience/{id}/dates.
func (p *Public) dates(w http.ResponseWriter, r *http.Request, ps httprouter.Params) {
	id, err := inventory.ParseProductID(ps[0].Value)
	if err != nil {
		refuse(w, r, badID)
		return
	}
	now := began(w)
	catalogue := p.catalogue()
	product := catalogue.Product(id)
	if product == nil {
		unknown(w, r, noDates)
		return
	}
	p.demand.CountDates(id)
	v := view{now: now, rules: catalogue.Rules, today: product.Today(now)}
	a, err := p.datesAnswer(product, v.today)
	switch {
	case errors.Is(err, inventory.ErrNotFound), err == nil && a.state == inventory.Unknown:
		unknown(w, r, noDates)
	case err != nil:
		p.fail(w, r, err)
	default:
		p.serve(w, r, a, v)
	}
}

// datesAnswer returns the answer for a product's days from today on, from the
// cache if it can.
func (p *Public) datesAnswer(product *plan.Product, today inventory.Date) (*answer, error) {
	k := inventory.Key{Product: product.ID, Date: calendarDate}
	generation := p.reader.CalendarGeneration(product.ID) // before everything else: see answers
	if a := p.answers.get(k, generation); a != nil && a.today == today {
		p.cached(true)
		return a, nil
	}
	p.cached(false)
	calendar, err := p.reader.Calendar(product.ID, today, calendarDays)
	if err != nil {
		return nil, err
	}
	body, open := appendDates(make([]byte, 0, 128*(1+len(calendar.Days))), calendar, today)
	var a *answer
	if open == 0 {
		a = newNothing(k, generation, noDates)
		a.state = emptyState(calendar, today)
	} else {
		a = newAnswer(k, generation, body, lastChange(product, calendar, today))
		a.state, a.open, a.checked = inventory.Open, open, calendar.CheckedAt
	}
	a.today = today
	p.answers.put(a)
	return a, nil
}

// emptyState tells why a calendar without an open day is empty: some day is sold
// out, else some is closed, else nothing is known.
func emptyState(c *inventory.Calendar, from inventory.Date) (state inventory.State) {
	for i := range c.Days {
		if d := &c.Days[i]; d.Date >= from && d.Date < from+calendarDays {
			state = max(state, d.State)
		}
	}
	return state
}

// lastChange returns when the list last may have changed: a day changed, or today
// began and moved the list on by one day.
func lastChange(product *plan.Product, c *inventory.Calendar, today inventory.Date) time.Time {
	if began := today.Start(product.Zone); began.After(c.ChangedAt) {
		return began
	}
	return c.ChangedAt
}
