package scheduler

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

// paused returns the pause that stops a key, the widest first, or nil.
func (s *Scheduler) paused(k *key) (refresh.Scope, *refresh.Pause) {
	if p := s.pauseOf(refresh.Everything); p != nil {
		return refresh.Everything, p
	}
	return s.withheld(k)
}

// pauseOf returns a scope's own pause, or nil.
func (s *Scheduler) pauseOf(scope refresh.Scope) *refresh.Pause {
	if p, ok := s.pauses[scope]; ok {
		found := p // of all keys that are asked about, only those with a pause cost an allocation
		return &found
	}
	return nil
}

// withheld returns the pause of a key's schedule or product, or nil. A key is
// parked for these alone: under the global pause the gate stops the workers, and
// the queue keeps its order.
func (s *Scheduler) withheld(k *key) (refresh.Scope, *refresh.Pause) {
	for _, scope := range [...]refresh.Scope{{Schedule: s.scheduleName(k)}, {Product: s.products[k.product].ID}} {
		if p := s.pauseOf(scope); p != nil {
			return scope, p
		}
	}
	return refresh.Scope{}, nil
}

// parks reports whether a due key has to wait outside the queue.
func (s *Scheduler) parks(k *key) bool {
	if _, p := s.withheld(k); p != nil {
		return true
	}
	p := s.products[k.product]
	return p.notFound.Suspended && k.key.Date != p.today
}

// park keeps a key that is due out of the queue.
func (s *Scheduler) park(k *key) {
	k.place = parked
	s.Desk.End(k.key, false, false)
}

// unpark starts those of ids that nothing stops any more.
func (s *Scheduler) unpark(ids []refresh.ID, now time.Time) {
	var start []refresh.ID
	for _, id := range ids {
		k := &s.keys[id]
		if k.place != parked || s.parks(k) {
			continue
		}
		if k.job != 0 {
			s.push(id, s.band(id, now), now)
		} else {
			start = append(start, id)
		}
	}
	s.nearestFirst(start)
	s.start(start, now)
}

// withdraw parks those of ids that wait in the queue. Running ones finish.
func (s *Scheduler) withdraw(ids []refresh.ID) {
	for _, id := range ids {
		if k := &s.keys[id]; k.place == inQueue && s.parks(k) && s.Queue.Remove(id) {
			s.park(k)
		}
	}
}

// parkProduct keeps a product that the partner does not know out of the queue,
// but for one key, which asks once a day.
func (s *Scheduler) parkProduct(p *product) {
	s.withdraw(p.ids)
	s.probe(p, time.Now().Add(probeGone), time.Now())
}

func (s *Scheduler) probe(p *product, at, now time.Time) {
	if k := &s.keys[p.ids[0]]; k.place == inWheel || k.place == parked {
		s.arm(p.ids[0], at, now)
	}
}

// scoped returns the keys in a pause's scope.
func (s *Scheduler) scoped(scope refresh.Scope) (ids []refresh.ID) {
	for _, p := range s.products {
		if scope.Product != 0 && scope.Product != p.ID {
			continue
		}
		for _, id := range p.ids {
			if scope.Schedule == "" || scope.Schedule == s.scheduleName(&s.keys[id]) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// Pause stops every fetch in scope, now and after a restart, until Resume or the
// pause's end. Running fetches finish. A pause of a scope already paused replaces
// it. inventory.ErrNotFound says that there is no such product or schedule.
func (s *Scheduler) Pause(ctx context.Context, scope refresh.Scope, p refresh.Pause) error {
	return s.do(ctx, func() error { return s.pause(scope, p, time.Now()) })
}

func (s *Scheduler) pause(scope refresh.Scope, p refresh.Pause, now time.Time) error {
	if err := s.known(scope); err != nil {
		return err
	}
	if err := s.Store.PutPause(scope, &p); err != nil {
		return err
	}
	s.accountFor(s.scoped(scope), now)
	s.pauses[scope] = p
	if scope == refresh.Everything {
		s.Gate.SetPaused(true)
	} else {
		s.dismissParked(now)
		s.withdraw(s.scoped(scope))
	}
	s.Tell(report.Event{Kind: report.EventPause, Data: report.PauseChange{Scope: scope.String(), Paused: &p, By: p.By}})
	s.Log.LogAttrs(context.Background(), slog.LevelInfo, "paused", slog.String("scope", scope.String()),
		slog.String("reason", p.Reason), slog.String("by", p.By), slog.Time("until", p.Until))
	return nil
}

// Resume ends a pause and reports whether there was one.
func (s *Scheduler) Resume(ctx context.Context, scope refresh.Scope, by string) (was bool, err error) {
	err = s.do(ctx, func() error {
		if err := s.known(scope); err != nil {
			return err
		}
		_, was = s.pauses[scope]
		return s.resume(scope, by, time.Now())
	})
	return was, err
}

func (s *Scheduler) known(scope refresh.Scope) error {
	if scope.Product != 0 && s.byID[scope.Product] == nil {
		return fmt.Errorf("product %d: %w", scope.Product, inventory.ErrNotFound)
	}
	if scope.Schedule == "" {
		return nil
	}
	for _, schedule := range s.Catalogue.Rules.Schedules() {
		if schedule.Name == scope.Schedule {
			return nil
		}
	}
	return fmt.Errorf("schedule %.40q: %w", scope.Schedule, inventory.ErrNotFound)
}

func (s *Scheduler) resume(scope refresh.Scope, by string, now time.Time) error {
	if _, ok := s.pauses[scope]; !ok {
		return nil
	}
	if err := s.Store.PutPause(scope, nil); err != nil {
		return err
	}
	s.accountFor(s.scoped(scope), now)
	delete(s.pauses, scope)
	if scope == refresh.Everything {
		s.Gate.SetPaused(false)
	} else {
		s.unpark(s.scoped(scope), now)
	}
	s.Tell(report.Event{Kind: report.EventPause, Data: report.PauseChange{Scope: scope.String(), By: by}})
	s.Log.LogAttrs(context.Background(), slog.LevelInfo, "resumed", slog.String("scope", scope.String()), slog.String("by", by))
	return nil
}

// endPauses resumes what was paused until now at the latest.
func (s *Scheduler) endPauses(now time.Time) {
	for scope, p := range s.pauses {
		if !p.Active(now) {
			if err := s.resume(scope, "expiry", now); err != nil {
				s.storeFailed(err)
			}
		}
	}
}
