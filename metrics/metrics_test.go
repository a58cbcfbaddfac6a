package metrics

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"invd/engine/refresh"
	"invd/engine/report"
)

var schedules = []string{"today", "week", "month", "season"}

func newForTest() *Metrics {
	return New(Options{
		Schedules: schedules,
		Bands:     []string{"on-demand", "today", "retry", "week", "month", "season"},
		Handlers:  []string{"slots", "dates", "healthy", "ready", "metrics", "pprof", "page", "query", "change", "events", "openapi", "other"},
		Refusals:  []string{"no_token", "wrong_token", "too_many_tries", "socket_only", "cross_site", "unknown_host"},
		Version:   "1.2.3", Revision: "abc", Schema: 1,
	})
}

// family is what the registry holds of one name: series by label values.
type family struct {
	labels []string
	series map[string]bool
}

func gather(t *testing.T, m *Metrics) map[string]family {
	t.Helper()
	list, err := m.Registry().Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]family{}
	for _, f := range list {
		if !strings.HasPrefix(f.GetName(), "invd_") {
			continue
		}
		one := family{series: map[string]bool{}}
		for _, s := range f.GetMetric() {
			var names, values []string
			for _, l := range s.GetLabel() {
				names, values = append(names, l.GetName()), append(values, l.GetValue())
			}
			one.labels = names
			one.series[strings.Join(values, ",")] = true
		}
		all[f.GetName()] = one
	}
	return all
}

func TestTheRegistryHoldsTheCatalogueAndNothingElse(t *testing.T) {
	got := map[string][]string{}
	for name, f := range gather(t, newForTest()) {
		got[name] = f.labels
	}
	want := map[string][]string{}
	for _, d := range catalogue() {
		want[d.name] = slices.Sorted(slices.Values(d.labels))
		if d.help == "" || d.question == "" {
			t.Errorf("%s: help %q, question %q; want both", d.name, d.help, d.question)
		}
	}
	if diff := cmp.Diff(want, got, cmp.Transformer("empty", func(s []string) string { return strings.Join(s, ",") })); diff != "" {
		t.Errorf("names and labels differ (- catalogue, + registry):\n%s", diff)
	}
}

// Names and labels that others rely on: dashboards, alerts, checks.
func TestPromisedNamesAndLabels(t *testing.T) {
	promised := map[string]string{
		"invd_build_info": "goversion,revision,version", "invd_ready": "", "invd_products": "state",
		"invd_freshness_keys": "schedule,state", "invd_freshness_oldest_age_seconds": "schedule",
		"invd_served_reads_total": "fresh,schedule", "invd_served_age_seconds": "",
		"invd_budget_requests_total": "key", "invd_schedule_ticks_total": "outcome,schedule",
		"invd_wheel_timers": "", "invd_queue_jobs": "band", "invd_queue_oldest_age_seconds": "band",
		"invd_jobs": "state", "invd_jobs_finished_total": "outcome,schedule",
		"invd_fetch_attempts_total": "outcome", "invd_fetch_duration_seconds": "",
		"invd_sync_rows_total": "change", "invd_store_commit_duration_seconds": "",
		"invd_store_file_size_bytes": "", "invd_cache_requests_total": "result",
		"invd_http_requests_total": "code,handler", "invd_http_request_duration_seconds": "handler",
	}
	all := gather(t, newForTest())
	for name, labels := range promised {
		f, ok := all[name]
		if got := strings.Join(f.labels, ","); !ok || got != labels {
			t.Errorf("%s: there %v, labels %q; want labels %q", name, ok, got, labels)
		}
	}
}

func TestEverySeriesExistsAtZeroBeforeAnythingHappens(t *testing.T) {
	m := newForTest()
	before := gather(t, m)
	happen(m)
	m.SetStatus(func() report.Status { return busy() })
	for name, f := range gather(t, m) {
		for series := range f.series {
			if !before[name].series[series] {
				t.Errorf("%s{%s} did not exist before it was first counted", name, series)
			}
		}
	}
	text := scrape(t, newForTest())
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if strings.HasPrefix(name, "invd_") && value != "0" && !slices.ContainsFunc(
			[]string{"invd_build_info", "invd_config_last_reload", "invd_store_schema_version"},
			func(p string) bool { return strings.HasPrefix(name, p) }) {
			t.Errorf("before anything happened: %s", line)
		}
	}
}

