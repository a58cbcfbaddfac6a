package httpapi

import (
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/julienschmidt/httprouter"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

const badJobID = "Invalid job id"

func parseJobID(ps httprouter.Params) (uint64, bool) {
	id, err := strconv.ParseUint(ps.ByName("id"), 10, 64)
	return id, err == nil && id != 0
}

func (a *admin) trigger(r *http.Request, ps httprouter.Params, d *demand) (any, error) {
	s, err := scoper(oneSchedule).read(ps, d)
	if err != nil {
		return nil, err
	}
	if err := readBody(r, &struct{}{}); err != nil {
		return nil, err
	}
	done, err := a.controller.Trigger(r.Context(), s.Schedule, d.who)
	d.details = []slog.Attr{slog.Int("queued", done.Queued), slog.Int("waiting", done.Waiting)}
	return done, err
}

func (a *admin) retryJob(r *http.Request, ps httprouter.Params, d *demand) (any, error) {
	id, ok := parseJobID(ps)
	if !ok {
		return nil, &badRequest{http.StatusBadRequest, badJobID}
	}
	d.target = "job/" + strconv.FormatUint(id, 10)
	if err := readBody(r, &struct{}{}); err != nil {
		return nil, err
	}
	return a.controller.RetryJob(r.Context(), id, d.who)
}

// A selection is the body that chooses jobs.
type selection struct {
	States  []string `json:"states"`
	Product *int64   `json:"product"`
	Age     string   `json:"older_than"`
}

// read returns what the selection says, for the audit trail too.
func (s *selection) read(r *http.Request, d *demand) (states []refresh.State, product inventory.ProductID, age time.Duration, err error) {
	d.target = "jobs"
	if err := readBody(r, s); err != nil {
		return nil, 0, 0, err
	}
	bad := func(message string) error { return &badRequest{http.StatusBadRequest, message} }
	for _, name := range s.States {
		state, ok := refresh.ParseState(name)
		if !ok {
			return nil, 0, 0, bad(echo("states: there is no state " + strconv.Quote(name)))
		}
		states = append(states, state)
	}
	if s.Product != nil {
		if product, err = inventory.ParseProductID(strconv.FormatInt(*s.Product, 10)); err != nil {
			return nil, 0, 0, bad(badID)
		}
	}
	if s.Age != "" {
		var ok bool
		if age, ok = parsePeriod(s.Age); !ok {
			return nil, 0, 0, bad(`older_than: want a duration such as "30m", "2h" or "7d"`)
		}
	}
	d.details = []slog.Attr{slog.String("states", strings.Join(s.States, ",")), slog.Int64("product", int64(product)), slog.String("older_than", s.Age)}
	return states, product, age, nil
}

func (a *admin) retryJobs(r *http.Request, _ httprouter.Params, d *demand) (any, error) {
	var s selection
	states, product, age, err := s.read(r, d)
	if err != nil {
		return nil, err
	}
	if age != 0 {
		return nil, &badRequest{http.StatusBadRequest, "older_than: is for purging"}
	}
	done, err := a.controller.RetryJobs(r.Context(), report.JobFilter{States: states, Product: product}, d.who)
	d.details = append(d.details, slog.Int("queued", done.Queued))
	return done, err
}

func (a *admin) purgeJobs(r *http.Request, _ httprouter.Params, d *demand) (any, error) {
	var s selection
	states, product, age, err := s.read(r, d)
	if err != nil {
		return nil, err
	}
	done, err := a.controller.PurgeJobs(r.Context(), report.JobPurge{States: states, Product: product, Age: age}, d.who)
	d.details = append(d.details, slog.Int("purged", done.Purged))
	return done, err
}
