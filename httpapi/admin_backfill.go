package httpapi

import (
	"log/slog"
	"net/http"
	"strconv"

	"github.com/julienschmidt/httprouter"

	"invd/engine/inventory"
	"invd/engine/report"
)

func (a *admin) backfills(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	list, err := a.controller.Backfills(r.Context())
	a.answer(w, r, struct {
		Backfills []report.Backfill `json:"backfills"`
	}{append([]report.Backfill{}, list...)}, err)
}

func (a *admin) startBackfill(r *http.Request, _ httprouter.Params, d *demand) (any, error) {
	d.target = "backfill"
	var body struct {
		Product *int64          `json:"product"`
		From    *inventory.Date `json:"from"`
		To      *inventory.Date `json:"to"`
		DryRun  bool            `json:"dry_run"`
	}
	if err := readBody(r, &body); err != nil {
		return nil, err
	}
	var product inventory.ProductID
	if body.Product != nil {
		var err error
		if product, err = inventory.ParseProductID(strconv.FormatInt(*body.Product, 10)); err != nil {
			return nil, &badRequest{http.StatusBadRequest, badID}
		}
	}
	from, to, err := dateRange(body.From, body.To)
	if err != nil {
		return nil, err
	}
	d.details = []slog.Attr{slog.Int64("product", int64(product)), slog.Bool("dry_run", body.DryRun)}
	if body.DryRun {
		return a.controller.PlanBackfill(r.Context(), product, from, to)
	}
	done, err := a.controller.StartBackfill(r.Context(), product, from, to, d.who)
	d.details = append(d.details, slog.Uint64("id", done.ID), slog.Int("requests", done.Total))
	return done, err
}

func (a *admin) cancelBackfill(r *http.Request, ps httprouter.Params, d *demand) (any, error) {
	id, ok := parseJobID(ps)
	if !ok {
		return nil, &badRequest{http.StatusBadRequest, "Invalid backfill id"}
	}
	d.target = "backfill/" + strconv.FormatUint(id, 10)
	if err := readBody(r, &struct{}{}); err != nil {
		return nil, err
	}
	was, err := a.controller.CancelBackfill(r.Context(), id, d.who)
	return struct {
		ID  uint64 `json:"id"`
		Was bool   `json:"was_open"`
	}{id, was}, err
}

// dateRange reads the bounds of a range; 0 stands for one that is not given.
func dateRange(first, last *inventory.Date) (from, to inventory.Date, err error) {
	if first != nil {
		from = max(1, *first) // the epoch is as far in the past as the day after
	}
	if last != nil {
		to = max(1, *last)
	}
	if first != nil && last != nil && to < from {
		return 0, 0, &badRequest{http.StatusBadRequest, "to lies before from"}
	}
	return from, to, nil
}
