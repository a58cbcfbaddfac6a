package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/julienschmidt/httprouter"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

// Bounds on how many jobs one answer lists.
const (
	defaultJobs = 100
	mostJobs    = 1000
)

func (a *admin) status(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	s, err := a.controller.Status(r.Context())
	a.answer(w, r, s, err)
}

func (a *admin) plan(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	rates := r.URL.Query().Get("rates")
	if rates != "" && rates != report.RatesAssumed && rates != report.RatesLearned {
		writeError(w, http.StatusBadRequest, "Invalid rates parameter")
		return
	}
	p, err := a.controller.Plan(r.Context(), rates == report.RatesAssumed)
	a.answer(w, r, p, err)
}

func (a *admin) rates(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	p, err := a.controller.Rates(r.Context())
	a.answer(w, r, p, err)
}

func (a *admin) explain(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	q := r.URL.Query()
	id, err := inventory.ParseProductID(q.Get("product"))
	if err != nil {
		writeError(w, http.StatusBadRequest, badID)
		return
	}
	date, err := inventory.ParseDate(q.Get("date"))
	if err != nil {
		writeError(w, http.StatusBadRequest, badDate)
		return
	}
	e, err := a.controller.Explain(r.Context(), inventory.Key{Product: id, Date: date})
	a.answer(w, r, e, err)
}

func (a *admin) products(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	list, err := a.controller.Products(r.Context())
	a.answer(w, r, struct {
		Products []report.Product `json:"products"`
	}{list}, err)
}

func (a *admin) product(w http.ResponseWriter, r *http.Request, ps httprouter.Params) {
	id, err := inventory.ParseProductID(ps.ByName("id"))
	if err != nil {
		writeError(w, http.StatusBadRequest, badID)
		return
	}
	p, err := a.controller.Product(r.Context(), id)
	a.answer(w, r, p, err)
}

func (a *admin) schedules(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	s, err := a.controller.Status(r.Context())
	a.answer(w, r, struct {
		Schedules []report.Schedule `json:"schedules"`
	}{s.Schedules}, err)
}

func (a *admin) schedule(w http.ResponseWriter, r *http.Request, ps httprouter.Params) {
	s, err := a.controller.Status(r.Context())
	i := slices.IndexFunc(s.Schedules, func(one report.Schedule) bool { return one.Name == ps.ByName("name") })
	switch {
	case err != nil:
		a.fail(w, r, err)
	case i < 0:
		writeError(w, http.StatusNotFound, "no such schedule")
	default:
		a.answer(w, r, s.Schedules[i], nil)
	}
}

func (a *admin) jobs(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	filter, complaint := jobFilter(r.URL.Query())
	if complaint != "" {
		writeError(w, http.StatusBadRequest, complaint)
		return
	}
	page := struct {
		Jobs []report.Job `json:"jobs"`
		Next string       `json:"next_cursor,omitempty"` // absent: these were the last
	}{}
	limit := filter.Limit
	filter.Limit++ // one more tells whether there is more
	list, err := a.controller.Jobs(r.Context(), filter)
	if len(list) > limit {
		list = list[:limit]
		page.Next = strconv.FormatUint(list[limit-1].ID, 10)
	}
	page.Jobs = list
	a.answer(w, r, page, err)
}

func (a *admin) job(w http.ResponseWriter, r *http.Request, ps httprouter.Params) {
	id, ok := parseJobID(ps)
	if !ok {
		writeError(w, http.StatusBadRequest, badJobID)
		return
	}
	j, err := a.controller.Job(r.Context(), id)
	a.answer(w, r, j, err)
}

// jobFilter reads state (several, or parted by commas), product, limit and cursor.
// It returns the message for what cannot be read.
func jobFilter(q url.Values) (f report.JobFilter, complaint string) {
	for _, names := range q["state"] {
		for name := range strings.SplitSeq(names, ",") {
			state, ok := refresh.ParseState(name)
			if !ok {
				return f, "Invalid state parameter"
			}
			f.States = append(f.States, state)
		}
	}
	var err error
	if q.Has("product") {
		if f.Product, err = inventory.ParseProductID(q.Get("product")); err != nil {
			return f, badID
		}
	}
	f.Limit = defaultJobs
	if q.Has("limit") {
		if f.Limit, err = strconv.Atoi(q.Get("limit")); err != nil || f.Limit < 1 || f.Limit > mostJobs {
			return f, "Invalid limit parameter: want 1 to " + strconv.Itoa(mostJobs)
		}
	}
	if q.Has("cursor") {
		if f.Before, err = strconv.ParseUint(q.Get("cursor"), 10, 64); err != nil || f.Before == 0 {
			return f, "Invalid cursor parameter"
		}
	}
	return f, ""
}

// answer writes v as JSON, or what err means.
func (a *admin) answer(w http.ResponseWriter, r *http.Request, v any, err error) {
	var b []byte
	if err == nil {
		// A partner's error text may hold anything.
		b, err = json.Marshal(v, jsontext.AllowInvalidUTF8(true))
	}
	if err != nil {
		a.fail(w, r, err)
		return
	}
	h := w.Header()
	h["Content-Type"] = jsonType
	h["X-Content-Type-Options"] = nosniff
	h["Cache-Control"] = noStore
	_, _ = w.Write(append(b, '\n')) // the reader has gone; there is nobody to tell
}

func (a *admin) fail(w http.ResponseWriter, r *http.Request, err error) {
	refused := new(report.RefusedError)
	switch {
	case errors.As(err, &refused):
		writeError(w, http.StatusConflict, refused.Reason)
	case errors.Is(err, inventory.ErrNotFound):
		writeError(w, http.StatusNotFound, err.Error())
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		writeError(w, http.StatusServiceUnavailable, "stopped before it was done")
	default:
		a.log.LogAttrs(r.Context(), slog.LevelError, "admin request failed", slog.String("path", r.URL.Path), slog.Any("err", err))
		writeError(w, http.StatusInternalServerError, internalError)
	}
}
