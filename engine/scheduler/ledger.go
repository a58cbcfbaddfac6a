package scheduler

import (
	"context"
	"log/slog"
	"time"

	"invd/engine/refresh"
)

// The ledger counts every tick that was due, once, by what became of it.
//
// A tick is an instant of a key's grid under the schedule that covers it, which
// its phase and the schedule's interval give; that a key comes in without an answer is one
// more. The key's field counted says up to when its ticks are in the ledger.
// Whatever changes what a tick means for the key, such as a pause, a job or
// another schedule, first accounts for the ticks before the change; what nothing
// changed is accounted for when it is asked for. So no tick is in it twice,
// and none is left out, whatever the refresh policy makes of them.

// What became of a tick.
const (
	tickCreated   = "created"        // a job was made for it
	tickCoalesced = "coalesced"      // the key's job still waited, ran or was to be retried
	tickDeferred  = "deferred"       // the key's last answer was young enough
	tickPaused    = "skipped_paused" // an operator's pause
	tickGone      = "skipped_gone"   // the partner does not know the product
	tickMissed    = "missed"         // no daemon ran, or the machine was asleep
)

// account puts a key's ticks up to now into the ledger, by what the key is at. One
// that waited for its time came too late for those since then.
func (s *Scheduler) account(k *key, now time.Time) {
	late := 0
	fate := s.fate(k)
	if fate == tickDeferred && k.place == inWheel {
		late = s.Catalogue.Rules.Ticks(int(k.schedule), k.key, unixTime(k.due-1), now)
	}
	n := s.elapsed(k, now)
	late = min(late, n)
	s.tick(k, tickMissed, late)
	s.tick(k, fate, n-late)
}

// accountAll does so for every key.
func (s *Scheduler) accountAll(now time.Time) {
	for _, p := range s.products {
		s.accountFor(p.ids, now)
	}
}

func (s *Scheduler) accountFor(ids []refresh.ID, now time.Time) {
	for _, id := range ids {
		s.account(&s.keys[id], now)
	}
}

// look is account for a key that nothing happens to. A tick for which the key is
// about to leave the wheel is left to serve.
func (s *Scheduler) look(k *key, now time.Time) {
	if due := unixTime(k.due); k.place == inWheel && k.job == 0 && !due.After(now) {
		now = due.Add(-1)
	}
	s.account(k, now)
}

// serve accounts for the ticks of a key for which a job was made at now. The last
// one until it was due is the job's; those between that and now were slept through.
func (s *Scheduler) serve(k *key, now time.Time) {
	if k.trigger != refresh.Scheduled && k.trigger != refresh.First {
		s.tick(k, tickDeferred, s.elapsed(k, now))
		return
	}
	due := unixTime(k.due)
	if early := due.Sub(now); early > 0 && early < time.Minute {
		now = due // the wall clock lags behind the wheel's
	}
	late := s.Catalogue.Rules.Ticks(int(k.schedule), k.key, due, now)
	n := s.elapsed(k, now)
	if n == 0 {
		return
	}
	late = min(late, n-1)
	s.tick(k, tickCreated, 1)
	s.tick(k, tickMissed, late)
	s.tick(k, tickDeferred, n-1-late)
}

// elapsed returns how many ticks of a key came since it was last accounted for. A
// clock that was set back brings none a second time.
func (s *Scheduler) elapsed(k *key, now time.Time) (n int) {
	if to := now.UnixNano(); to > k.counted {
		n = s.Catalogue.Rules.Ticks(int(k.schedule), k.key, unixTime(k.counted), now)
		k.counted = to
	}
	if k.entered {
		k.entered = false
		n++
	}
	return n
}

// fate says what becomes of a tick that comes while a key is as it is.
func (s *Scheduler) fate(k *key) string {
	switch {
	case s.stoppedByUs(k):
		return tickPaused
	case s.products[k.product].notFound.Suspended:
		return tickGone
	case k.job != 0:
		return tickCoalesced
	}
	return tickDeferred
}

func (s *Scheduler) tick(k *key, outcome string, n int) {
	if n > 0 {
		s.Observer.Ticks(s.scheduleName(k), outcome, n)
	}
}

// openLedger goes on where the last process stopped: what was due since then, of
// the keys that have an answer, was missed. After a kill, the newest answer tells when
// that process was last alive.
func (s *Scheduler) openLedger(closed, newest, now time.Time) (missed int) {
	if newest.After(closed) {
		closed = newest
	}
	for i := range s.keys {
		k := &s.keys[i]
		k.counted, k.came = now.UnixNano(), now.UnixNano()
		k.entered = k.checked == 0
		if k.checked != 0 && closed.Before(now) {
			k.counted = closed.UnixNano()
			n := s.elapsed(k, now)
			s.tick(k, tickMissed, n)
			missed += n
		}
	}
	return missed
}

// closeLedger accounts for everything up to now and tells the next process so.
func (s *Scheduler) closeLedger(now time.Time) {
	s.accountAll(now)
	if err := s.Store.PutLedgerEnd(now); err != nil {
		s.Log.LogAttrs(context.Background(), slog.LevelWarn, "ledger of ticks not closed", slog.Any("err", err))
	}
}
