package metrics

import "invd/engine/report"

func scheduleDefinitions() []definition {
	return []definition{
		{
			name: "invd_schedule_ticks_total", kind: counter, labels: []string{"schedule", "outcome"},
			help:     "Nominal ticks of a schedule by what became of them.",
			question: "Does the schedule keep up: are ticks missed, or folded into work that still waits?",
		},
		{
			name: "invd_schedule_next_fire_timestamp_seconds", kind: gauge, labels: []string{"schedule"},
			help:     "Unix time at which the next key of a schedule is due; 0 if none is.",
			question: "Is the scheduler alive?",
			read:     perSchedule(func(s *report.Schedule, emit emit) { emit(unix(s.NextDue), s.Name) }),
		},
		{
			name: "invd_schedule_paused", kind: gauge, labels: []string{"schedule"},
			help:     "Whether a schedule is paused by an operator.",
			question: "Did somebody forget to resume it?",
			read:     perSchedule(func(s *report.Schedule, emit emit) { emit(truth(s.Paused != nil), s.Name) }),
		},
		{
			name: "invd_paused", kind: gauge,
			help:     "Whether all fetching is paused by an operator.",
			question: "Did somebody forget to resume it?",
			read:     func(s *report.Status, emit emit) { emit(truth(s.Paused != nil)) },
		},
		{
			name: "invd_wheel_timers", kind: gauge,
			help:     "Keys that wait in the timer wheel until they are due.",
			question: "Are all keys scheduled?",
			read:     func(s *report.Status, emit emit) { emit(float64(s.Timers)) },
		},
		{
			name: "invd_queue_jobs", kind: gauge, labels: []string{"band"},
			help:     "Jobs that are due and wait, by band.",
			question: "Is there a backlog, and how urgent is it?",
			read: func(s *report.Status, emit emit) {
				for i := range s.Bands {
					emit(float64(s.Bands[i].Jobs), s.Bands[i].Name)
				}
			},
		},
		{
			name: "invd_queue_oldest_age_seconds", kind: gauge, labels: []string{"band"},
			help:     "How long the oldest job of a band has waited.",
			question: "Is a band starved?",
			read: func(s *report.Status, emit emit) {
				for i := range s.Bands {
					emit(s.Bands[i].OldestAgeSeconds, s.Bands[i].Name)
				}
			},
		},
	}
}

func jobDefinitions() []definition {
	return []definition{
		{
			name: "invd_jobs", kind: gauge, labels: []string{"state"},
			help:     "Unfinished jobs, and dead ones that history holds, by state.",
			question: "Is work getting stuck?",
			read: func(s *report.Status, emit emit) {
				emit(float64(s.Jobs.Pending), "pending")
				emit(float64(s.Jobs.Running), "running")
				emit(float64(s.Jobs.Retrying), "retrying")
				emit(float64(s.Jobs.Dead), "dead")
			},
		},
		{
			name: "invd_jobs_created_total", kind: counter, labels: []string{"schedule", "trigger"},
			help:     "Jobs created, by schedule and what triggered them.",
			question: "What makes the work?",
		},
		{
			name: "invd_jobs_finished_total", kind: counter, labels: []string{"schedule", "outcome"},
			help:     "Jobs finished, by schedule and outcome.",
			question: "Does the work succeed, and does it find changes?",
		},
		{
			name: "invd_jobs_recovered_total", kind: counter,
			help:     "Jobs that an earlier process left unfinished and this one took up, no attempt charged.",
			question: "What did the last stop interrupt?",
		},
		{
			name: "invd_job_history_records", kind: gauge,
			help:     "Finished jobs that history holds.",
			question: "Does retention work?",
			read:     func(s *report.Status, emit emit) { emit(float64(s.Store.FinishedLog)) },
		},
	}
}

func fetchDefinitions() []definition {
	return []definition{
		{
			name: "invd_fetch_attempts_total", kind: counter, labels: []string{"outcome"},
			help:     "HTTP attempts to the partner, by outcome.",
			question: "Does the partner answer, and if not, how does it fail?",
		},
		{
			name: "invd_fetch_duration_seconds", kind: histogram,
			help:     "Duration of one HTTP attempt, body included.",
			question: "Is the partner slow?",
			buckets:  []float64{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30},
		},
		{
			name: "invd_fetch_in_flight_requests", kind: gauge,
			help:     "Fetches under way.",
			question: "Are the workers busy?",
			read:     func(s *report.Status, emit emit) { emit(float64(s.Workers.Busy)) },
		},
		{
			name: "invd_fetch_limit_requests", kind: gauge,
			help:     "Fetches that may be under way at once: as many as the partner answers well.",
			question: "Is concurrency the bottleneck?",
			read:     func(s *report.Status, emit emit) { emit(float64(s.Workers.Limit)) },
		},
		{
			name: "invd_fetch_ceiling_requests", kind: gauge,
			help:     "Fetches that the configuration allows at once.",
			question: "Does the partner stand the configured concurrency?",
			read:     func(s *report.Status, emit emit) { emit(float64(s.Workers.Ceiling)) },
		},
		{
			name: "invd_fetch_response_bytes_total", kind: counter,
			help:     "Bytes of response bodies read, decoded.",
			question: "How much does the partner send?",
		},
		{
			name: "invd_fetch_retries_total", kind: counter, labels: []string{"reason"},
			help:     "Attempts that failed and were to be made again, by the failure.",
			question: "What costs the budget twice?",
		},
		{
			name: "invd_fetch_oddities_total", kind: counter,
			help:     "Oddities of answers that were used all the same.",
			question: "Does the partner send worse data than it did?",
		},
		{
			name: "invd_sync_rows_total", kind: counter, labels: []string{"change"},
			help:     "Slots compared by the sync, by what became of them.",
			question: "How much of what is fetched is new?",
		},
		{
			name: "invd_sync_duration_seconds", kind: histogram,
			help:     "Time from a complete answer to its place in the store.",
			question: "Is the store a bottleneck of fetching?",
			buckets:  []float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5},
		},
	}
}
