package metrics

import (
	"slices"

	"invd/engine/report"
)

// A kind is a metric's type in Prometheus's words.
type kind string

const (
	counter   kind = "counter"
	gauge     kind = "gauge"
	histogram kind = "histogram"
)

// A definition is one line of the catalogue.
type definition struct {
	name     string
	kind     kind
	labels   []string
	help     string
	question string    // what an operator learns from it
	buckets  []float64 // of a histogram, in its unit

	// read gets a gauge's values from a status; nil for what is counted.
	read func(s *report.Status, emit emit)
}

// emit takes one value of a gauge, with the values of its labels in order.
type emit func(value float64, labels ...string)

// catalogue returns every metric of ours in the order of docs/metrics.md.
func catalogue() []definition {
	return slices.Concat(
		processDefinitions(), freshnessDefinitions(), demandDefinitions(), budgetDefinitions(), scheduleDefinitions(),
		plannerDefinitions(), jobDefinitions(), fetchDefinitions(), storageDefinitions(), httpDefinitions(),
	)
}

func result(ok bool) string {
	if ok {
		return results[0]
	}
	return results[1]
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// Label values that code decides.
var (
	codeClasses  = []string{"1xx", "2xx", "3xx", "4xx", "5xx"}
	freshValues  = []string{"true", "false", "never"}
	tenths       = []string{"0.0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9"} // the lower ends
	rightValues  = []string{"true", "false"}
	cacheResults = []string{"hit", "miss"}
	tickOutcomes = []string{"created", "coalesced", "deferred", "skipped_paused", "skipped_gone", "missed"}
	blockReasons = []string{"throttled", "unauthorized", "breaker", "suspect", "disk_full"}
	askOutcomes  = []string{"queued", "joined", "refused", "over_share"}
	waitResults  = []string{"fetched", "unanswered", "late", "refused", "gone"}
	rowChanges   = []string{"added", "changed", "removed", "unchanged"}
	results      = []string{"success", "failure"}
	sourceStates = []string{"open", "paused", "held", "unauthorized", "broken", "suspect"}

	// defaultOutcomes are the partner client's, the good one first.
	defaultOutcomes = []string{
		"ok", "throttled", "unauthorized", "not_found", "refused", "server_error",
		"timeout", "transport", "bad_payload", "too_large", "canceled",
	}
)

// other is the value for what a closed set does not know.
const other = "other"

// among returns v if it is in set, else other.
func among(set []string, v string) string {
	if slices.Contains(set, v) {
		return v
	}
	return other
}
