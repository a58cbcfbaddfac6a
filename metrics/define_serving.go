package metrics

import "invd/engine/report"

func storageDefinitions() []definition {
	return []definition{
		{
			name: "invd_store_commit_duration_seconds", kind: histogram,
			help:     "Duration of commits to the database, fsync included.",
			question: "Is the disk slow?",
			buckets:  []float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5},
		},
		{
			name: "invd_store_commit_batch_size", kind: histogram,
			help:     "Operations that went into one commit.",
			question: "How well do commits group?",
			buckets:  []float64{1, 2, 4, 8, 16, 32, 64, 128, 256, 1024},
		},
		{
			name: "invd_store_corrupt_records_total", kind: counter,
			help:     "Records dropped for a checksum that does not fit.",
			question: "Is the disk lying?",
		},
		{
			name: "invd_store_snapshots_total", kind: counter, labels: []string{"result"},
			help:     "Snapshots taken, by result.",
			question: "Can the database be restored?",
		},
		{
			name: "invd_store_last_snapshot_success_timestamp_seconds", kind: gauge,
			help:     "Unix time of the last snapshot taken by this process; 0 if none.",
			question: "To which moment?",
		},
		{
			name: "invd_store_file_size_bytes", kind: gauge,
			help:     "Size of the database file.",
			question: "Does it grow?",
			read:     func(s *report.Status, emit emit) { emit(float64(s.Store.FileBytes)) },
		},
		{
			name: "invd_store_records", kind: gauge,
			help:     "Records stored, each a product on a date.",
			question: "How much is mirrored?",
			read:     func(s *report.Status, emit emit) { emit(float64(s.Store.Days)) },
		},
		{
			name: "invd_store_broken", kind: gauge,
			help:     "Whether the store takes no more writes.",
			question: "Is anything still being stored?",
			read:     func(s *report.Status, emit emit) { emit(truth(s.Store.Broken != "")) },
		},
		{
			name: "invd_store_schema_version", kind: gauge,
			help:     "Version of the on-disk format in use.",
			question: "Which releases can open the file?",
		},
	}
}

func httpDefinitions() []definition {
	return []definition{
		{
			name: "invd_http_requests_total", kind: counter, labels: []string{"handler", "code"},
			help:     "HTTP requests served on both listeners, by handler and class of status code.",
			question: "How much is asked, and do answers fail?",
		},
		{
			name: "invd_http_request_duration_seconds", kind: histogram, labels: []string{"handler"},
			help:     "Duration of HTTP requests, by handler.",
			question: "Are answers slow?",
			buckets:  []float64{0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.025, 0.1, 0.5, 2.5, 10},
		},
		{
			name: "invd_admin_refused_total", kind: counter, labels: []string{"reason"},
			help:     "Requests to the admin listener that were refused, by reason.",
			question: "Is somebody trying tokens, or does a script have the wrong one?",
		},
		{
			name: "invd_cache_requests_total", kind: counter, labels: []string{"result"},
			help:     "Lookups in the cache of encoded answers.",
			question: "Is the cache large enough?",
		},
	}
}
