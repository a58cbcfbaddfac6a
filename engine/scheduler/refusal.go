package scheduler

import (
	"fmt"
	"slices"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

// refusals collects why parts of a command are not carried out.
type refusals []report.Refusal

// add counts one more refusal for a reason.
func (r *refusals) add(date inventory.Date, reason string) {
	i := slices.IndexFunc(*r, func(x report.Refusal) bool { return x.Reason == reason })
	if i < 0 {
		i = len(*r)
		*r = append(*r, report.Refusal{From: date, To: date, Reason: reason})
	}
	x := &(*r)[i]
	x.Count++
	x.From, x.To = min(x.From, date), max(x.To, date)
}

// err refuses a command of which nothing was done, for its first reason.
func (r refusals) err(done int) error {
	if done > 0 || len(r) == 0 {
		return nil
	}
	return &report.RefusedError{Reason: r[0].Reason}
}

// refusal says why nothing is done in a scope.
func refusal(scope refresh.Scope, p *refresh.Pause) string {
	msg := fmt.Sprintf("%s is paused since %s", refresh.InWords(scope.String()), p.Since.Format(time.RFC3339))
	if !p.Until.IsZero() {
		msg += " until " + p.Until.Format(time.RFC3339)
	}
	if p.Reason != "" {
		msg += ": " + p.Reason
	}
	return msg
}
