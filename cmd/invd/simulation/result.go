package simulation

import "time"

// A Result is what a policy reached in one run. Shares are of the reads of the
// days that count, unless they say otherwise.
type Result struct {
	Policy string `json:"policy"`
	Seed   uint64 `json:"seed"`

	Reads     int     `json:"reads"`
	Fresh     float64 `json:"fresh"`     // equal to the truth of that moment
	Available float64 `json:"available"` // right about what can be booked, and its price
	Oversold  float64 `json:"oversold"`  // showed a slot that was sold out
	Answered  float64 `json:"answered"`
	Waited    float64 `json:"waited"`    // for a fetch that they caused
	FirstDay  float64 `json:"first_day"` // fresh among the reads of the first 24 hours
	AgeP50    float64 `json:"age_p50_seconds"`
	AgeP99    float64 `json:"age_p99_seconds"`

	Budget  float64 `json:"budget"`  // share of the calls that were allowed
	Fullest int     `json:"fullest"` // most calls in any window of the limit
	Refused int     `json:"refused"` // calls beyond the limit

	Schedules   []ScheduleResult `json:"schedules"`
	Hours       []Hour           `json:"hours"`                 // from the empty start on
	Calibration *Calibration     `json:"calibration,omitempty"` // of policies that estimate what is true
	Took        time.Duration    `json:"-"`                     // of real time
}

// A ScheduleResult is about the dates that one schedule covers.
type ScheduleResult struct {
	Name   string  `json:"name"`
	Reads  float64 `json:"reads"` // share of all
	Fresh  float64 `json:"fresh"`
	AgeP50 float64 `json:"age_p50_seconds"`
	AgeP99 float64 `json:"age_p99_seconds"`
	MaxAge float64 `json:"max_age_seconds"` // of an open date, read or not, looked at every 73 minutes
	Never  bool    `json:"never"`           // an open date in sight since the start was not fetched until the end
}

// An Hour is an hour's reads.
type Hour struct {
	Reads int `json:"reads"`
	Fresh int `json:"fresh"`
}
