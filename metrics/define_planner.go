package metrics

import "invd/engine/report"

// With the policy cadence all of these stay at zero.
func plannerDefinitions() []definition {
	return []definition{
		{
			name: "invd_planner_price_reads", kind: gauge,
			help:     "Reads that one more request would keep true, at the margin.",
			question: "What would a larger budget be worth?",
			read:     planner(func(p *report.Planner) float64 { return p.Price }),
		},
		{
			name: "invd_planner_bounds_ratio", kind: gauge,
			help:     "Share of the budget that the bounds of age need.",
			question: "Does max_age leave the planner enough requests to choose with?",
			read:     planner(func(p *report.Planner) float64 { return p.BoundsShare }),
		},
		{
			name: "invd_planner_expected_fresh_ratio", kind: gauge,
			help:     "Share of the reads to come that are expected to find what the partner says.",
			question: "How true is the mirror?",
			read:     planner(func(p *report.Planner) float64 { return p.ExpectedFresh }),
		},
		{
			name: "invd_planner_keys", kind: gauge, labels: []string{"state"},
			help:     "Keys that are worth a request now, and keys never fetched.",
			question: "Has the first sweep ended, and how much would be fetched if there were more requests?",
			read: func(s *report.Status, emit emit) {
				p := s.Planner
				if p == nil {
					p = new(report.Planner)
				}
				emit(float64(p.Due), "due")
				emit(float64(p.Unseen), "never")
			},
		},
		{
			name: "invd_planner_read_probability", kind: histogram,
			help:     "Estimated probability, about the time of the read, that what is stored of the date is still true.",
			question: "How sure are readers to get what is true?",
			buckets:  []float64{.1, .2, .3, .4, .5, .6, .7, .8, .9, .95, 1},
		},
		{
			name: "invd_planner_predictions_total", kind: counter, labels: []string{"probability", "right"},
			help:     "Fetches by the tenth that the estimated probability of no news lay in, and whether there was none.",
			question: "Can the estimates be believed: of those at 0.9, was there no news in nine of ten?",
		},
	}
}

// planner reads a gauge of the adaptive policy.
func planner(read func(*report.Planner) float64) func(*report.Status, emit) {
	return func(s *report.Status, emit emit) {
		if s.Planner == nil {
			emit(0)
			return
		}
		emit(read(s.Planner))
	}
}
