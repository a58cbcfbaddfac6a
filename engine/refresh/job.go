package refresh

import (
	"time"

	"invd/engine/inventory"
)

// A Job is one tracked refresh of one key: pending → running → done, or retrying
// and running again until it is done or dead.
type Job struct {
	ID       uint64 // 1, 2, …: rises with the time of creation, never used twice
	Key      inventory.Key
	Schedule string // the schedule that covered the key when the job was made
	Trigger  Trigger
	State    State
	Attempts int // requests charged to this job so far
	Outcome  Outcome
	Error    string // of the last failed attempt; never holds the API key

	Created  time.Time
	Started  time.Time // of the latest attempt; zero before the first
	Finished time.Time // zero until done, dead or canceled
	RetryAt  time.Time // while retrying: when the next attempt is due
}

// A Trigger tells why a job was made.
type Trigger uint8

// The triggers.
const (
	Scheduled  Trigger = iota // a schedule's tick
	First                     // the key was never fetched
	Manual                    // an operator's refresh
	Confirm                   // an open date was answered with nothing: ask again
	Triggered                 // an operator made its whole schedule due
	Read                      // readers asked for it
	Backfilled                // it is part of a backfill
	numTriggers
)

// Triggers lists every trigger, for metrics.
func Triggers() []Trigger { return all[Trigger](numTriggers) }

// String returns the trigger's name.
func (t Trigger) String() string {
	return [...]string{"schedule", "first", "manual", "confirm", "trigger", "read", "backfill"}[t]
}

// A State is a job's place in its life.
type State uint8

// The states. Done, Dead and Canceled are final.
const (
	Pending  State = iota // waits in the queue, or behind a pause
	Running               // a worker has it
	Retrying              // waits for its next attempt
	Done                  // its answer is in the store
	Dead                  // its attempts are used up
	Canceled              // its key left the horizon or the catalogue
	numStates
)

// States lists every state, for metrics and commands.
func States() []State { return all[State](numStates) }

// String returns the state's name.
func (s State) String() string {
	return [...]string{"pending", "running", "retrying", "done", "dead", "canceled"}[s]
}

// ParseState returns the state of that name.
func ParseState(name string) (State, bool) {
	for _, s := range States() {
		if s.String() == name {
			return s, true
		}
	}
	return 0, false
}

// Final reports whether the job's life is over.
func (s State) Final() bool { return s >= Done }

// An Outcome tells how a finished job ended.
type Outcome uint8

// The outcomes.
const (
	None      Outcome = iota // not finished
	Changed                  // new availability was stored
	Unchanged                // the answer equals what was stored
	Closed                   // an open date was answered with nothing, and is closed now
	Held                     // such an answer was not believed: too many dates closed at once
	Stale                    // a newer answer was stored already
	Failed                   // dead
	Dropped                  // canceled
	numOutcomes
)

// Outcomes lists every outcome of a finished job, for metrics.
func Outcomes() []Outcome { return all[Outcome](numOutcomes)[1:] }

// String returns the outcome's name, "" for None.
func (o Outcome) String() string {
	return [...]string{"", "changed", "unchanged", "closed", "held", "stale", "failed", "dropped"}[o]
}

func all[T ~uint8](n T) []T {
	s := make([]T, n)
	for i := range s {
		s[i] = T(i)
	}
	return s
}

// A Start is one request about to be sent: the job it is charged to and the
// permit that pays for it.
type Start struct {
	Job    uint64 // 0: a retry within an attempt, charged to the budget alone
	Permit uint64
	At     time.Time
}

// An End is how an attempt ended: what becomes of its job, and when its permit
// began to age.
type End struct {
	Job     uint64
	Permit  uint64
	At      time.Time
	State   State // Done, Dead, Retrying, Canceled; Pending: put back, the attempt not charged
	Outcome Outcome
	Error   string
	RetryAt time.Time // for Retrying
}