// happen calls every verb with every value of its closed set.
func happen(m *Metrics) {
	for _, s := range schedules {
		for _, o := range tickOutcomes {
			m.Engine.Ticks(s, o, 2)
		}
		for _, tr := range refresh.Triggers() {
			m.Engine.Created(s, tr)
		}
		for _, o := range refresh.Outcomes() {
			m.Engine.Finished(s, o)
		}
		m.HTTP.Read(s, true, time.Minute)
		m.HTTP.Read(s, false, 30*time.Hour)
		m.HTTP.NeverFetched(s)
	}
	for _, o := range defaultOutcomes {
		m.Engine.Attempt(o, time.Second, 100)
		m.Engine.Retried(o)
	}
	m.Engine.Retried("store")
	for _, r := range blockReasons {
		m.Engine.Blocked(r)
	}
	m.Engine.Requested(3)
	m.Engine.Waited(time.Second)
	m.Engine.Tolerated(2)
	m.Engine.Rows(1, 2, 3, 4)
	m.Engine.Synced(time.Millisecond)
	m.Engine.Recovered(5)
	m.Storage.Committed(time.Millisecond, 7)
	m.Storage.Corrupt()
	for code := 100; code < 700; code += 100 {
		m.HTTP.Served("slots", code, time.Millisecond)
	}
	m.HTTP.Cached(true)
	m.HTTP.Cached(false)
	m.HTTP.Refused("wrong_token")
	m.HTTP.Panicked()
	m.Reloaded(true)
	m.Reloaded(false)
}

func TestValuesOfNoClosedSetAreCountedAsOther(t *testing.T) {
	m := newForTest()
	m.Engine.Attempt("surprise", time.Second, 1)
	m.Engine.Retried("surprise")
	m.Engine.Blocked("surprise")
	m.HTTP.Served("surprise", 200, time.Second)
	m.HTTP.Refused("surprise")
	text := scrape(t, m)
	for _, want := range []string{
		`invd_fetch_attempts_total{outcome="other"} 1`,
		`invd_admin_refused_total{reason="other"} 1`,
		`invd_fetch_retries_total{reason="other"} 1`,
		`invd_budget_blocks_total{key="partner",reason="other"} 1`,
		`invd_http_requests_total{code="2xx",handler="other"} 1`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("scrape lacks %s", want)
		}
	}
}

func TestNothingThatIsServedAddsASeries(t *testing.T) {
	m := newForTest()
	happen(m)
	count := func() (n int) {
		for _, f := range gather(t, m) {
			n += len(f.series)
		}
		return n
	}
	before := count()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		m.HTTP.Served(fmt.Sprintf("/api/v1/experience/%d/slots", rng.Int64()), rng.IntN(2000)-500, time.Second)
	}
	if after := count(); after != before {
		t.Errorf("%d series after 100,000 handlers nobody named, %d before", after, before)
	}
}

func TestAScrapeIsSmallAndWellNamed(t *testing.T) {
	text := scrape(t, newForTest())
	lines := 0
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			lines++
		}
	}
	if lines >= 900 {
		t.Errorf("%d series; want fewer than 900", lines)
	}
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("promlint: %s: %s", p.Metric, p.Text)
	}
}

