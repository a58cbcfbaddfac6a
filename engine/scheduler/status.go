package scheduler

import (
	"context"
	"fmt"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

// Status fills in what the scheduler knows: products, schedules, bands, timers. It
// reads every key, in parts.
func (s *Scheduler) Status(ctx context.Context, st *report.Status) error {
	if err := s.do(ctx, func() error { s.summarise(st); return nil }); err != nil {
		return err
	}
	return s.inParts(ctx, func(part []*product, now time.Time) {
		for _, p := range part {
			*s.count(p, &st.Products)++
			scope := refresh.Scope{Product: p.ID}
			if pause := s.pauseOf(scope); pause != nil && len(st.Pauses) < shownPauses {
				st.Pauses = append(st.Pauses, report.ScopedPause{Scope: scope.String(), Paused: *pause})
			}
			for _, id := range p.ids {
				s.tally(id, st, now)
			}
		}
	})
}

// shownPauses is how many paused products a status names.
const shownPauses = 100

// partProducts is how many products one visit to Run's goroutine looks at: copying
// the ages of 60 dates of each takes it a tenth of a millisecond, counting them one or
// two.
const partProducts = 128

// inParts has Run's goroutine visit all products in parts, so that what falls due
// in the meantime waits for one of them and not for all. The parts are as of moments
// that lie a few milliseconds apart; the catalogue does not change in between.
func (s *Scheduler) inParts(ctx context.Context, visit func(part []*product, now time.Time)) error {
	for from, total := 0, 1; from < total; from += partProducts {
		err := s.do(ctx, func() error {
			total = len(s.products)
			visit(s.products[from:min(from+partProducts, total)], time.Now())
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// summarise fills in what needs no look at the keys, and a row for each schedule.
func (s *Scheduler) summarise(st *report.Status) {
	st.Paused = s.pauseOf(refresh.Everything)
	st.Timers, st.Policy = s.wheel.Len(), "cadence"
	if t, ok := s.Policy.(Teller); ok {
		t.Status(st, time.Now())
	}
	for i, name := range Bands(s.Policy) {
		st.Bands = append(st.Bands, report.Band{Name: name, Jobs: s.Queue.Depth(i)})
	}
	for _, id := range s.fill.guests {
		s.tallyBand(id, st, time.Now())
	}
	demand := s.Catalogue.Rules.Demand()
	enabled := float64(s.Catalogue.Enabled())
	for i, schedule := range s.Catalogue.Rules.Schedules() {
		st.Schedules = append(st.Schedules, report.Schedule{
			Name: schedule.Name, Days: schedule.Days, EverySeconds: schedule.Every.Seconds(), IntervalSeconds: s.Catalogue.Rules.Interval(i).Seconds(),
			ObjectiveSeconds: schedule.Objective.Seconds(), DemandPerDay: demand[i] * enabled, Paused: s.pauseOf(refresh.Scope{Schedule: schedule.Name}),
		})
	}
}

// count returns the counter that a product belongs to.
func (s *Scheduler) count(p *product, n *report.Products) *int {
	switch s.productState(p) {
	case "disabled":
		return &n.Disabled
	case "paused":
		return &n.Paused
	case "gone":
		return &n.Gone
	}
	return &n.Active
}

func (s *Scheduler) productState(p *product) string {
	switch _, paused := s.pauses[refresh.Scope{Product: p.ID}]; {
	case !p.Enabled:
		return "disabled"
	case paused:
		return "paused"
	case p.notFound.Suspended:
		return "gone"
	}
	return "active"
}

func (s *Scheduler) tally(id refresh.ID, st *report.Status, now time.Time) {
	k := &s.keys[id]
	row := &st.Schedules[k.schedule]
	s.look(k, now)
	if paused := s.tallyKeys(k, &row.Keys, now); !paused {
		age := now.Sub(unixTime(k.came)) // of one that was never answered
		if k.checked != 0 {
			age = s.age(k, now)
		}
		row.OldestAgeSeconds = max(row.OldestAgeSeconds, age.Seconds())
	}
	switch k.place {
	case inWheel:
		if due := unixTime(k.due); row.NextDue.IsZero() || due.Before(row.NextDue) {
			row.NextDue = due
		}
	case inQueue:
		s.tallyBand(id, st, now)
	}
}

func (s *Scheduler) tallyBand(id refresh.ID, st *report.Status, now time.Time) {
	if band, queued := s.Queue.Band(id); queued {
		b := &st.Bands[band]
		b.OldestAgeSeconds = max(b.OldestAgeSeconds, now.Sub(unixTime(s.keys[id].since)).Seconds())
	}
}

func (s *Scheduler) tallyKeys(k *key, n *report.Keys, now time.Time) (paused bool) {
	switch paused = s.stoppedByUs(k); {
	case paused:
		n.Paused++
	case k.checked == 0:
		n.Never++
	case s.fresh(k, now):
		n.Fresh++
	default:
		n.Stale++
	}
	return paused
}

// stoppedByUs reports whether anything but the partner keeps k from being fetched.
func (s *Scheduler) stoppedByUs(k *key) bool {
	_, p := s.paused(k)
	return p != nil
}

func (s *Scheduler) age(k *key, now time.Time) time.Duration {
	if k.checked == 0 {
		return 0
	}
	return max(0, now.Sub(unixTime(k.checked)))
}

func (s *Scheduler) fresh(k *key, now time.Time) bool {
	return k.checked != 0 && s.age(k, now) <= s.Catalogue.Rules.Schedules()[k.schedule].Objective
}

// Products lists the catalogue.
func (s *Scheduler) Products(ctx context.Context) (rows []report.Product, err error) {
	err = s.do(ctx, func() error {
		now := time.Now()
		for _, p := range s.products {
			rows = append(rows, s.productRow(p, now))
		}
		return nil
	})
	return rows, err
}

// Product returns one product with its dates, or inventory.ErrNotFound.
func (s *Scheduler) Product(ctx context.Context, id inventory.ProductID) (row report.Product, err error) {
	err = s.do(ctx, func() error {
		p := s.byID[id]
		if p == nil {
			return fmt.Errorf("product %d: %w", id, inventory.ErrNotFound)
		}
		now := time.Now()
		row = s.productRow(p, now)
		for _, id := range p.ids {
			k := &s.keys[id]
			row.Dates = append(row.Dates, report.Date{
				Date: k.key.Date, Schedule: s.scheduleName(k), State: k.state.String(), Checked: unixTime(k.checked),
				AgeSeconds: s.age(k, now).Seconds(), Fresh: s.fresh(k, now), Place: s.placeName(id), Due: s.dueTime(k),
			})
		}
		return nil
	})
	return row, err
}

func (s *Scheduler) productRow(p *product, now time.Time) report.Product {
	row := report.Product{ID: p.ID, Name: p.Name, Timezone: p.Zone.String(), Weight: p.Weight, Today: p.today, State: s.productState(p)}
	if pause, ok := s.pauses[refresh.Scope{Product: p.ID}]; ok {
		row.Paused = &pause
	}
	for _, id := range p.ids {
		s.tallyKeys(&s.keys[id], &row.Keys, now)
	}
	return row
}

// placeName says where a key is.
func (s *Scheduler) placeName(id refresh.ID) string {
	switch s.keys[id].place {
	case inWheel:
		return "wheel"
	case inQueue:
		if _, queued := s.Queue.Band(id); queued {
			return "queue"
		}
		return "worker"
	}
	return "parked"
}

// dueTime returns when a key in the wheel is due, and the zero time for one that is
// due already.
func (s *Scheduler) dueTime(k *key) time.Time {
	if k.place != inWheel {
		return time.Time{}
	}
	return unixTime(k.due)
}
