package httpapi

import (
	"bufio"
	"compress/gzip"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/julienschmidt/httprouter"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
	"invd/httpapi/page"
)

// Bounds on the jobs that a page lists.
const (
	pageFailures = 10
	pageJobs     = 20
)

// page answers / with the state of everything.
func (a *admin) page(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	p := page.Status{Query: page.ParseQuery(r.URL.Query()), Token: a.auth.token || isTrusted(r)}
	var err error
	if p.Status, err = a.controller.Status(r.Context()); err == nil {
		p.Ages, err = a.controller.Grid(r.Context())
	}
	if failed := p.Jobs.Dead + p.Jobs.Retrying; failed > 0 && err == nil { // else a search of the whole history finds none
		p.Failures, err = a.controller.Jobs(r.Context(), report.JobFilter{
			States: []refresh.State{refresh.Dead, refresh.Retrying}, Limit: min(failed, pageFailures),
		})
	}
	if err != nil {
		a.fail(w, r, err)
		return
	}
	a.draw(w, r, http.StatusOK, p.Draw)
}

// explainPage answers /explain with why one key is as old as it is.
func (a *admin) explainPage(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	q := r.URL.Query()
	k, ok := parseKey(q.Get("product"), q.Get("date"))
	if !ok {
		a.problem(w, r, http.StatusBadRequest, "No such date", "The address has no product and date that could be read")
		return
	}
	p := page.Explanation{Now: time.Now(), Token: a.auth.token || isTrusted(r)}
	var err error
	if p.Explanation, err = a.controller.Explain(r.Context(), k); err == nil {
		p.Jobs, err = a.controller.Jobs(r.Context(), report.JobFilter{Product: k.Product, Date: k.Date, Limit: pageJobs})
	}
	switch {
	case errors.Is(err, inventory.ErrNotFound):
		a.problem(w, r, http.StatusNotFound, "No such date", err.Error())
	case err != nil:
		a.fail(w, r, err)
	default:
		a.draw(w, r, http.StatusOK, p.Draw)
	}
}

// retry has a key fetched again, and leads to its explanation. It is what a page's
// button posts: a form, whose field token says who may. A form of another site is
// refused like any other change, and does not know the token.
func (a *admin) retry(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	form, err := readForm(r)
	if err != nil {
		a.problem(w, r, http.StatusBadRequest, "Not fetched", "The form could not be read")
		return
	}
	product, date, _ := strings.Cut(form.Get("key"), "/")
	k, ok := parseKey(product, date)
	if !ok {
		a.problem(w, r, http.StatusBadRequest, "Not fetched", "The form has no product and date that could be read")
		return
	}
	v := a.auth.judge(r, form.Get("token"), "refresh")
	switch v.refused {
	case "":
	case refusedTries:
		v.sayWhen(w)
		a.problem(w, r, http.StatusTooManyRequests, "Not fetched", "Too many wrong tokens: wait a minute")
		return
	default:
		a.problem(w, r, http.StatusForbidden, "Not fetched", "That is not the admin token")
		return
	}
	who := v.who
	done, err := a.controller.Refresh(r.Context(), k.Product, k.Date, k.Date, who)
	attrs := []slog.Attr{
		slog.String("action", "refresh"), slog.String("target", refresh.Scope{Product: k.Product}.String()), slog.String("who", who),
		slog.String("remote", r.RemoteAddr), slog.String("date", k.Date.String()), slog.Int("queued", done.Queued), slog.Int("running", done.Running),
	}
	if err != nil {
		attrs = append(attrs, slog.Any("err", err))
	}
	a.audit.LogAttrs(r.Context(), slog.LevelInfo, "admin change", attrs...)
	refused := new(report.RefusedError)
	switch {
	case errors.As(err, &refused):
		a.problem(w, r, http.StatusConflict, "Not fetched", refused.Reason)
	case errors.Is(err, inventory.ErrNotFound):
		a.problem(w, r, http.StatusNotFound, "Not fetched", err.Error())
	case err != nil:
		a.fail(w, r, err)
	default:
		w.Header().Set("Location", "explain?"+url.Values{"product": {k.Product.String()}, "date": {k.Date.String()}}.Encode())
		w.WriteHeader(http.StatusSeeOther)
	}
}

func parseKey(product, date string) (k inventory.Key, ok bool) {
	var err, err2 error
	k.Product, err = inventory.ParseProductID(product)
	k.Date, err2 = inventory.ParseDate(date)
	return k, err == nil && err2 == nil
}

// readForm reads a form from the body alone: what is in the address goes into logs and
// histories.
func readForm(r *http.Request) (url.Values, error) {
	b, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		return nil, err
	}
	return url.ParseQuery(string(b))
}

func (a *admin) problem(w http.ResponseWriter, r *http.Request, code int, title, message string) {
	a.draw(w, r, code, (&page.Problem{Title: title, Message: message}).Draw)
}

// draw answers with a page, and sends it while it is drawn: one of all products is tens of
// megabytes.
func (a *admin) draw(w http.ResponseWriter, r *http.Request, code int, draw func(io.Writer) error) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", page.Policy)
	h.Set("Referrer-Policy", "no-referrer")
	h["X-Content-Type-Options"] = nosniff
	h["Cache-Control"] = noStore
	h.Set("Vary", "Accept-Encoding")
	out := bufio.NewWriterSize(w, pageBuffer)
	send := draw
	if acceptsGzip(r.Header["Accept-Encoding"]) { // a grid is the same words over and over, and may come through a tunnel
		h.Set("Content-Encoding", "gzip")
		send = func(out io.Writer) error { return pageZip.through(out, draw) }
	}
	w.WriteHeader(code)
	if err := errors.Join(send(out), out.Flush()); err != nil {
		a.log.LogAttrs(r.Context(), slog.LevelInfo, "page cut off", slog.Any("err", err))
		panic(http.ErrAbortHandler) // a reader who is still there must not take a part for the whole
	}
}

// pageBuffer is what of a page is sent at once.
const pageBuffer = 64 << 10

var pageZip = newCompressor(gzip.BestSpeed)

// asset answers /assets/ with what pages refer to, under names that change with the
// content.
func (a *admin) asset(w http.ResponseWriter, r *http.Request, ps httprouter.Params) {
	asset, ok := page.FindAsset(ps.ByName("name"))
	if !ok {
		notFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", asset.Type)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h["X-Content-Type-Options"] = nosniff
	_, _ = w.Write(asset.Content) // the reader has gone; there is nobody to tell
}
