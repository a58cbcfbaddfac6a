package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/julienschmidt/httprouter"

	"invd/engine/inventory"
)

// slotsAhead is how many days ahead slots are looked for: a backfill may have brought
// them.
const slotsAhead = 366

// Header values that say to a reader what became of max_age and wait.
var longestWaitHeader = []string{longestWait.String()}

var freshHeader = map[bool][]string{true: {"true"}, false: {"false"}}

// slots answers GET /api/v1/experience/{id}/slots?date=YYYY-MM-DD.
func (p *Public) slots(w http.ResponseWriter, r *http.Request, ps httprouter.Params) {
	id, err := inventory.ParseProductID(ps[0].Value)
	if err != nil {
		refuse(w, r, badID)
		return
	}
	query := r.URL.RawQuery
	value, n := param(query, "date")
	date, err := inventory.ParseDate(value)
	if err != nil || n != 1 {
		refuse(w, r, badDate)
		return
	}
	limit, complaint := parseBound(query)
	if complaint != "" {
		refuse(w, r, complaint)
		return
	}

	if limit.cut {
		w.Header()["X-Inventory-Wait"] = longestWaitHeader
	}

	now := began(w)
	catalogue := p.catalogue()
	product := catalogue.Product(id)
	if product == nil {
		unknown(w, r, noSlots)
		return
	}
	v := view{now: now, rules: catalogue.Rules, today: product.Today(now)}
	if ahead := int(date - v.today); ahead < 0 || ahead > max(slotsAhead, v.rules.Horizon()) {
		unknown(w, r, noSlots)
		return
	}
	k := inventory.Key{Product: id, Date: date}
	a, err := p.slotsAnswer(k)
	schedule, covered := v.rules.Of(v.today, date)
	if covered && p.renewed(r.Context(), k, a, limit, now) {
		a, err = p.slotsAnswer(k)
	}
	if limit.given {
		v.now = time.Now() // it may have waited
	}
	switch {
	case errors.Is(err, inventory.ErrNotFound):
		if covered {
			p.guard.observer.NeverFetched(v.rules.Schedules()[schedule].Name)
		}
		if limit.given {
			w.Header()["X-Inventory-Fresh"] = freshHeader[false]
		}
		unknown(w, r, noSlots)
	case err != nil:
		p.fail(w, r, err)
	default:
		if limit.given {
			// What was confirmed since the request came is as young as can be had.
			w.Header()["X-Inventory-Fresh"] = freshHeader[a.age(v.now) <= limit.maxAge || !a.checked.Before(now)]
		}
		p.serve(w, r, a, v)
	}
}

// renewed tells that k is read, and waits for a newer answer than a when that one
// is too old for the reader. a is nil when there is none. It reports whether there
// is a newer one now.
func (p *Public) renewed(ctx context.Context, k inventory.Key, a *answer, limit bound, now time.Time) bool {
	p.demand.Count(k)
	switch {
	case !limit.given:
		return p.demand.Read(ctx, k, now)
	case a != nil && a.age(now) <= limit.maxAge:
		return false
	}
	return p.demand.Await(ctx, k, limit.wait)
}

// slotsAnswer returns the answer for k, from the cache if it can.
func (p *Public) slotsAnswer(k inventory.Key) (*answer, error) {
	generation := p.reader.Generation(k) // before everything else: see answers
	if a := p.answers.get(k, generation); a != nil {
		p.cached(true)
		return a, nil
	}
	p.cached(false)
	record, err := p.reader.Availability(k)
	if err != nil {
		return nil, err
	}
	var a *answer
	if state := record.State(); state == inventory.Closed {
		a = newNothing(k, generation, noSlots)
		a.state = state
	} else {
		body := appendSlots(make([]byte, 0, 512*len(record.Slots)), &record.Availability)
		a = newAnswer(k, generation, body, record.ChangedAt)
		a.state = state
	}
	a.checked = record.CheckedAt
	p.answers.put(a)
	return a, nil
}

// refuse answers 400.
func refuse(w http.ResponseWriter, r *http.Request, message string) {
	readable(w.Header(), r)
	writeError(w, http.StatusBadRequest, message)
}

// fail answers for a store that cannot be read.
func (p *Public) fail(w http.ResponseWriter, r *http.Request, err error) {
	p.guard.log.LogAttrs(r.Context(), slog.LevelError, "read failed", slog.Any("err", err))
	readable(w.Header(), r)
	writeError(w, http.StatusInternalServerError, internalError)
}
