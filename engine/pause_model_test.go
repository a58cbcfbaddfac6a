package engine_test

import (
	"time"

	"github.com/anishathalye/porcupine"

	"invd/engine/plan"
)

// What a product's pauses are checked with: today follows the first schedule, the
// two dates after it the second.
var pausable = []plan.Schedule{
	{Name: "near", Days: 1, Every: 20 * time.Minute, Objective: 30 * time.Minute},
	{Name: "far", Days: dates, Every: time.Hour, Objective: 90 * time.Minute},
}

const dates = 3 // of each product

func scheduleOf(date int) int { return min(date, 1) }

// The scopes of a pause as one product sees them; two and three are the schedules'.
const (
	ofProduct = iota
	ofEverything
	ofSchedule
	scopes = ofSchedule + 2
)

type deedKind int

const (
	pausing   deedKind = iota
	resuming           // told: whether there was a pause
	asking             // a refresh of one date; told: whether it was queued, not refused
	beginning          // of an attempt: from its job's being on disk as running to its request
	ending             // of the history
)

// A deed is an operation as it was asked for. Times are virtual and count from the
// history's start.
type deed struct {
	kind   deedKind
	scope  int
	date   int           // of asking and beginning
	at     time.Duration // when it was asked for; of beginning, when the request went out
	until  time.Duration // of pausing
	failed bool          // of beginning: no answer came
}

// A reply is what became of a deed.
type reply struct {
	told bool
	at   time.Duration
}

const (
	late     = time.Second            // after which a busy scheduler has noticed a pause's end
	dispatch = 100 * time.Millisecond // from the queue to the partner, at most
)

// pausedProduct is one product: what pauses it, and what its keys have a reason to be
// fetched for.
type pausedProduct struct {
	until [scopes]time.Duration // 0: not paused
	keys  [dates]reasons
}

type reasons struct {
	asked, failed bool
	again         bool          // it may have been asked for just after it was taken off the queue
	answered      time.Duration // when its asking was answered last
	begun         time.Duration // 0: never
}

// stopped returns the end of the last pause that covers a date.
func (p *pausedProduct) stopped(date int) time.Duration {
	return max(p.until[ofProduct], p.until[ofEverything], p.until[ofSchedule+scheduleOf(date)])
}

// mayBegin reports whether an attempt may begin at a time: nothing pauses the key,
// and it has a reason that no other attempt has served. It was never fetched, was
// asked for, failed, or its schedule's next tick has come: more than an eighth of the
// interval after the last.
func (p *pausedProduct) mayBegin(date int, at time.Duration) bool {
	k := &p.keys[date]
	reason := k.begun == 0 || k.asked || k.again || k.failed || at-k.begun > pausable[scheduleOf(date)].Every/8
	return reason && p.stopped(date) <= at
}

// served reports whether every key has been fetched for what it had to be.
func (p *pausedProduct) served(at time.Duration) bool {
	for date, k := range p.keys {
		if every := pausable[scheduleOf(date)].Every; k.asked || k.failed || at-k.begun > every+every/8+time.Minute {
			return false
		}
	}
	return true
}

// pauseModel is a product whose pauses, refreshes and attempts happen one by one.
var pauseModel = porcupine.Model{
	Init: func() any { return pausedProduct{} },
	Step: func(state, input, output any) (bool, any) {
		p, d, r := state.(pausedProduct), input.(deed), output.(reply)
		switch d.kind {
		case pausing:
			p.until[d.scope] = d.until
			return true, p
		case resuming:
			until := p.until[d.scope]
			p.until[d.scope] = 0
			if r.told {
				return d.at < until+late && until > 0, p
			}
			return until <= r.at, p
		case asking:
			if !r.told {
				return d.at < p.stopped(d.date)+late, p
			}
			p.keys[d.date].asked, p.keys[d.date].answered = true, r.at
			return p.stopped(d.date) <= r.at, p
		case beginning:
			ok := p.mayBegin(d.date, d.at)
			again := p.keys[d.date].asked && d.at-p.keys[d.date].answered < dispatch
			p.keys[d.date] = reasons{failed: d.failed, again: again, begun: d.at}
			return ok, p
		}
		return p.served(d.at), p
	},
}
