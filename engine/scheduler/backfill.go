package scheduler

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

// BackfillAhead is how many days from today a backfill may reach: beyond the
// horizon a date is fetched once, and kept until it is past.
const BackfillAhead = 366

const (
	keptBackfills = 20 // that are over
	openBackfills = 20 // that are not
)

// A filling is the scheduler's side of backfills. One runs at a time.
type filling struct {
	all  []refresh.Backfill // by id; those that are over are forgotten some time
	lull time.Time          // nothing is fed before it: the disk was full

	// The keys of the running one that are on their way, with the time at which each
	// is due by its schedule, Unix ns. Few at a time: such a key waits in the least urgent
	// band, where it must not keep its own schedule waiting.
	out map[refresh.ID]int64

	// The keys among them that lie beyond the horizon. They live until their job is
	// over, in no product's ids.
	guests map[inventory.Key]refresh.ID
}

// BandBackfill is the name of the least urgent band, which comes after the policy's.
const BandBackfill = "backfill"

// Bands names the queue's bands under a policy, the most urgent first.
func Bands(p Policy) []string { return append(slices.Clone(p.Bands()), BandBackfill) }

func (s *Scheduler) backfillBand() int { return len(s.Policy.Bands()) }

// running returns the backfill that runs, or nil.
func (f *filling) running() *refresh.Backfill {
	i := slices.IndexFunc(f.all, func(b refresh.Backfill) bool { return b.State == refresh.BackfillRunning })
	if i < 0 {
		return nil
	}
	return &f.all[i]
}

// PlanBackfill says what a backfill would fetch. Zero bounds are today and the
// horizon's last date, product 0 is every enabled one. It is a *report.RefusedError when nothing
// of it may be fetched, inventory.ErrNotFound when there is no such product.
func (s *Scheduler) PlanBackfill(ctx context.Context, product inventory.ProductID, from, to inventory.Date) (b refresh.Backfill, err error) {
	err = s.do(ctx, func() error {
		b, err = s.planBackfill(product, from, to)
		return err
	})
	return b, err
}

func (s *Scheduler) planBackfill(product inventory.ProductID, from, to inventory.Date) (refresh.Backfill, error) {
	b := refresh.Backfill{Product: product, From: from, To: to}
	targets := s.targets(&b)
	if len(targets) == 0 {
		if product == 0 {
			return b, &report.RefusedError{Reason: "no product is enabled"}
		}
		if s.byID[product] == nil {
			return b, fmt.Errorf("product %d: %w", product, inventory.ErrNotFound)
		}
		return b, &report.RefusedError{Reason: s.unknown(inventory.Key{Product: product})}
	}
	first, last := targets[0].today, targets[0].today
	for _, p := range targets {
		first, last = min(first, p.today), max(last, p.today)
	}
	if b.From == 0 {
		b.From = first
	}
	if b.To == 0 {
		b.To = last.AddDays(s.Catalogue.Rules.Horizon() - 1)
	}
	b.From = max(b.From, first)
	if limit := first.AddDays(BackfillAhead); b.To > limit || b.From > b.To {
		return b, &report.RefusedError{Reason: fmt.Sprintf("%s to %s: want dates from %s to %s", b.From, b.To, first, limit)}
	}
	for _, p := range targets {
		b.Total += max(0, int(b.To-max(b.From, p.today))+1)
	}
	return b, nil
}

// targets returns the products of a backfill that may be fetched, by id.
func (s *Scheduler) targets(b *refresh.Backfill) (targets []*product) {
	for _, p := range s.products {
		if p.Enabled && (b.Product == 0 || b.Product == p.ID) {
			targets = append(targets, p)
		}
	}
	slices.SortFunc(targets, func(x, y *product) int { return int(x.ID - y.ID) })
	return targets
}

// StartBackfill stores a backfill, which runs when those before it are over.
func (s *Scheduler) StartBackfill(ctx context.Context, product inventory.ProductID, from, to inventory.Date, by string) (b refresh.Backfill, err error) {
	err = s.do(ctx, func() error {
		if b, err = s.planBackfill(product, from, to); err != nil {
			return err
		}
		b, err = s.startBackfill(b, by, time.Now())
		return err
	})
	return b, err
}

func (s *Scheduler) startBackfill(b refresh.Backfill, by string, now time.Time) (refresh.Backfill, error) {
	open := 0
	for i := range s.fill.all {
		b.ID = max(b.ID, s.fill.all[i].ID)
		if !s.fill.all[i].Over() {
			open++
		}
	}
	if open == openBackfills {
		return b, &report.RefusedError{Reason: fmt.Sprintf("%d backfills wait already", open)}
	}
	b.ID, b.State, b.By, b.Created = b.ID+1, refresh.BackfillWaiting, by, now
	all := append(slices.Clone(s.fill.all), b)
	for len(all)-open-1 > keptBackfills {
		all = slices.Delete(all, 0, 1)
	}
	if err := s.Store.PutBackfills(all, nil); err != nil {
		return b, err
	}
	s.fill.all = all
	return b, nil
}

// Backfills lists the backfills, the oldest first.
func (s *Scheduler) Backfills(ctx context.Context) (rows []report.Backfill, err error) {
	err = s.do(ctx, func() error {
		for _, b := range s.fill.all {
			waiting := 0
			if b.State == refresh.BackfillRunning {
				waiting = len(s.fill.out)
			}
			rows = append(rows, report.NewBackfill(b, waiting))
		}
		return nil
	})
	return rows, err
}

// CancelBackfill ends a backfill; what is being fetched is let finish. One that is over stays
// as it is, which was tells. inventory.ErrNotFound says that there is none.
func (s *Scheduler) CancelBackfill(ctx context.Context, id uint64) (was bool, err error) {
	err = s.do(ctx, func() error {
		was, err = s.cancelBackfill(id, time.Now())
		return err
	})
	return was, err
}

func (s *Scheduler) cancelBackfill(id uint64, now time.Time) (was bool, err error) {
	i := slices.IndexFunc(s.fill.all, func(b refresh.Backfill) bool { return b.ID == id })
	if i < 0 {
		return false, fmt.Errorf("backfill %d: %w", id, inventory.ErrNotFound)
	}
	if s.fill.all[i].Over() {
		return false, nil
	}
	if s.fill.all[i].State == refresh.BackfillRunning {
		for id := range s.fill.out {
			s.dismiss(id, now)
		}
	}
	return true, s.endBackfill(i, refresh.BackfillCanceled, now)
}

// endBackfill ends a backfill that has nothing on its way.
func (s *Scheduler) endBackfill(i int, state refresh.BackfillState, now time.Time) error {
	b := &s.fill.all[i]
	b.State, b.Finished = state, now
	s.Log.LogAttrs(context.Background(), slog.LevelInfo, "backfill over", slog.Uint64("id", b.ID), slog.String("state", string(state)),
		slog.Int("fed", b.Fed), slog.Int("failed", b.Failed), slog.Int("skipped", b.Skipped))
	return s.Store.PutBackfills(s.fill.all, nil)
}
