package metrics

import (
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"invd/engine/refresh"
)

// Engine counts what the scheduler and the workers do. Its methods may be called
// from any goroutine, on a nil Engine too.
type Engine struct {
	key      string
	outcomes []string
	reasons  []string // why an attempt is made again

	asks, awaits            *prometheus.CounterVec
	awaitSeconds            prometheus.Observer
	requests, blocks        *prometheus.CounterVec
	waits                   prometheus.Observer
	ticks                   *prometheus.CounterVec
	created, finished       *prometheus.CounterVec
	recovered               prometheus.Counter
	attempts, retries       *prometheus.CounterVec
	fetchSeconds            prometheus.Observer
	responseBytes, oddities prometheus.Counter
	rows                    *prometheus.CounterVec
	syncSeconds             prometheus.Observer
	readsTrue               prometheus.Observer
	predictions             *prometheus.CounterVec
}

func newEngine(r *registrar, o Options) *Engine {
	e := &Engine{
		key: o.Key, outcomes: o.Outcomes,
		reasons:       append(slices.Clone(o.Outcomes[min(1, len(o.Outcomes)):]), "store"),
		asks:          r.counter("invd_demand_asks_total"),
		awaits:        r.counter("invd_demand_waits_total"),
		awaitSeconds:  r.histogram("invd_demand_wait_seconds").WithLabelValues(),
		requests:      r.counter("invd_budget_requests_total"),
		blocks:        r.counter("invd_budget_blocks_total"),
		waits:         r.histogram("invd_budget_wait_seconds").WithLabelValues(o.Key),
		ticks:         r.counter("invd_schedule_ticks_total"),
		created:       r.counter("invd_jobs_created_total"),
		finished:      r.counter("invd_jobs_finished_total"),
		recovered:     r.counter("invd_jobs_recovered_total").WithLabelValues(),
		attempts:      r.counter("invd_fetch_attempts_total"),
		retries:       r.counter("invd_fetch_retries_total"),
		fetchSeconds:  r.histogram("invd_fetch_duration_seconds").WithLabelValues(),
		responseBytes: r.counter("invd_fetch_response_bytes_total").WithLabelValues(),
		oddities:      r.counter("invd_fetch_oddities_total").WithLabelValues(),
		rows:          r.counter("invd_sync_rows_total"),
		syncSeconds:   r.histogram("invd_sync_duration_seconds").WithLabelValues(),
		readsTrue:     r.histogram("invd_planner_read_probability").WithLabelValues(),
		predictions:   r.counter("invd_planner_predictions_total"),
	}
	key := []string{o.Key}
	each(e.asks, append(slices.Clone(askOutcomes), other))
	each(e.awaits, append(slices.Clone(waitResults), other))
	each(e.requests, key)
	each(e.blocks, key, append(slices.Clone(blockReasons), other))
	each(e.attempts, append(slices.Clone(e.outcomes), other))
	each(e.retries, append(slices.Clone(e.reasons), other))
	each(e.rows, rowChanges)
	each(e.predictions, tenths, rightValues)
	return e
}

// prepare makes the series of schedules exist.
func (e *Engine) prepare(schedules []string) {
	each(e.ticks, schedules, tickOutcomes)
	each(e.created, schedules, names(refresh.Triggers()))
	each(e.finished, schedules, names(refresh.Outcomes()))
}

func names[T interface{ String() string }](values []T) (names []string) {
	for _, v := range values {
		names = append(names, v.String())
	}
	return names
}

// Ticks counts n nominal ticks of a schedule. outcome is created, coalesced,
// deferred, skipped_paused, skipped_gone or missed.
func (e *Engine) Ticks(schedule, outcome string, n int) {
	if e != nil {
		e.ticks.WithLabelValues(schedule, among(tickOutcomes, outcome)).Add(float64(n))
	}
}

// Created counts a job made.
func (e *Engine) Created(schedule string, t refresh.Trigger) {
	if e != nil {
		e.created.WithLabelValues(schedule, t.String()).Inc()
	}
}

// Finished counts a job whose life is over.
func (e *Engine) Finished(schedule string, o refresh.Outcome) {
	if e != nil {
		e.finished.WithLabelValues(schedule, o.String()).Inc()
	}
}

// Recovered counts jobs that an earlier process left unfinished.
func (e *Engine) Recovered(n int) {
	if e != nil {
		e.recovered.Add(float64(n))
	}
}

// Asked counts a read that asked for a fetch. outcome is queued, joined, refused or
// over_share.
func (e *Engine) Asked(outcome string) {
	if e != nil {
		e.asks.WithLabelValues(among(askOutcomes, outcome)).Inc()
	}
}

// Awaited tells how a reader's waiting for a fetch ended and how long it took.
// result is fetched, unanswered, late, refused or gone.
func (e *Engine) Awaited(result string, took time.Duration) {
	if e != nil {
		e.awaits.WithLabelValues(among(waitResults, result)).Inc()
		e.awaitSeconds.Observe(took.Seconds())
	}
}

// Requested counts requests charged to the budget.
func (e *Engine) Requested(n int) {
	if e != nil {
		e.requests.WithLabelValues(e.key).Add(float64(n))
	}
}

// Waited tells how long a permit was waited for.
func (e *Engine) Waited(d time.Duration) {
	if e != nil {
		e.waits.Observe(d.Seconds())
	}
}

// Blocked counts that sending stopped.
func (e *Engine) Blocked(reason string) {
	if e != nil {
		e.blocks.WithLabelValues(e.key, among(blockReasons, reason)).Inc()
	}
}

// Attempt tells of one HTTP request to the partner and the bytes of its answer.
func (e *Engine) Attempt(outcome string, took time.Duration, bytes int64) {
	if e != nil {
		e.attempts.WithLabelValues(among(e.outcomes, outcome)).Inc()
		e.fetchSeconds.Observe(took.Seconds())
		e.responseBytes.Add(float64(bytes))
	}
}

// Retried counts an attempt that failed and that another follows.
func (e *Engine) Retried(reason string) {
	if e != nil {
		e.retries.WithLabelValues(among(e.reasons, reason)).Inc()
	}
}

// Tolerated counts oddities of an answer that was used all the same.
func (e *Engine) Tolerated(oddities int) {
	if e != nil {
		e.oddities.Add(float64(oddities))
	}
}

// Rows counts the slots that a sync compared.
func (e *Engine) Rows(added, changed, removed, unchanged int) {
	if e != nil {
		for i, n := range []int{added, changed, removed, unchanged} { // as rowChanges
			e.rows.WithLabelValues(rowChanges[i]).Add(float64(n))
		}
	}
}

// Synced tells how long an answer took to its place in the store.
func (e *Engine) Synced(took time.Duration) {
	if e != nil {
		e.syncSeconds.Observe(took.Seconds())
	}
}

// ReadTrue counts reads of a date that is still true with that probability.
func (e *Engine) ReadTrue(probability float64, reads int) {
	if e != nil {
		for range reads {
			e.readsTrue.Observe(probability)
		}
	}
}

// Predicted counts a fetch before which no news had that probability.
func (e *Engine) Predicted(probability float64, right bool) {
	if e != nil {
		tenth := max(0, min(len(tenths)-1, int(probability*float64(len(tenths)))))
		e.predictions.WithLabelValues(tenths[tenth], strconv.FormatBool(right)).Inc()
	}
}
