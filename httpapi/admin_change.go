package httpapi

import (
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/julienschmidt/httprouter"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
	"invd/engine/span"
)

const (
	maxReason = 500                       // characters
	maxPause  = 10 * 365 * 24 * time.Hour // longer is meant as "until resumed"
)

// A demand is a change that somebody asked for: what the audit trail records of it.
type demand struct {
	who     string
	target  string // scope or product
	details []slog.Attr
}

// A step carries out a change. It returns what to answer, or an error: a
// *badRequest for what was asked wrongly, else as Controller's.
type step func(r *http.Request, ps httprouter.Params, d *demand) (any, error)

type badRequest struct {
	code    int
	message string
}

func (e *badRequest) Error() string { return e.message }

// change wraps a step: who asks is checked first, and whatever comes of it is
// logged.
func (a *admin) change(action string, do step) httprouter.Handle {
	return func(w http.ResponseWriter, r *http.Request, ps httprouter.Params) {
		d := &demand{who: a.auth.admit(w, r, action)}
		if d.who == "" {
			return
		}
		v, err := do(r, ps, d)
		attrs := append([]slog.Attr{
			slog.String("action", action), slog.String("target", d.target),
			slog.String("who", d.who), slog.String("remote", r.RemoteAddr),
		}, d.details...)
		if err != nil {
			attrs = append(attrs, slog.Any("err", err))
		}
		a.audit.LogAttrs(r.Context(), slog.LevelInfo, "admin change", attrs...)
		bad := new(badRequest)
		if errors.As(err, &bad) {
			writeError(w, bad.code, bad.message)
			return
		}
		a.answer(w, r, v, err)
	}
}

func (a *admin) pause(scope scoper) httprouter.Handle {
	return a.change("pause", func(r *http.Request, ps httprouter.Params, d *demand) (any, error) {
		s, err := scope.read(ps, d)
		if err != nil {
			return nil, err
		}
		var body struct {
			Reason string `json:"reason"`
			For    string `json:"for"`
		}
		if err := readBody(r, &body); err != nil {
			return nil, err
		}
		if len([]rune(body.Reason)) > maxReason {
			return nil, &badRequest{http.StatusBadRequest, "reason: at most " + strconv.Itoa(maxReason) + " characters"}
		}
		if strings.ContainsFunc(body.Reason, unicode.IsControl) {
			return nil, &badRequest{http.StatusBadRequest, "reason: no line breaks or other control characters"}
		}
		p := refresh.Pause{Reason: body.Reason, By: d.who, Since: time.Now()}
		if body.For != "" {
			length, ok := parsePeriod(body.For)
			if !ok {
				return nil, &badRequest{http.StatusBadRequest, `for: want a duration such as "30m", "2h" or "7d"`}
			}
			p.Until = p.Since.Add(length)
		}
		d.details = []slog.Attr{slog.String("reason", p.Reason), slog.String("for", body.For)}
		return struct {
			Scope  string        `json:"scope"`
			Paused refresh.Pause `json:"paused"`
		}{s.String(), p}, a.controller.Pause(r.Context(), s, p)
	})
}

func (a *admin) resume(scope scoper) httprouter.Handle {
	return a.change("resume", func(r *http.Request, ps httprouter.Params, d *demand) (any, error) {
		s, err := scope.read(ps, d)
		if err != nil {
			return nil, err
		}
		if err := readBody(r, &struct{}{}); err != nil {
			return nil, err
		}
		was, err := a.controller.Resume(r.Context(), s, d.who)
		d.details = []slog.Attr{slog.Bool("was_paused", was)}
		return struct {
			Scope string `json:"scope"`
			Was   bool   `json:"was_paused"`
		}{s.String(), was}, err
	})
}

func (a *admin) refreshProduct(r *http.Request, ps httprouter.Params, d *demand) (any, error) {
	s, err := scoper(oneProduct).read(ps, d)
	if err != nil {
		return nil, err
	}
	var body struct {
		From *inventory.Date `json:"from"`
		To   *inventory.Date `json:"to"`
	}
	if err := readBody(r, &body); err != nil {
		return nil, err
	}
	from, to, err := dateRange(body.From, body.To)
	if err != nil {
		return nil, err
	}
	done, err := a.controller.Refresh(r.Context(), s.Product, from, to, d.who)
	d.details = []slog.Attr{slog.Int("queued", done.Queued), slog.Int("running", done.Running)}
	return done, err
}

// reloadConfig answers 400 with the reason when the new configuration is bad; the
// old one stays in force then.
func (a *admin) reloadConfig(r *http.Request, _ httprouter.Params, d *demand) (any, error) {
	d.target = "configuration"
	err := a.reload(r.Context())
	if refused := new(report.RefusedError); err != nil && !errors.As(err, &refused) {
		err = &badRequest{http.StatusBadRequest, err.Error()}
	}
	return struct {
		Reloaded bool `json:"reloaded"`
	}{true}, err
}

func parsePeriod(s string) (time.Duration, bool) {
	d, err := span.Parse(s)
	return d, err == nil && d > 0 && d <= maxPause
}
