// Package report holds what the engine says about itself: to the status page, to
// the commands, to the metrics. Its types are the JSON of the admin interface.
//
// It is a leaf: values only. Durations are in seconds, as Prometheus has them.
package report

import (
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// Status is one screen of state.
type Status struct {
	Version     string         `json:"version"`
	Now         time.Time      `json:"now"`
	Started     time.Time      `json:"started"`
	Ready       bool           `json:"ready"`
	Paused      *refresh.Pause `json:"paused,omitempty"`
	Pauses      []ScopedPause  `json:"pauses,omitempty"` // of products, a hundred at most; the others are with what they stop
	Products    Products       `json:"products"`
	Schedules   []Schedule     `json:"schedules"`
	Bands       []Band         `json:"bands"`
	Jobs        Jobs           `json:"jobs"`
	Timers      int            `json:"timers"` // pending in the wheel
	Workers     Workers        `json:"workers"`
	Budget      Budget         `json:"budget"`
	Source      Source         `json:"source"`
	Store       Store          `json:"store"`
	Cache       Cache          `json:"cache"`
	Policy      string         `json:"policy"`               // cadence or adaptive
	Planner     *Planner       `json:"planner,omitempty"`    // of the adaptive policy
	Stretch     float64        `json:"stretch"`              // every interval, or with the adaptive policy every bound of age, is so many times as long as written
	Infeasible  string         `json:"infeasible,omitempty"` // set when it is above 1: why
	Predicted   float64        `json:"predicted_fresh"`      // share of reads that will equal the partner's truth, by invd plan
	PredictedBy string         `json:"predicted_by"`         // the rates that it rests on: RatesAssumed or RatesLearned
}

// A Planner says what the adaptive policy has learned, in a few numbers.
type Planner struct {
	Price         float64 `json:"price"`          // reads that one more request keeps true
	BoundsShare   float64 `json:"bounds_share"`   // of the budget, that the bounds of age need
	ExpectedFresh float64 `json:"expected_fresh"` // share of the reads that are expected to find what is true
	Due           int     `json:"due"`            // keys that are worth a request now
	Unseen        int     `json:"unseen"`         // keys never fetched
}

// Products counts the products by state.
type Products struct {
	Active   int `json:"active"`
	Paused   int `json:"paused"`
	Disabled int `json:"disabled"` // by the configuration
	Gone     int `json:"gone"`     // the partner does not know them; probed daily
}

// A Schedule says how well one schedule keeps its keys.
type Schedule struct {
	Name             string         `json:"name"`
	Days             int            `json:"days"`
	EverySeconds     float64        `json:"every_seconds"`
	IntervalSeconds  float64        `json:"interval_seconds"` // every, stretched
	ObjectiveSeconds float64        `json:"objective_seconds"`
	DemandPerDay     float64        `json:"demand_per_day"` // requests that it asks for as written
	Paused           *refresh.Pause `json:"paused,omitempty"`
	Keys             Keys           `json:"keys"`
	OldestAgeSeconds float64        `json:"oldest_age_seconds"` // of the keys that are not paused; of one never answered, since the daemon took it up
	NextDue          time.Time      `json:"next_due,omitzero"`
}

// Keys counts keys by how fresh they are.
type Keys struct {
	Fresh  int `json:"fresh"`
	Stale  int `json:"stale"`
	Never  int `json:"never"`
	Paused int `json:"paused"`
}

// A Band is one band of the queue.
type Band struct {
	Name             string  `json:"name"`
	Jobs             int     `json:"jobs"`
	OldestAgeSeconds float64 `json:"oldest_age_seconds"` // how long its oldest job has waited
}

// retryBand is the name that both policies give the band of what failed.
const retryBand = "retry"

// BandInWords is how people say which jobs wait in a band of that name. The first fetch
// of a date goes to the band of retries when its own would be less urgent.
func BandInWords(name string) string {
	if name == retryBand {
		return "retry (and first fetches)"
	}
	return name
}

// Jobs counts the unfinished jobs, and the dead ones that history still holds.
type Jobs struct {
	Pending  int `json:"pending"`
	Running  int `json:"running"`
	Retrying int `json:"retrying"`
	Dead     int `json:"dead"`
}

// Workers says how many fetches there are and could be.
type Workers struct {
	Busy    int `json:"busy"`
	Limit   int `json:"limit"`   // what the partner answers well
	Ceiling int `json:"ceiling"` // what the configuration allows
}

// Budget is the state of the partner's limits on requests.
type Budget struct {
	Key          string    `json:"key"`
	Limits       []Limit   `json:"limits"`
	Available    int       `json:"available"`            // requests that could go out now
	NextPermit   time.Time `json:"next_permit,omitzero"` // when one could, if none can now
	DemandPerDay float64   `json:"demand_per_day"`
	LimitPerDay  float64   `json:"limit_per_day"`
}

// A Limit is one of the budget's exact sliding windows.
type Limit struct {
	Requests   int     `json:"requests"`
	Allowed    int     `json:"allowed"` // what of them the partner seems to allow
	PerSeconds float64 `json:"per_seconds"`
	Used       int     `json:"used"`
}

// Source says whether the partner is being asked at all.
type Source struct {
	State        string    `json:"state"` // open, held, unauthorized, broken, suspect or paused
	Reason       string    `json:"reason,omitempty"`
	BlockedUntil time.Time `json:"blocked_until,omitzero"`
	Failures     int       `json:"failures"` // in a row
	LastError    string    `json:"last_error,omitempty"`
	LastSuccess  time.Time `json:"last_success,omitzero"`
}

// Store says how the database is.
type Store struct {
	FileBytes   int64  `json:"file_bytes"`
	Days        int    `json:"days"` // records of a product on a date
	FinishedLog int    `json:"finished_jobs"`
	Corrupt     uint64 `json:"corrupt_records"` // dropped since the start
	Broken      string `json:"broken,omitempty"`
}

// Cache says how full the cache of encoded answers is, and how many reads found theirs
// there since the start.
type Cache struct {
	Bytes    int64  `json:"bytes"`
	MaxBytes int64  `json:"max_bytes"` // 0: nothing is cached
	Hits     uint64 `json:"hits"`
	Misses   uint64 `json:"misses"`
}

// A Product is one product as the commands list it.
type Product struct {
	ID       inventory.ProductID `json:"id"`
	Name     string              `json:"name"`
	Timezone string              `json:"timezone"`
	Weight   float64             `json:"weight"`
	Today    inventory.Date      `json:"today"`
	State    string              `json:"state"` // active, paused, disabled or gone
	Paused   *refresh.Pause      `json:"paused,omitempty"`
	Keys     Keys                `json:"keys"`
	Dates    []Date              `json:"dates,omitempty"` // only when one product is asked for
}

// A Date is one key of a product.
type Date struct {
	Date       inventory.Date `json:"date"`
	Schedule   string         `json:"schedule"`
	State      string         `json:"state"` // open, sold-out, closed or unknown
	Checked    time.Time      `json:"checked,omitzero"`
	AgeSeconds float64        `json:"age_seconds,omitempty"`
	Fresh      bool           `json:"fresh"`
	Place      string         `json:"place"` // wheel, queue, worker or parked
	Due        time.Time      `json:"due,omitzero"`
}

// An Explanation answers why one date is as old as it is.
type Explanation struct {
	Product          inventory.ProductID `json:"product"`
	Name             string              `json:"name"`
	Date             inventory.Date      `json:"date"`
	Timezone         string              `json:"timezone"`
	Schedule         string              `json:"schedule"`
	State            string              `json:"state"`
	Checked          time.Time           `json:"checked,omitzero"`
	Changed          time.Time           `json:"changed,omitzero"`
	AgeSeconds       float64             `json:"age_seconds"`
	ObjectiveSeconds float64             `json:"objective_seconds"`
	Fresh            bool                `json:"fresh"`
	Place            string              `json:"place"`
	Due              time.Time           `json:"due,omitzero"`
	Job              *Job                `json:"job,omitempty"`
	Band             string              `json:"band,omitempty"`
	Ahead            int                 `json:"ahead"` // jobs in more urgent bands and ahead in its own, at most
	Budget           Budget              `json:"budget"`
	Source           Source              `json:"source"`
	Paused           *refresh.Pause      `json:"paused,omitempty"` // the widest
	PausedScope      string              `json:"paused_scope,omitempty"`
	Pauses           []ScopedPause       `json:"pauses,omitempty"` // all that apply, the widest first
	LastError        string              `json:"last_error,omitempty"`
	Estimate         *Estimate           `json:"estimate,omitempty"` // of the adaptive policy
	Verdict          string              `json:"verdict"`            // one sentence
}

// An Estimate is what the adaptive policy believes of a key.
type Estimate struct {
	ChangesPerDay   float64   `json:"changes_per_day"`
	ReadsPerDay     float64   `json:"reads_per_day"`    // times the product's weight
	ChangesExpected float64   `json:"changes_expected"` // since the last answer
	StillTrue       float64   `json:"still_true"`       // probability that what is served is what the partner says
	Index           float64   `json:"index"`            // reads that a request now keeps true
	Price           float64   `json:"price"`            // what a request has to be worth
	Bound           time.Time `json:"bound,omitzero"`   // when it is fetched whatever it is worth
}

// A Job is a fetch job as the commands list it.
type Job struct {
	ID       uint64              `json:"id"`
	Product  inventory.ProductID `json:"product"`
	Date     inventory.Date      `json:"date"`
	Schedule string              `json:"schedule"`
	Trigger  string              `json:"trigger"`
	State    string              `json:"state"`
	Attempts int                 `json:"attempts"`
	Outcome  string              `json:"outcome,omitempty"`
	Error    string              `json:"error,omitempty"`
	Created  time.Time           `json:"created"`
	Started  time.Time           `json:"started,omitzero"`
	Finished time.Time           `json:"finished,omitzero"`
	RetryAt  time.Time           `json:"retry_at,omitzero"`
}

// NewJob returns j as the commands list it.
func NewJob(j refresh.Job) Job {
	return Job{
		ID: j.ID, Product: j.Key.Product, Date: j.Key.Date, Schedule: j.Schedule,
		Trigger: j.Trigger.String(), State: j.State.String(), Attempts: j.Attempts,
		Outcome: j.Outcome.String(), Error: j.Error,
		Created: j.Created, Started: j.Started, Finished: j.Finished, RetryAt: j.RetryAt,
	}
}

// A JobFilter chooses jobs to list, the newest first.
type JobFilter struct {
	States  []refresh.State     // none: every state
	Product inventory.ProductID // 0: every product
	Date    inventory.Date      // 0: every date
	Limit   int                 // at most so many
	Before  uint64              // only ids below it; 0: from the newest
}

// A Database is what a file of the store holds.
type Database struct {
	File        string         `json:"file"`
	Schema      int            `json:"schema_version"`
	Bytes       int64          `json:"bytes"`
	PageSize    int            `json:"page_size"`
	Pages       int            `json:"pages"`
	FreePages   int            `json:"free_pages"`
	Products    int            `json:"products"`
	Dates       int            `json:"dates"`
	Damaged     int            `json:"damaged"` // dates that cannot be read
	FirstDate   inventory.Date `json:"first_date,omitzero"`
	LastDate    inventory.Date `json:"last_date,omitzero"`
	OldestCheck time.Time      `json:"oldest_check,omitzero"`
	NewestCheck time.Time      `json:"newest_check,omitzero"`
	Buckets     []Bucket       `json:"buckets"`
}

// A Bucket is one kind of record.
type Bucket struct {
	Name        string  `json:"name"`
	Records     int     `json:"records"`
	Pages       int     `json:"pages"`
	RecordBytes float64 `json:"record_bytes"` // key and value, on average
}
