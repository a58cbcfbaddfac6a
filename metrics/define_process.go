package metrics

import (
	"time"

	"invd/engine/report"
)

func processDefinitions() []definition {
	return []definition{
		{
			name: "invd_build_info", kind: gauge, labels: []string{"version", "revision", "goversion"},
			help:     "What this binary was built from; always 1.",
			question: "Which build runs where, and when did it change?",
		},
		{
			name: "invd_start_time_seconds", kind: gauge,
			help:     "Unix time at which the daemon started.",
			question: "Did it restart?",
			read:     func(s *report.Status, emit emit) { emit(unix(s.Started)) },
		},
		{
			name: "invd_ready", kind: gauge,
			help:     "Whether the daemon is ready to serve (1) or is starting, draining or broken (0).",
			question: "May readers be sent here?",
			read:     func(s *report.Status, emit emit) { emit(truth(s.Ready)) },
		},
		{
			name: "invd_config_reloads_total", kind: counter, labels: []string{"result"},
			help:     "Configuration reloads by result.",
			question: "Is the configuration being changed?",
		},
		{
			name: "invd_config_last_reload_successful", kind: gauge,
			help:     "Whether the last load of the configuration succeeded.",
			question: "Does it run with what the file says, or did the last reload fail?",
		},
		{
			name: "invd_config_last_reload_success_timestamp_seconds", kind: gauge,
			help:     "Unix time of the last successful load of the configuration.",
			question: "Since when is the configuration in force?",
		},
		{
			name: "invd_tls_certificate_expiry_timestamp_seconds", kind: gauge, labels: []string{"listener"},
			help:     "Unix time at which the certificate of a listener expires; 0 if it speaks plain HTTP.",
			question: "Is it time to renew, or was a renewed one not loaded?",
		},
		{
			name: "invd_panics_recovered_total", kind: counter, labels: []string{"component"},
			help:     "Panics recovered, by component; any increase is a bug.",
			question: "Is there a bug to report?",
		},
	}
}

func freshnessDefinitions() []definition {
	return []definition{
		{
			name: "invd_products", kind: gauge, labels: []string{"state"},
			help:     "Products known, by state.",
			question: "How many products are refreshed, paused, disabled by the configuration, or gone at the partner?",
			read: func(s *report.Status, emit emit) {
				emit(float64(s.Products.Active), "active")
				emit(float64(s.Products.Paused), "paused")
				emit(float64(s.Products.Disabled), "disabled")
				emit(float64(s.Products.Gone), "gone")
			},
		},
		{
			name: "invd_freshness_keys", kind: gauge, labels: []string{"schedule", "state"},
			help:     "Keys (product, date) by the schedule they follow and how fresh they are.",
			question: "What share of the inventory is as fresh as promised?",
			read: perSchedule(func(s *report.Schedule, emit emit) {
				emit(float64(s.Keys.Fresh), s.Name, "fresh")
				emit(float64(s.Keys.Stale), s.Name, "stale")
				emit(float64(s.Keys.Never), s.Name, "never")
				emit(float64(s.Keys.Paused), s.Name, "paused")
			}),
		},
		{
			name: "invd_freshness_oldest_age_seconds", kind: gauge, labels: []string{"schedule"},
			help:     "Age of the stalest key of a schedule that is not paused; of one never answered, since the daemon took it up.",
			question: "How bad is the worst?",
			read:     perSchedule(func(s *report.Schedule, emit emit) { emit(s.OldestAgeSeconds, s.Name) }),
		},
		{
			name: "invd_freshness_objective_seconds", kind: gauge, labels: []string{"schedule"},
			help:     "Age up to which a key of this schedule counts as fresh.",
			question: "What was promised? Alerts compare ages with it.",
			read:     perSchedule(func(s *report.Schedule, emit emit) { emit(s.ObjectiveSeconds, s.Name) }),
		},
		{
			name: "invd_served_reads_total", kind: counter, labels: []string{"schedule", "fresh"},
			help:     "Inventory reads by whether what was served met its objective; never: nothing was ever fetched.",
			question: "What share of readers got what was promised?",
		},
		{
			name: "invd_served_age_seconds", kind: histogram,
			help:     "Age of inventory at the moment it was served.",
			question: "How old is what readers get?",
			// The default schedules' intervals and objectives are bounds.
			buckets: []float64{60, 300, 900, 1200, 3600, 7200, 14400, 18000, 43200, 86400, 108000, 172800, 259200, 288000, 345600},
		},
	}
}

// perSchedule reads a gauge from every schedule of a status.
func perSchedule(read func(*report.Schedule, emit)) func(*report.Status, emit) {
	return func(s *report.Status, emit emit) {
		for i := range s.Schedules {
			read(&s.Schedules[i], emit)
		}
	}
}

// unix returns Unix seconds, 0 for the zero time.
func unix(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}
