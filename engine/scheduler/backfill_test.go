package scheduler

import (
	"errors"
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

// mustBackfill starts a backfill of a product, 0 for all, over days counted from
// its today.
func (b *bench) mustBackfill(product inventory.ProductID, from, to int) refresh.Backfill {
	b.t.Helper()
	today := b.products[0].today
	plan, err := b.planBackfill(product, today.AddDays(from), today.AddDays(to))
	if err != nil {
		b.t.Fatal(err)
	}
	started, err := b.startBackfill(plan, "test", b.now)
	if err != nil {
		b.t.Fatal(err)
	}
	return started
}

// row returns a backfill as it is listed.
func (b *bench) row(id uint64) report.Backfill {
	b.t.Helper()
	for _, x := range b.fill.all {
		if x.ID == id {
			waiting := 0
			if x.State == refresh.BackfillRunning {
				waiting = len(b.fill.out)
			}
			return report.NewBackfill(x, waiting)
		}
	}
	b.t.Fatalf("there is no backfill %d in %+v", id, b.fill.all)
	return report.Backfill{}
}

// rounds turns the scheduler and has all that is queued answered, a minute a time.
func (b *bench) rounds(n int) (fetched int) {
	for range n {
		b.now = b.now.Add(time.Minute)
		b.turn(b.now)
		fetched += b.fetched()
		b.check()
	}
	return fetched
}

func TestABackfillFetchesEachDateOnceInTheLeastUrgentBand(t *testing.T) {
	b := newBench(t, t.TempDir(), evening, 1)
	b.fetched()
	b.now = b.now.Add(time.Second)
	id := b.mustBackfill(14, 3, 42).ID // two of the horizon's five days, and 38 beyond it
	b.turn(b.now)
	if got := b.row(id); got.State != "running" || got.Total != 40 || got.Waiting != feedUpTo || b.Queue.Depth(b.backfillBand()) != feedUpTo {
		t.Fatalf("after its start %+v and %d in the band, want %d of 40 on their way", got, b.Queue.Depth(b.backfillBand()), feedUpTo)
	}
	b.check()
	b.rounds(10)
	got := b.row(id)
	if got.State != "done" || got.Done != 40 || got.Failed+got.Skipped+got.Waiting != 0 {
		t.Errorf("at the end %+v, want 40 done", got)
	}
	today := b.products[0].today
	for i := 3; i <= 42; i++ {
		k := inventory.Key{Product: 14, Date: today.AddDays(i)}
		if state, _, _ := b.Store.DayState(k); state == inventory.Unknown {
			t.Errorf("%s has no answer", k)
		}
		jobs, err := b.Store.Jobs(report.JobFilter{Product: 14, Date: k.Date, Limit: 9, States: []refresh.State{refresh.Done}})
		if err != nil || jobs[0].Trigger != refresh.Backfilled || len(b.fill.guests) != 0 {
			t.Errorf("%s: jobs %+v, %v, guests %v; want one by the backfill, and no guest left", k, jobs, err, b.fill.guests)
		}
	}
}

func TestADateBeyondTheHorizonIsExplained(t *testing.T) {
	b := newBench(t, t.TempDir(), evening, 1)
	b.fetched()
	b.now = b.now.Add(time.Second)
	k := inventory.Key{Product: 14, Date: b.products[0].today.AddDays(40)}
	var e report.Explanation
	if b.describeStored(&e, k) || e.State != "unknown" || !e.Checked.IsZero() {
		t.Errorf("before it was fetched %+v, want nothing known", e)
	}
	for round := range 2 { // of the second the store has an answer
		b.mustBackfill(14, 40, 40)
		b.turn(b.now)
		go func() { (<-b.commands)() }() // in place of Run, which no bench has
		e, job, err := b.Explain(t.Context(), k)
		if err != nil || job == 0 || e.Band != BandBackfill || e.Checked.IsZero() != (round == 0) {
			t.Errorf("round %d: while it waits %+v, job %d, %v; want band %s and the answer before", round, e, job, err, BandBackfill)
		}
		b.rounds(2)
		e = report.Explanation{}
		if !b.describeStored(&e, k) || e.State == "unknown" || e.Checked.IsZero() {
			t.Errorf("round %d: once it was fetched %+v, want its state", round, e)
		}
	}
}

func TestABackfillKeepsNoScheduleWaiting(t *testing.T) {
	b := newBench(t, t.TempDir(), evening, 1)
	b.fetched()
	b.now = b.now.Add(time.Second)
	b.mustBackfill(0, 0, 0)
	b.turn(b.now)
	id := b.products[0].ids[0]
	if band, ok := b.Queue.Band(id); !ok || band != b.backfillBand() {
		t.Fatalf("today is in band %d (%v), want it backfilled", band, ok)
	}
	b.now = b.now.Add(17 * time.Minute) // its schedule's tick has passed
	b.turn(b.now)
	if band, ok := b.Queue.Band(id); !ok || band != b.Catalogue.Rules.Band(0) {
		t.Errorf("today is in band %d (%v) when its schedule wants it, want %d", band, ok, b.Catalogue.Rules.Band(0))
	}
	b.check()
}

func TestABackfillGoesOnAfterARestart(t *testing.T) {
	dir := t.TempDir()
	b := newBench(t, dir, evening, 1)
	b.fetched()
	b.now = b.now.Add(time.Second)
	id := b.mustBackfill(15, 2, 130).ID
	waiting := b.mustBackfill(14, 5, 9).ID
	total := b.row(id).Total
	fetches := b.rounds(2)
	b.work(3) // killed with three under way
	for range 3 {
		if err := b.Store.Close(); err != nil {
			t.Fatal(err)
		}
		b = newBench(t, dir, b.now.Add(time.Second), 1)
		b.check()
		fetches += b.rounds(1)
	}
	if got := b.row(id); got.State != "running" || got.Done == 0 || got.Done == total {
		t.Errorf("after three restarts %+v, want some of it done", got)
	}
	fetches += b.rounds(15)
	for _, id := range []uint64{id, waiting} {
		if got := b.row(id); got.State != "done" || got.Done != got.Total || got.Failed+got.Skipped != 0 {
			t.Errorf("at the end %+v, want all of it done", got)
		}
	}
	if most := total + 5 + 40; fetches > most { // 40: what the schedules asked for meanwhile
		t.Errorf("%d fetches for %d dates, want hardly any twice", fetches, total+5)
	}
}

func TestACanceledBackfillLeavesNothingBehind(t *testing.T) {
	b := newBench(t, t.TempDir(), evening, 1)
	b.fetched()
	b.now = b.now.Add(time.Second)
	id := b.mustBackfill(0, 3, 100).ID
	b.turn(b.now)
	b.work(2)
	if was, err := b.cancelBackfill(id, b.now); err != nil || !was {
		t.Fatalf("cancel = %v, %v", was, err)
	}
	b.check()
	if n := b.Queue.Depth(b.backfillBand()); n != 0 || len(b.fill.out) != 0 || len(b.fill.guests) != 0 {
		t.Errorf("%d queued, %v on their way, want nothing", n, b.fill.out)
	}
	b.fetchedRunning()
	b.check()
	if was, err := b.cancelBackfill(id, b.now); err != nil || was {
		t.Errorf("canceled again = %v, %v; want no change", was, err)
	}
	if _, err := b.cancelBackfill(99, b.now); !errors.Is(err, inventory.ErrNotFound) {
		t.Errorf("cancel of an unknown one = %v, want ErrNotFound", err)
	}
}

// fetchedRunning answers what workers have.
func (b *bench) fetchedRunning() {
	for len(b.running) > 0 {
		b.report()
	}
}

func TestABackfillLeavesOutWhatIsPaused(t *testing.T) {
	b := newBench(t, t.TempDir(), evening, 1)
	b.fetched()
	b.now = b.now.Add(time.Second)
	id := b.mustBackfill(0, 3, 12).ID
	b.turn(b.now)
	if err := b.pause(refresh.Scope{Product: 15}, refresh.Pause{Since: b.now}, b.now); err != nil {
		t.Fatal(err)
	}
	b.check()
	if kept, err := b.Store.Backfills(); err != nil || kept[0].Skipped == 0 || kept[0] != b.fill.all[0] {
		t.Errorf("a restart would find %+v, %v; want %+v", kept, err, b.fill.all)
	}
	b.rounds(6)
	if got := b.row(id); got.State != "done" || got.Done != 20 || got.Skipped != 10 {
		t.Errorf("at the end %+v, want the 10 dates of the paused product skipped", got)
	}
}

func TestAGuestBecomesAKeyWhenItsDateComesIntoTheHorizon(t *testing.T) {
	b := newBench(t, t.TempDir(), evening, 1)
	b.fetched()
	b.now = b.now.Add(time.Second)
	id := b.mustBackfill(14, 5, 5).ID
	b.turn(b.now)
	date := b.products[0].today.AddDays(5)
	b.now = b.now.Add(24 * time.Hour)
	b.turn(b.now)
	b.check()
	key, ok := b.find(inventory.Key{Product: 14, Date: date})
	if !ok || b.keys[key].guest || b.keys[key].trigger == refresh.Backfilled {
		t.Fatalf("%s is %+v (%v), want a key of the product in its schedule's band", date, b.keys[key], ok)
	}
	b.rounds(2)
	if got := b.row(id); got.State != "done" || got.Done != 1 {
		t.Errorf("the backfill is %+v, want it done", got)
	}
}

func TestABackfillsRangeIsChecked(t *testing.T) {
	b := newBench(t, t.TempDir(), evening, 1)
	today := b.products[0].today
	for _, tt := range []struct {
		name     string
		product  inventory.ProductID
		from, to int
		total    int // 0: refused
	}{
		{"one day", 14, 0, 0, 1},
		{"as far as may be", 14, 360, BackfillAhead, 7},
		{"too far", 14, 360, BackfillAhead + 1, 0},
		{"past dates are left out", 14, -5, 1, 2},
		{"past", 14, -5, -1, 0},
		{"backwards", 14, 5, 4, 0},
		{"unknown product", 99, 1, 2, 0},
	} {
		plan, err := b.planBackfill(tt.product, today.AddDays(tt.from), today.AddDays(tt.to))
		if plan.Total != tt.total || (err == nil) != (tt.total > 0) {
			t.Errorf("%s: %+v, %v; want %d keys", tt.name, plan, err, tt.total)
		}
	}
}

// backfillAtRandom starts a backfill, or cancels one.
func (b *bench) backfillAtRandom() {
	b.t.Helper()
	if n := len(b.fill.all); n > 0 && b.random.IntN(3) == 0 {
		if _, err := b.cancelBackfill(b.fill.all[b.random.IntN(n)].ID, b.now); err != nil {
			b.t.Fatal(err)
		}
		return
	}
	product := inventory.ProductID([]int{0, 14, 15, 16}[b.random.IntN(4)])
	from := b.products[0].today.AddDays(b.random.IntN(8))
	plan, err := b.planBackfill(product, from, from.AddDays(b.random.IntN(20)))
	if err == nil && len(b.fill.all) < openBackfills {
		if _, err = b.startBackfill(plan, "test", b.now); err != nil {
			b.t.Fatal(err)
		}
	}
}
