package report

import (
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// An Event is something that happened, for those who watch. Data is one of the
// types that the kinds name, and is not changed any more.
type Event struct {
	Kind string
	Data any
}

// The kinds of events.
const (
	EventJob    = "job"    // JobEnd: an attempt ended
	EventPause  = "pause"  // PauseChange: a pause began, or ended
	EventReload = "reload" // Reload: the configuration was loaded again
	EventSource = "source" // Source: the partner began or ceased to be asked
	EventBudget = "budget" // Budget: once a second
)

// A JobEnd is how an attempt of a job ended: done, dead, or retrying and due again
// at RetryAt.
type JobEnd struct {
	ID       uint64              `json:"id"`
	Product  inventory.ProductID `json:"product"`
	Date     inventory.Date      `json:"date"`
	Schedule string              `json:"schedule"`
	Trigger  string              `json:"trigger"`
	State    string              `json:"state"`
	Outcome  string              `json:"outcome,omitempty"`
	Error    string              `json:"error,omitempty"`
	At       time.Time           `json:"at"`
	RetryAt  time.Time           `json:"retry_at,omitzero"`
}

// A PauseChange says that a pause began, or when Paused is absent, that one ended.
type PauseChange struct {
	Scope  string         `json:"scope"` // global, schedule/today, product/14
	Paused *refresh.Pause `json:"paused,omitempty"`
	By     string         `json:"by"` // expiry: its time was up
}

// A Reload says how loading the configuration again ended.
type Reload struct {
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"` // why the old configuration stays in force
}
