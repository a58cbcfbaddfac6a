package scheduler

import (
	"context"
	"fmt"
	"strings"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

// Explain says what the scheduler knows of one key, or inventory.ErrNotFound for
// one outside the catalogue, and for one outside the horizon of which nothing is stored.
// It fills in neither the job nor the budget nor the source.
func (s *Scheduler) Explain(ctx context.Context, k inventory.Key) (e report.Explanation, job uint64, err error) {
	err = s.do(ctx, func() error {
		p := s.byID[k.Product]
		if p == nil {
			return fmt.Errorf("product %d is not in the catalogue: %w", k.Product, inventory.ErrNotFound)
		}
		e = report.Explanation{Product: p.ID, Name: p.Name, Date: k.Date, Timezone: p.Zone.String(), Place: "nowhere"}
		if !p.Enabled {
			s.describeStored(&e, k)
			e.Verdict = "the product is disabled in the configuration, so nothing of it is fetched"
			return nil
		}
		id, ok := s.find(k)
		if !ok {
			id, ok = s.fill.guests[k]
		}
		if ok {
			job = s.describe(&e, id, p)
			return nil
		}
		last := p.today.AddDays(len(p.ids) - 1)
		if !s.describeStored(&e, k) {
			return fmt.Errorf("%s lies outside %s to %s: %w", k.Date, p.today, last, inventory.ErrNotFound)
		}
		e.Verdict = fmt.Sprintf("it lies beyond the horizon, which ends on %s: it stays as a backfill brought it until a schedule comes to it", last)
		if k.Date < p.today {
			e.Verdict = "the date is past, so it is not fetched any more"
		}
		return nil
	})
	return e, job, err
}

// describeStored says what is stored of a key that the scheduler does not have. It reports
// whether there is anything.
func (s *Scheduler) describeStored(e *report.Explanation, k inventory.Key) bool {
	state, _, checked := s.Store.DayState(k)
	e.State = state.String()
	if state == inventory.Unknown {
		return false
	}
	e.Checked, e.AgeSeconds = checked, max(0, time.Since(checked)).Seconds()
	return true
}

func (s *Scheduler) describe(e *report.Explanation, id refresh.ID, p *product) (job uint64) {
	now, k := time.Now(), &s.keys[id]
	if k.guest { // has its answers in the store alone
		known := *k
		if state, _, checked := s.Store.DayState(k.key); state != inventory.Unknown {
			known.state, known.checked = state, checked.UnixNano()
		}
		k = &known
	}
	e.Schedule = s.scheduleName(k)
	e.State = k.state.String()
	e.Checked = unixTime(k.checked)
	e.AgeSeconds = s.age(k, now).Seconds()
	e.ObjectiveSeconds = s.Catalogue.Rules.Schedules()[k.schedule].Objective.Seconds()
	e.Fresh = s.fresh(k, now)
	e.Place = s.placeName(id)
	e.Due = s.dueTime(k)
	if t, ok := s.Policy.(Teller); ok && !k.guest { // which no policy knows of
		t.Explain(s.view(id), e, now)
	}
	scope, pause := s.paused(k)
	if pause != nil {
		e.Paused, e.PausedScope = pause, scope.String()
	}
	for _, scope := range [...]refresh.Scope{refresh.Everything, {Schedule: e.Schedule}, {Product: p.ID}} {
		if pause := s.pauseOf(scope); pause != nil {
			e.Pauses = append(e.Pauses, report.ScopedPause{Scope: scope.String(), Paused: *pause})
		}
	}
	if band, queued := s.Queue.Band(id); queued {
		e.Band = Bands(s.Policy)[band]
		for b := range band + 1 {
			e.Ahead += s.Queue.Depth(b)
		}
		e.Ahead-- // itself
	}
	switch {
	case e.Paused != nil:
		e.Verdict = refusal(scope, pause)
		if n := len(e.Pauses) - 1; n > 0 {
			e.Verdict += " (and " + report.Counted(n, "more pause") + ")"
		}
	case p.notFound.Suspended:
		e.Verdict = fmt.Sprintf("the partner does not know the product since %s; it is asked once a day", p.notFound.First.Format(time.RFC3339))
	case e.Place == "worker":
		e.Verdict = "it is being fetched now"
	case e.Place == "queue":
		what := "is due"
		if e.Checked.IsZero() {
			what = "was never fetched"
		}
		e.Verdict = fmt.Sprintf("it %s and waits in band %s behind at most %s", what, report.BandInWords(e.Band), report.Counted(e.Ahead, "job"))
		if e.Estimate != nil {
			e.Verdict += "; " + worth(e.Estimate, now)
		}
	case k.job != 0: // in the wheel
		e.Verdict = fmt.Sprintf("its last attempt failed; the next is due in %s", e.Due.Sub(now).Round(time.Second))
	case e.Estimate != nil:
		e.Verdict = fmt.Sprintf("it waits and is looked at in %s; %s", e.Due.Sub(now).Round(time.Second), worth(e.Estimate, now))
	default:
		e.Verdict = fmt.Sprintf("it is next due in %s, every %s by schedule %s", e.Due.Sub(now).Round(time.Second), short(s.Catalogue.Rules.Interval(int(k.schedule))), e.Schedule)
		if stretch := s.Catalogue.Rules.Stretch(); stretch > 1 {
			e.Verdict += fmt.Sprintf(", stretched %.2f times: the budget is too small", stretch)
		}
	}
	return k.job
}

// short writes a duration without the zeros at its end: 4h, not 4h0m0s.
func short(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// worth says in words what makes a key due, or keeps it from being so.
func worth(e *report.Estimate, now time.Time) string {
	switch {
	case !e.Bound.IsZero() && !e.Bound.After(now):
		return "it is as old as it may be"
	case e.Index >= e.Price:
		return fmt.Sprintf("a request for it is worth %.2g reads, and the price is %.2g", e.Index, e.Price)
	}
	return fmt.Sprintf("a request for it is worth %.2g reads, less than the price of %.2g", e.Index, e.Price)
}
