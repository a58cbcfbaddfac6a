package metrics

func demandDefinitions() []definition {
	return []definition{
		{
			name: "invd_demand_asks_total", kind: counter, labels: []string{"outcome"},
			help:     "Reads that asked for a fetch, by what came of it: a request of its own, one that was to go anyway, none, or none for the readers' share is used up.",
			question: "How much of the budget do readers cause to be spent, and do they ask for more than their share?",
		},
		{
			name: "invd_demand_waits_total", kind: counter, labels: []string{"result"},
			help:     "Reads that wanted to wait for a fetch, by how that ended: fetched, unanswered by the partner, late, refused at once, or the reader had gone.",
			question: "What share of readers waits, and do they get what they wait for?",
		},
		{
			name: "invd_demand_wait_seconds", kind: histogram,
			help:     "Time that reads waited for a fetch; 0 for those refused at once.",
			question: "How long do readers wait?",
			buckets:  []float64{0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.25, 2.5, 5},
		},
	}
}
