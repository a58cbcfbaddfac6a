package scheduler

import (
	"log/slog"
	"time"

	"invd/engine/inventory"
	"invd/engine/plan"
	"invd/engine/refresh"
	"invd/engine/report"
)

// A Policy decides when each key is due and how urgent it is then. The scheduler
// owns it: all calls come from Run's goroutine. It is told the time and must
// neither block nor start anything.
//
// A key is known to the policy from Enter to Leave, by its id. What is paused,
// what is asked for by people, what failed and what the partner does not know is
// the scheduler's business; a policy may name such a key in a Move, and nothing
// comes of it.
type Policy interface {
	// Bands names the queue's bands, the most urgent first: a fixed set of at most
	// 31, which are metric labels. The first is for what somebody waits for.
	Bands() []string

	// AgeEvery is how many pops go by between two that serve a less urgent band
	// (queue.Options).
	AgeEvery() int

	// Retry is the band in which a job waits again after a failed attempt.
	Retry() int

	// Enter says that a key without a job is to be looked after, and returns when it
	// is due: not after now for at once. A key may enter again without having left.
	Enter(k Key, now time.Time) time.Time

	// Move says that a key's days ahead and perhaps its schedule, which was was, have
	// changed, and returns when it is due now. Only a sooner time counts.
	Move(k Key, was int, now time.Time) (due time.Time, ok bool)

	// Leave says that a key's date has left the horizon. Its id may come again.
	Leave(id refresh.ID)

	// Learn tells what an attempt brought to light.
	Learn(k Key, r *refresh.Result, now time.Time)

	// Next returns when a key is due whose job is over.
	Next(k Key, now time.Time) time.Time

	// Due is asked when the time of a key without a job has come. It returns a time
	// not after now to have it fetched, or when to ask again.
	Due(k Key, now time.Time) time.Time

	// Band returns how urgent a key is that goes to the queue now.
	Band(k Key, now time.Time) int

	// Turn is called whenever something happened, with the number of jobs that wait
	// in the queue. It returns what to change, which is read before the next call,
	// and when it wants to be called at the latest; the zero time: whenever.
	Turn(now time.Time, waiting int) ([]Move, time.Time)
}

// PolicyOptions are what a policy may want to know.
type PolicyOptions struct {
	Catalogue *plan.Catalogue
	PerDay    float64   // requests that the budget allows
	Now       time.Time // when it begins
	Log       *slog.Logger
	Reads     Reads           // nil: not known
	Observer  PlannerObserver // nil: nobody

	// Rates, if not nil, are what an adaptive policy goes by instead of what it
	// learns (planner.Options). For simulations.
	Rates func(k inventory.Key, now time.Time) (changes, reads float64)
}

// Reads are what was read of the mirror; *demand.Table provides them.
type Reads interface {
	Drain(now time.Time, f func(k inventory.Key, reads int))
}

// A PlannerObserver is told how good an adaptive policy's estimates are; a nil-safe
// *metrics.Engine provides it.
type PlannerObserver interface {
	ReadTrue(probability float64, reads int)   // reads of a date, and how likely it was that it is true
	Predicted(probability float64, right bool) // a fetch: how likely no news was, and whether there was none
}

// A Learner is a policy that learns what should outlive the process. The records
// are those of storage.Learned; product is an index into the catalogue's products.
type Learner interface {
	// Shared and Product return what is known of all products and of one.
	Shared() []byte
	Product(product int) []byte

	// SetShared takes up the shared record before any key enters, SetProduct a
	// product's once its keys have entered.
	SetShared(record []byte) error
	SetProduct(product int, record []byte) error
}

// A Teller is a policy that has something to say of itself.
type Teller interface {
	Status(st *report.Status, now time.Time)
	Explain(k Key, e *report.Explanation, now time.Time)
}

// A Move brings a key forward, puts it off or changes its urgency: one that waits
// in the wheel is due at Due, one that waits in the queue goes to Band. A key that
// is elsewhere, or has its time from the scheduler, stays as it is.
type Move struct {
	ID   refresh.ID
	Due  time.Time
	Band int
}

// A Key is what a policy is told of a key.
type Key struct {
	inventory.Key
	ID       refresh.ID
	Product  int       // index into the catalogue's products
	Schedule int       // index into the rules' schedules
	Ahead    int       // days from the product's today to the date
	Checked  time.Time // when the partner last confirmed it; zero: never
	State    inventory.State
	Failed   bool // its last attempt failed, or brought an answer that was not believed
}

// view returns what a policy is told of a key.
func (s *Scheduler) view(id refresh.ID) Key {
	k := &s.keys[id]
	return Key{
		Key: k.key, ID: id, Product: int(k.product), Schedule: int(k.schedule), Ahead: int(k.key.Date - s.products[k.product].today),
		Checked: unixTime(k.checked), State: k.state, Failed: k.failed,
	}
}

// follow lets the policy have its turn and does what it says. It returns how long
// the policy can wait for the next.
func (s *Scheduler) follow(now time.Time) time.Duration {
	moves, next := s.Policy.Turn(now, s.Queue.Len())
	s.due = s.due[:0]
	for _, m := range moves {
		s.heed(m, now)
	}
	s.start(s.due, now)
	if next.IsZero() {
		return watch
	}
	return next.Sub(now)
}

// heed does what a policy wants done with one key. Keys to be queued are added to
// s.due.
func (s *Scheduler) heed(m Move, now time.Time) {
	k := &s.keys[m.ID]
	switch {
	case k.place == inWheel && s.policyTimes(k):
		if m.Due.After(now) {
			s.arm(m.ID, m.Due, now)
			return
		}
		s.wheel.Cancel(m.ID)
		if k.place, k.due = nowhere, now.UnixNano(); s.parks(k) {
			s.park(k)
			return
		}
		s.due = append(s.due, m.ID)
	case k.place == inQueue && s.policyRanks(k):
		if band, queued := s.Queue.Band(m.ID); queued && band > m.Band {
			s.Queue.TryPush(m.ID, m.Band)
		} else if queued && band < m.Band && s.Queue.Remove(m.ID) {
			s.Queue.TryPush(m.ID, m.Band)
		}
	}
}

// policyTimes reports whether the policy decides when a key in the wheel is due.
// Retries, second looks and daily probes have their times from elsewhere.
func (s *Scheduler) policyTimes(k *key) bool {
	return k.job == 0 && !k.failed && k.trigger != refresh.Confirm && !s.products[k.product].notFound.Suspended
}

// policyRanks reports whether the policy decides how urgent a queued key is.
func (s *Scheduler) policyRanks(k *key) bool {
	return k.attempts == 0 && (k.trigger == refresh.Scheduled || k.trigger == refresh.First)
}
