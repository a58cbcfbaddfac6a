package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Storage counts what the store does. Its methods may be called from any
// goroutine, on a nil Storage too.
type Storage struct {
	seconds, operations prometheus.Observer
	corrupt             prometheus.Counter
	snapshots           *prometheus.CounterVec
	lastSnapshot        prometheus.Gauge
}

func newStorage(r *registrar) *Storage {
	s := &Storage{
		seconds:    r.histogram("invd_store_commit_duration_seconds").WithLabelValues(),
		operations: r.histogram("invd_store_commit_batch_size").WithLabelValues(),
		corrupt:    r.counter("invd_store_corrupt_records_total").WithLabelValues(),

		snapshots:    r.counter("invd_store_snapshots_total"),
		lastSnapshot: r.gauge("invd_store_last_snapshot_success_timestamp_seconds").WithLabelValues(),
	}
	each(s.snapshots, results)
	return s
}

// Committed tells of a commit that is on disk.
func (s *Storage) Committed(took time.Duration, operations int) {
	if s != nil {
		s.seconds.Observe(took.Seconds())
		s.operations.Observe(float64(operations))
	}
}

// Corrupt counts a record dropped for its checksum.
func (s *Storage) Corrupt() {
	if s != nil {
		s.corrupt.Inc()
	}
}

// Snapshot tells of a snapshot begun at a moment.
func (s *Storage) Snapshot(began time.Time, ok bool) {
	if s == nil {
		return
	}
	s.snapshots.WithLabelValues(result(ok)).Inc()
	if ok {
		s.lastSnapshot.Set(float64(began.UnixNano()) / 1e9)
	}
}
