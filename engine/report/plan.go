package report

// A Plan says what a budget can carry of a catalogue, and what readers may expect.
type Plan struct {
	Products     int     `json:"products"` // enabled
	Rates        string  `json:"rates"`    // of reads and changes: RatesAssumed or RatesLearned
	Policy       string  `json:"policy"`   // that is in force, or would be
	BudgetPerDay float64 `json:"budget_per_day"`

	AsWrittenPerDay float64 `json:"as_written_per_day"` // requests when schedules that overlap fetch a date twice
	DemandPerDay    float64 `json:"demand_per_day"`     // requests when they do not: what invd asks for
	Feasible        bool    `json:"feasible"`           // demand is no more than the budget
	Reserve         float64 `json:"reserve"`            // share of the budget that stretching leaves
	Stretch         float64 `json:"stretch"`            // every interval is so many times as long as written
	Fits            int     `json:"fits"`               // products that the budget carries
	FitsAsWritten   int     `json:"fits_as_written"`    // likewise, with overlap

	Schedules []PlannedSchedule `json:"schedules"`
	Policies  []PlannedPolicy   `json:"policies"`
}

// InForce returns what is predicted of the policy in force, zero when nothing is.
func (p *Plan) InForce() PlannedPolicy {
	for _, policy := range p.Policies {
		if policy.Policy == p.Policy {
			return policy
		}
	}
	return PlannedPolicy{}
}

// A PlannedSchedule is what one schedule asks for.
type PlannedSchedule struct {
	Name            string  `json:"name"`
	Days            int     `json:"days"`
	EverySeconds    float64 `json:"every_seconds"`
	IntervalSeconds float64 `json:"interval_seconds"`   // every, stretched
	AsWrittenPerDay float64 `json:"as_written_per_day"` // requests, with overlap
	DemandPerDay    float64 `json:"demand_per_day"`     // requests, for the dates that no more frequent schedule covers
	SumPerDay       float64 `json:"sum_per_day"`        // its demand and that of the more frequent ones
	Fits            int     `json:"fits"`               // products for which the budget carries that sum
}

// A PlannedPolicy predicts what one policy gives readers, after the first day.
type PlannedPolicy struct {
	Policy        string             `json:"policy"`
	FreshShare    float64            `json:"fresh_share"`     // of all reads: equal to the partner's truth at that moment
	AgeP50Seconds float64            `json:"age_p50_seconds"` // of the answers
	AgeP99Seconds float64            `json:"age_p99_seconds"` //
	Stretch       float64            `json:"stretch"`         // of the intervals; adaptive: of each max_age
	Schedules     []PlannedFreshness `json:"schedules"`
}

// A PlannedFreshness predicts what readers get of the dates of one schedule.
type PlannedFreshness struct {
	Schedule      string  `json:"schedule"`
	ReadShare     float64 `json:"read_share"` // of all reads
	FreshShare    float64 `json:"fresh_share"`
	AgeP50Seconds float64 `json:"age_p50_seconds"`
	AgeP99Seconds float64 `json:"age_p99_seconds"`
}

// A Population is what the keys of a catalogue are like: how often each is read and
// changes. It is what predictions rest on.
type Population struct {
	Rates    string  `json:"rates"`    // where they are from: assumed, or learned by the running daemon
	Products int     `json:"products"` // whose keys these are
	Closed   float64 `json:"closed"`   // keys that are not on sale, on weekdays when their products are closed
	Classes  []Class `json:"classes"`
}

// Where the rates of a Population are from.
const (
	RatesAssumed = "assumed"
	RatesLearned = "learned"
)

// A Class is a number of keys that are alike.
type Class struct {
	Ahead   int     `json:"ahead"`           // days from today to the date
	Keys    float64 `json:"keys"`            // on sale on some day; the mean over days
	Reads   float64 `json:"reads_per_day"`   // of each, while it is on sale
	Changes float64 `json:"changes_per_day"` // that show, likewise
	OnSale  float64 `json:"on_sale"`         // share of the day; below 1 for today, which ends with its last slot
	Weight  float64 `json:"weight"`          // of its reads, when requests are shared out
}
