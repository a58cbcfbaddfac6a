package demand

import (
	"context"
	"sync/atomic"
	"time"

	"invd/engine/inventory"
	"invd/engine/limit"
)

const (
	// DefaultWait is how long a reader waits who does not say.
	DefaultWait = 1200 * time.Millisecond

	// part is what readers may take of every window of the budget. With a half,
	// schedules slow down to half their pace under the worst of crowds, and go on.
	part = 0.5

	// holdFor is how long after a reader waited permits are kept free for the next.
	holdFor = 10 * time.Minute

	// maxAsks bounds the asks that the scheduler has not looked at yet.
	maxAsks = 1024
)

// An Observer is told what comes of asking; a nil-safe *metrics.Engine provides it.
type Observer interface {
	Asked(outcome string)                      // one of Outcomes
	Awaited(result string, took time.Duration) // one of Results
}

// Outcomes lists what may come of an ask.
func Outcomes() []string { return []string{"queued", "joined", "refused", "over_share"} }

// Results lists how a reader's waiting may end.
func Results() []string { return []string{"fetched", "unanswered", "late", "refused", "gone"} }

// DeskOptions are what a Desk needs.
type DeskOptions struct {
	Table    *Table
	Budget   *limit.Budget
	Gate     *limit.Gate
	Flush    func() error // shows readers what was confirmed and not yet written
	Through  bool         // a plain read waits when a call is worth its price
	Observer Observer
}

// A Desk takes what readers ask for and lets them wait for it. Make one with
// NewDesk. Readers call Count, CountDates, Read and Await, any number of them at
// once; the scheduler takes Asks and says how each ended.
//
// However many readers ask for a key, one ask goes out until it has ended, and all
// of them wait for that. A wait takes no goroutine but the reader's own.
type Desk struct {
	DeskOptions
	share  *limit.Share
	orders orders
	waited atomic.Int64       // when a reader last wanted to wait, Unix ns
	asks   chan inventory.Key // each has an order
}

// NewDesk makes a desk.
func NewDesk(o DeskOptions) *Desk {
	return &Desk{
		DeskOptions: o, share: limit.NewShare(o.Budget, part),
		orders: orders{byKey: map[inventory.Key]*order{}}, asks: make(chan inventory.Key, maxAsks),
	}
}

// Count counts a read of k.
func (d *Desk) Count(k inventory.Key) { d.Table.Count(k) }

// CountDates counts a read of a product's calendar.
func (d *Desk) CountDates(p inventory.ProductID) { d.Table.CountDates(p) }

// Read asks for k, which a reader is about to be shown, if a call for it is worth
// its price at now. It reports whether there is a new answer, which only a desk
// that reads through waits for.
func (d *Desk) Read(ctx context.Context, k inventory.Key, now time.Time) bool {
	switch {
	case !d.Table.Worth(k, now):
		return false
	case d.Through:
		return d.Await(ctx, k, DefaultWait)
	}
	d.order(k, now)
	return false
}

// Await asks for k and waits for the answer, until ctx is done and for no longer
// than wait. It reports whether the partner confirmed k meanwhile; then whoever
// reads k now sees that. What cannot come in time is not waited for.
func (d *Desk) Await(ctx context.Context, k inventory.Key, wait time.Duration) bool {
	now := time.Now()
	result := d.await(ctx, k, now, wait)
	d.Observer.Awaited(result, time.Since(now))
	return result == "fetched"
}

// Expecting reports whether a reader who waits may come: one did lately.
func (d *Desk) Expecting(now time.Time) bool {
	return now.UnixNano()-d.waited.Load() < int64(holdFor)
}

func (d *Desk) await(ctx context.Context, k inventory.Key, now time.Time, wait time.Duration) string {
	d.waited.Store(now.UnixNano())
	o := d.order(k, now)
	if o == nil || o.soonest.After(now.Add(wait)) {
		return "refused"
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-o.done:
	case <-timer.C:
		return "late"
	case <-ctx.Done():
		return "gone"
	}
	if !o.answered {
		return "unanswered"
	}
	if !o.shown {
		o.show.Do(func() { _ = d.Flush() }) // the store says itself when it cannot; then what was there stays
	}
	return "fetched"
}

// order returns the order for k, a new one if there is none, or nil when nothing
// can be fetched now.
func (d *Desk) order(k inventory.Key, now time.Time) *order {
	if d.Gate.View(now).State != limit.GateOpen {
		d.Observer.Asked("refused")
		return nil
	}
	soonest := now
	if n, at := d.Budget.Available(now); n == 0 && !at.IsZero() {
		soonest = at
	}
	o, placed := d.orders.join(k, now, soonest)
	if !placed {
		if o == nil {
			d.Observer.Asked("over_share")
		}
		return o
	}
	ok, at := d.share.TryTake(now)
	if !ok {
		d.orders.dry(at)
		d.orders.end(k, false, false)
		d.Observer.Asked("over_share")
		return nil
	}
	select {
	case d.asks <- k:
	default: // the scheduler is far behind
		d.Refuse(k)
		return nil
	}
	return o
}

// Asks are the keys that readers want fetched, for the scheduler: it answers each
// with Queued, Joined or Refuse, and all but the last with an End later on.
func (d *Desk) Asks() <-chan inventory.Key { return d.asks }

// Queued says that a request will go out because of an ask.
func (d *Desk) Queued() { d.Observer.Asked("queued") }

// Joined says that a request would have gone out without the ask.
func (d *Desk) Joined() {
	d.share.Return()
	d.Observer.Asked("joined")
}

// Refuse says that nothing will come of the ask for k.
func (d *Desk) Refuse(k inventory.Key) {
	d.share.Return()
	d.orders.end(k, false, false)
	d.Observer.Asked("refused")
}

// End says that an attempt at k has ended, or that none will be made after all:
// whether the partner confirmed k, and whether readers see that already. It may be
// called for a key that nobody asked for.
func (d *Desk) End(k inventory.Key, answered, shown bool) { d.orders.end(k, answered, shown) }

// Orders returns how many keys readers have asked for that have not ended.
func (d *Desk) Orders() int { return d.orders.len() }

// Close wakes everybody who waits. Nothing is asked for after it.
func (d *Desk) Close() { d.orders.close() }
