package scheduler

import (
	"math/rand/v2"
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

// counts is an Observer that adds up ticks by outcome.
type counts struct {
	nobody
	ticks map[string]int
}

func (c *counts) Ticks(_, outcome string, n int) { c.ticks[outcome] += n }

func (c *counts) sum() (n int) {
	for _, x := range c.ticks {
		n += x
	}
	return n
}

// An almanac knows which ticks were due from what stands outside the scheduler:
// the clock, the catalogue, the store.
type almanac struct {
	due  int
	keys map[inventory.Key]almanacKey
}

type almanacKey struct {
	schedule int
	from     time.Time // its ticks up to then are in due
}

// pass lets time go by for all keys under the schedules that they followed.
func (a *almanac) pass(b *bench) {
	for k, x := range a.keys {
		a.due += b.Catalogue.Rules.Ticks(x.schedule, k, x.from, b.now)
		if b.now.After(x.from) {
			x.from = b.now
		}
		a.keys[k] = x
	}
}

// note takes up which keys there are now. One that came in without an answer was
// due then.
func (a *almanac) note(b *bench) {
	old := a.keys
	a.keys = map[inventory.Key]almanacKey{}
	for _, p := range b.products {
		for i := range p.ids {
			k := inventory.Key{Product: p.ID, Date: p.today.AddDays(i)}
			schedule, _ := b.Catalogue.Rules.Of(p.today, k.Date)
			x, was := old[k]
			if !was {
				x.from = b.now
				if state, _, _ := b.Store.DayState(k); state == inventory.Unknown {
					a.due++
				}
			}
			x.schedule = schedule
			a.keys[k] = x
		}
	}
}

// restart ends b and returns the bench that comes after it. Keys with an answer
// were due in between, others come in anew, unless there is or was a job of them.
func (a *almanac) restart(b *bench, dir string, week, down time.Duration) *bench {
	closed, err := b.Store.LedgerEnd()
	if err != nil {
		b.t.Fatal(err)
	}
	if newest := b.newestAnswer(); newest.After(closed) {
		closed = newest
	}
	known := b.jobbed()
	if err := b.Store.Close(); err != nil {
		b.t.Fatal(err)
	}
	next := newBenchOf(b.t, dir, b.now.Add(down), 0, week, b.Observer, NewCadence)
	next.random = b.random
	a.keys = map[inventory.Key]almanacKey{}
	for _, p := range next.products {
		for i := range p.ids {
			k := inventory.Key{Product: p.ID, Date: p.today.AddDays(i)}
			schedule, _ := next.Catalogue.Rules.Of(p.today, k.Date)
			a.keys[k] = almanacKey{schedule, next.now}
			switch state, _, _ := next.Store.DayState(k); {
			case state != inventory.Unknown:
				a.due += next.Catalogue.Rules.Ticks(schedule, k, closed, next.now)
			case !known[k]:
				a.due++
			}
		}
	}
	return next
}

// jobbed returns the keys of which the store has an unfinished or a dead job.
func (b *bench) jobbed() map[inventory.Key]bool {
	b.t.Helper()
	jobs, err := b.Store.Jobs(report.JobFilter{States: []refresh.State{refresh.Pending, refresh.Running, refresh.Retrying, refresh.Dead}, Limit: maxPutOff})
	if err != nil {
		b.t.Fatal(err)
	}
	known := map[inventory.Key]bool{}
	for _, j := range jobs {
		known[j.Key] = true
	}
	return known
}

// newestAnswer is when the partner last answered, as the store knows.
func (b *bench) newestAnswer() (newest time.Time) {
	b.t.Helper()
	err := b.Store.Days(func(_ inventory.Key, checked, _ time.Time, _ inventory.State) bool {
		if checked.After(newest) {
			newest = checked
		}
		return true
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return newest
}

// TestEveryTickThatWasDueHasOneOutcome runs random programs of work, failures,
// outages, pauses, refreshes, steps of the clock over nights, clean stops, kills and reloads
// with another interval.
func TestEveryTickThatWasDueHasOneOutcome(t *testing.T) {
	seeds := uint64(12)
	if testing.Short() {
		seeds = 3
	}
	all := map[string]int{}
	for seed := range seeds {
		dir := t.TempDir()
		ticks := &counts{ticks: map[string]int{}}
		week := 4 * time.Hour
		b := newBenchOf(t, dir, time.Date(2026, 10, 24, 20, 0, 0, 0, time.UTC), seed, week, ticks, NewCadence)
		a := &almanac{}
		a.note(b)
		for step := range 500 {
			b.now = b.now.Add(time.Duration(b.random.ExpFloat64() * float64(5*time.Minute)))
			switch b.random.IntN(20) {
			case 0:
				b.now = b.now.Add(time.Duration(b.random.IntN(30*3600)) * time.Second) // asleep, or an outage
			case 1:
				b.now = b.now.Add(-time.Duration(b.random.IntN(5*3600)) * time.Second) // the clock set back
			}
			a.pass(b)
			switch b.random.IntN(20) {
			case 0, 1:
				until := b.now.Add(time.Duration(b.random.IntN(7200)) * time.Second)
				if err := b.pause(randomScope(b.random), refresh.Pause{Since: b.now, Until: until}, b.now); err != nil {
					t.Fatal(err)
				}
			case 2, 3:
				if err := b.resume(randomScope(b.random), "test", b.now); err != nil {
					t.Fatal(err)
				}
			case 4:
				p := b.products[b.random.IntN(len(b.products))]
				b.refresh(p.ids[:1+b.random.IntN(len(p.ids))], b.now, &report.Refreshed{})
				_ = b.trigger(b.scoped(randomScope(b.random)), b.now, &report.Triggered{}) // refused while paused
			case 5:
				if b.random.IntN(2) == 0 {
					b.closeLedger(b.now)
				} else { // kill -9, right after a scrape
					b.accountAll(b.now)
				}
				if b.random.IntN(2) == 0 {
					week = time.Duration(1+b.random.IntN(24)) * time.Hour
				}
				b = a.restart(b, dir, week, time.Duration(b.random.IntN(600))*time.Minute)
			default:
				b.work(b.random.IntN(6))
				for range b.random.IntN(6) {
					b.report()
				}
			}
			b.turn(b.now)
			if b.fatal != nil {
				t.Fatalf("seed %d: %v", seed, b.fatal)
			}
			a.note(b)
			b.accountAll(b.now)
			if got := ticks.sum(); got != a.due {
				t.Fatalf("seed %d, step %d: outcomes of %d ticks %v, want %d as were due", seed, step, got, ticks.ticks, a.due)
			}
		}
		for outcome, n := range ticks.ticks {
			all[outcome] += n
		}
		if err := b.Store.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, outcome := range []string{tickCreated, tickCoalesced, tickDeferred, tickPaused, tickMissed} {
		if all[outcome] == 0 {
			t.Errorf("no tick was %s in all runs, want each outcome tried: %v", outcome, all)
		}
	}
	t.Log(all)
}

func randomScope(random *rand.Rand) refresh.Scope {
	scopes := []refresh.Scope{refresh.Everything, {Schedule: "today"}, {Schedule: "week"}, {Product: 14}, {Product: 15}}
	return scopes[random.IntN(len(scopes))]
}
