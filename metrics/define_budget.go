package metrics

import (
	"slices"

	"invd/engine/report"
)

func budgetDefinitions() []definition {
	key := []string{"key"}
	return []definition{
		{
			name: "invd_budget_requests_total", kind: counter, labels: key,
			help:     "Requests charged to the partner's limits, retries included.",
			question: "How much of the budget is used?",
		},
		{
			name: "invd_budget_limit_requests", kind: gauge, labels: key,
			help:     "Requests allowed in a window; of several limits, of the one that allows least over time.",
			question: "What is the budget? Divide by invd_budget_window_seconds for a rate.",
			read:     tightest(func(l report.Limit) float64 { return float64(l.Requests) }),
		},
		{
			name: "invd_budget_allowed_requests", kind: gauge, labels: key,
			help:     "What of invd_budget_limit_requests the partner seems to allow: less, after it refused what the limit allowed.",
			question: "Is the configured limit the partner's?",
			read:     tightest(func(l report.Limit) float64 { return float64(l.Allowed) }),
		},
		{
			name: "invd_budget_window_seconds", kind: gauge, labels: key,
			help:     "Length of the window that invd_budget_limit_requests is about.",
			question: "What is the budget?",
			read:     tightest(func(l report.Limit) float64 { return l.PerSeconds }),
		},
		{
			name: "invd_budget_available_requests", kind: gauge, labels: key,
			help:     "Requests that could go out now without waiting.",
			question: "Is the budget what fetching waits for?",
			read:     func(s *report.Status, emit emit) { emit(float64(s.Budget.Available), s.Budget.Key) },
		},
		{
			name: "invd_budget_blocked_until_timestamp_seconds", kind: gauge, labels: key,
			help:     "Unix time until which nothing is sent, on the partner's word or the breaker's; 0 if not blocked.",
			question: "How long will the partner not be asked?",
			read:     func(s *report.Status, emit emit) { emit(unix(s.Source.BlockedUntil), s.Budget.Key) },
		},
		{
			name: "invd_budget_blocks_total", kind: counter, labels: []string{"key", "reason"},
			help:     "Times that sending stopped, by reason.",
			question: "Why is the partner not being asked, and how often does it happen?",
		},
		{
			name: "invd_budget_wait_seconds", kind: histogram, labels: key,
			help:     "Time from wanting a permit for a request to having it.",
			question: "How long does due work wait for the budget?",
			buckets:  []float64{0.01, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300},
		},
		{
			name: "invd_budget_planned_requests_per_second", kind: gauge, labels: []string{"schedule"},
			help:     "Request rate that a schedule asks for as written.",
			question: "Do the schedules fit into the budget, and which takes most of it?",
			read:     perSchedule(func(s *report.Schedule, emit emit) { emit(s.DemandPerDay/86400, s.Name) }),
		},
		{
			name: "invd_plan_stretch_ratio", kind: gauge,
			help:     "How many times as long as written the interval of every schedule is, so that they fit into the budget; 1 when they do.",
			question: "Is the budget too small for the schedules, and how much less often is everything refreshed?",
			read:     func(s *report.Status, emit emit) { emit(s.Stretch) },
		},
		{
			name: "invd_plan_predicted_fresh_ratio", kind: gauge,
			help:     "Share of reads that will equal the partner's truth after the first day, as invd plan predicts of the policy in force.",
			question: "What can be expected of this budget?",
			read:     func(s *report.Status, emit emit) { emit(s.Predicted) },
		},
		{
			name: "invd_source_state", kind: gauge, labels: []string{"state"},
			help:     "1 for the state that asking the partner is in, 0 for the others.",
			question: "Is the partner being asked, and if not, why?",
			read: func(s *report.Status, emit emit) {
				for _, state := range sourceStates {
					emit(truth(s.Source.State == state), state)
				}
			},
		},
		{
			name: "invd_source_failures", kind: gauge,
			help:     "Failures in a row with no good answer between.",
			question: "Is the partner failing now?",
			read:     func(s *report.Status, emit emit) { emit(float64(s.Source.Failures)) },
		},
		{
			name: "invd_source_last_success_timestamp_seconds", kind: gauge,
			help:     "Unix time of the partner's last good answer; 0 if there was none.",
			question: "When did the partner last answer?",
			read:     func(s *report.Status, emit emit) { emit(unix(s.Source.LastSuccess)) },
		},
	}
}

// tightest reads a gauge from the limit with the lowest rate.
func tightest(read func(report.Limit) float64) func(*report.Status, emit) {
	return func(s *report.Status, emit emit) {
		if len(s.Budget.Limits) == 0 {
			emit(0, s.Budget.Key)
			return
		}
		emit(read(slices.MinFunc(s.Budget.Limits, func(a, b report.Limit) int {
			// a.Requests/a.PerSeconds against b.Requests/b.PerSeconds
			switch x, y := float64(a.Requests)*b.PerSeconds, float64(b.Requests)*a.PerSeconds; {
			case x < y:
				return -1
			case x > y:
				return 1
			}
			return 0
		})), s.Budget.Key)
	}
}