func TestAStatusIsReadOncePerScrape(t *testing.T) {
	m := newForTest()
	calls := 0
	m.SetStatus(func() report.Status { calls++; return busy() })
	text := scrape(t, m)
	if calls != 1 {
		t.Errorf("status was called %d times for one scrape; want 1", calls)
	}
	for _, want := range []string{
		`invd_ready 1`,
		`invd_products{state="gone"} 1`,
		`invd_freshness_keys{schedule="week",state="stale"} 2`,
		`invd_freshness_oldest_age_seconds{schedule="week"} 90`,
		`invd_queue_jobs{band="today"} 7`,
		`invd_jobs{state="dead"} 4`,
		`invd_budget_limit_requests{key="partner"} 1000`,
		`invd_budget_window_seconds{key="partner"} 86400`,
		`invd_budget_planned_requests_per_second{schedule="week"} 0.5`,
		`invd_plan_stretch_ratio 1.81`,
		`invd_plan_predicted_fresh_ratio 0.44`,
		`invd_budget_blocked_until_timestamp_seconds{key="partner"} 1.7e+09`,
		`invd_schedule_paused{schedule="week"} 1`,
		`invd_source_state{state="held"} 1`,
		`invd_source_state{state="open"} 0`,
		`invd_store_file_size_bytes 4096`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("scrape lacks %s", want)
		}
	}
}

func busy() report.Status {
	s := report.Status{
		Ready:   true,
		Stretch: 1.81, Predicted: 0.44,
		Products: report.Products{Active: 3, Gone: 1},
		Jobs:     report.Jobs{Dead: 4},
		Budget: report.Budget{Key: "elsewhere", Limits: []report.Limit{ // 0.5/s, 0.0116/s, 0.1/s
			{Requests: 30, PerSeconds: 60}, {Requests: 1000, PerSeconds: 86400}, {Requests: 6, PerSeconds: 60},
		}},
		Source: report.Source{State: "held", BlockedUntil: time.Unix(1_700_000_000, 0)},
		Store:  report.Store{FileBytes: 4096},
		Bands:  []report.Band{{Name: "today", Jobs: 7}},
	}
	for _, name := range schedules {
		one := report.Schedule{Name: name}
		if name == "week" {
			one.Keys.Stale, one.OldestAgeSeconds, one.DemandPerDay = 2, 90, 43200
			one.Paused = &refresh.Pause{}
		}
		s.Schedules = append(s.Schedules, one)
	}
	return s
}

func TestAReloadAddsTheNewSchedulesSeries(t *testing.T) {
	m := newForTest()
	m.HTTP.Read("today", true, time.Second)
	m.SetSchedules([]string{"today", "tonight"}, []string{"on-demand"})
	m.HTTP.Read("today", true, time.Second)
	text := scrape(t, m)
	for _, want := range []string{
		`invd_served_reads_total{fresh="true",schedule="today"} 2`,
		`invd_served_reads_total{fresh="never",schedule="tonight"} 0`,
		`invd_schedule_ticks_total{outcome="missed",schedule="tonight"} 0`,
		`invd_freshness_keys{schedule="tonight",state="fresh"} 0`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("scrape lacks %s", want)
		}
	}
}

func TestNilMetricsCountNothing(t *testing.T) {
	happenNil := &Metrics{}
	var e *Engine = happenNil.Engine
	e.Ticks("today", "created", 1)
	e.Created("today", refresh.First)
	e.Finished("today", refresh.Changed)
	e.Recovered(1)
	e.Requested(1)
	e.Waited(1)
	e.Blocked("breaker")
	e.Attempt("ok", 1, 1)
	e.Retried("timeout")
	e.Tolerated(1)
	e.Rows(1, 1, 1, 1)
	e.Synced(1)
	happenNil.Storage.Committed(1, 1)
	happenNil.Storage.Corrupt()
	happenNil.HTTP.Served("slots", 200, 1)
	happenNil.HTTP.Read("today", true, 1)
	happenNil.HTTP.NeverFetched("today")
	happenNil.HTTP.Cached(true)
	happenNil.HTTP.Refused("wrong_token")
	happenNil.HTTP.Panicked()
}

func TestServedAllocatesNothing(t *testing.T) {
	m := newForTest()
	if n := testing.AllocsPerRun(100, func() {
		m.HTTP.Served("slots", 200, time.Millisecond)
		m.HTTP.Read("today", true, time.Minute)
		m.HTTP.Cached(true)
	}); n != 0 {
		t.Errorf("%v allocations a read; want 0", n)
	}
}

func scrape(t *testing.T, m *Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	body, err := io.ReadAll(w.Result().Body)
	if err != nil || w.Code != 200 {
		t.Fatalf("scrape: code %d, %v", w.Code, err)
	}
	return string(body)
}
