package scheduler

import (
	"fmt"
	"time"

	"invd/engine/inventory"
	"invd/engine/plan"
	"invd/engine/planner"
	"invd/engine/refresh"
	"invd/engine/report"
)

const drainEvery = time.Minute // between two looks at what was read

// An Adaptive is the policy that spends each call where it keeps the most reads
// true, by what it has learned of changes and of readers (package planner).
type Adaptive struct {
	rules    *plan.Rules
	planner  *planner.Planner
	reads    Reads
	observer PlannerObserver
	index    map[inventory.ProductID]int // into the catalogue's products
	moves    []Move
	drained  time.Time
}

// NewAdaptive makes an adaptive policy that has learned nothing yet.
func NewAdaptive(o PolicyOptions) Policy {
	a := &Adaptive{rules: o.Catalogue.Rules, reads: o.Reads, observer: o.Observer, index: map[inventory.ProductID]int{}}
	po := planner.Options{PerDay: o.PerDay, Rates: o.Rates}
	for i, p := range o.Catalogue.Products() {
		po.Products = append(po.Products, planner.Product{ID: p.ID, Zone: p.Zone, Weight: p.Weight})
		a.index[p.ID] = i
	}
	for ahead := range a.rules.Horizon() {
		schedule, _ := a.rules.Of(0, inventory.Date(ahead))
		po.Bounds = append(po.Bounds, a.rules.Schedules()[schedule].MaxAge)
	}
	a.planner = planner.New(po, o.Now)
	return a
}

// AdaptiveBands are the bands of every Adaptive: what somebody waits for, what is
// as old as it may be, what failed, and what is worth a call, in steps of a quarter
// octave.
func AdaptiveBands() []string {
	names := []string{"on-demand", "aged", "retry"}
	for step := range planner.Steps {
		names = append(names, fmt.Sprintf("step-%02d", step))
	}
	return names
}

// Bands returns AdaptiveBands.
func (a *Adaptive) Bands() []string { return AdaptiveBands() }

// AgeEvery is rare: nothing starves by index, which grows while a key waits. What
// ageing is for here is to clear the slots that raised keys leave behind.
func (a *Adaptive) AgeEvery() int { return 128 }

// Retry is the band behind the aged.
func (a *Adaptive) Retry() int { return 2 }

// Enter tells the planner of a key.
func (a *Adaptive) Enter(k Key, now time.Time) time.Time {
	a.planner.Enter(uint32(k.ID), k.Product, k.Date, k.Ahead, k.Checked, k.State, now)
	return a.planner.Due(uint32(k.ID), now)
}

// Move tells the planner, which moves the key in its next turn.
func (a *Adaptive) Move(k Key, _ int, _ time.Time) (time.Time, bool) {
	a.planner.Shift(uint32(k.ID), k.Ahead)
	return time.Time{}, false
}

// Leave has the planner forget the key.
func (a *Adaptive) Leave(id refresh.ID) { a.planner.Leave(uint32(id)) }

// Learn tells the planner of an answer that was believed.
func (a *Adaptive) Learn(k Key, r *refresh.Result, now time.Time) {
	if r.Checked.IsZero() || r.Day == inventory.Unknown {
		return
	}
	f := planner.Fetch{At: r.Checked, State: r.Day, Slots: r.Slots.Total, Changed: r.Slots.Added + r.Slots.Recounted, Repriced: r.Slots.Repriced > 0, Ends: r.Slots.Last}
	if k.Ahead > 0 { // today's go when they have started
		f.Changed += r.Slots.Removed
	}
	if probability, known := a.planner.Fetched(uint32(k.ID), f, now); known && a.observer != nil {
		a.observer.Predicted(probability, f.Changed == 0 && !f.Repriced)
	}
}

// Next asks the planner; what failed is due as it would be by its schedule.
func (a *Adaptive) Next(k Key, now time.Time) time.Time {
	if k.Failed {
		a.planner.Cool(uint32(k.ID))
		return a.rules.Next(k.Schedule, k.Key, now)
	}
	return a.planner.Due(uint32(k.ID), now)
}

// Due asks the planner.
func (a *Adaptive) Due(k Key, now time.Time) time.Time { return a.planner.Due(uint32(k.ID), now) }

// Band asks the planner.
func (a *Adaptive) Band(k Key, now time.Time) int { return a.planner.Band(uint32(k.ID), now) }

// Turn tells the planner what was read, about once a minute, and passes on what it
// wants moved.
func (a *Adaptive) Turn(now time.Time, waiting int) ([]Move, time.Time) {
	if a.reads != nil && now.Sub(a.drained) >= drainEvery {
		a.drained = now
		a.reads.Drain(now, func(k inventory.Key, n int) {
			if product, ok := a.index[k.Product]; ok && k.Date >= 0 {
				if probability, known := a.planner.Read(product, k.Date, n, now); known && a.observer != nil {
					a.observer.ReadTrue(probability, n)
				}
			}
		})
	}
	a.moves = a.moves[:0]
	for _, m := range a.planner.Turn(now, waiting) {
		a.moves = append(a.moves, Move{ID: refresh.ID(m.ID), Due: time.Unix(m.Due, 0), Band: m.Band})
	}
	return a.moves, now.Add(turnEvery)
}

// turnEvery is how often an adaptive policy wants its turn while nothing happens.
const turnEvery = 10 * time.Second

// Status adds what the planner knows.
func (a *Adaptive) Status(st *report.Status, now time.Time) {
	s := a.planner.Summary(now)
	st.Policy, st.Stretch = "adaptive", s.Stretch
	st.Planner = &report.Planner{Price: s.Price, BoundsShare: s.Share, ExpectedFresh: s.Fresh, Due: s.Warm, Unseen: s.Cold}
	if s.Stretch > 1 {
		st.Infeasible = fmt.Sprintf("the bounds of age need more than their share of the budget: all are stretched %.2f times", s.Stretch)
	}
}

// Explain adds what the planner knows of a key.
func (a *Adaptive) Explain(k Key, e *report.Explanation, now time.Time) {
	v, s := a.planner.View(uint32(k.ID), now), a.planner.Price()
	e.Estimate = &report.Estimate{
		ChangesPerDay: v.Changes, ReadsPerDay: v.Reads, ChangesExpected: v.Expected, StillTrue: v.Probability,
		Index: v.Index, Price: s, Bound: v.Bound,
	}
}

// Shared returns what the planner learned of all products.
func (a *Adaptive) Shared() []byte { return a.planner.Shared() }

// Product returns what the planner learned of one.
func (a *Adaptive) Product(product int) []byte { return a.planner.Product(product) }

// SetShared gives the planner what it learned of all products.
func (a *Adaptive) SetShared(record []byte) error { return a.planner.SetShared(record) }

// SetProduct gives the planner what it learned of one.
func (a *Adaptive) SetProduct(product int, record []byte) error {
	return a.planner.SetProduct(product, record)
}
