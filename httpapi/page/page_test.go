package page

import (
	"bytes"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"invd/engine/inventory"
	"invd/engine/refresh"
	"invd/engine/report"
)

// schedules as testing goes: ages of today are measured against 20 minutes, of the
// rest against 5 hours.
var schedules = []report.GridSchedule{{Name: "today", Days: 1, Objective: 20 * time.Minute}, {Name: "week", Days: 7, Objective: 5 * time.Hour}}

// gridOf returns a grid of products 14, 15, … with one cell today and the others in
// the week.
func gridOf(rows ...[]report.Cell) *report.Grid {
	g := &report.Grid{Schedules: schedules}
	for i, cells := range rows {
		for ahead := range cells {
			cells[ahead].Schedule = uint8(min(ahead, 1))
		}
		g.Rows = append(g.Rows, report.GridRow{ID: inventory.ProductID(14 + i), Name: fmt.Sprintf("Product %d", 14+i), State: "active", Today: 20_000, Cells: cells})
	}
	return g
}

func TestTheGradeFollowsAgeAgainstObjective(t *testing.T) {
	const objective = 20 * time.Minute
	for _, tt := range []struct {
		age   time.Duration
		never bool
		marks report.Marks
		want  grade
	}{
		{age: 0, want: young},
		{age: 10 * time.Minute, want: young},
		{age: 10*time.Minute + time.Second, want: due},
		{age: objective, want: due},
		{age: objective + time.Second, want: stale},
		{age: 2 * objective, want: stale},
		{age: 2*objective + time.Second, want: old},
		{never: true, want: never},
		{never: true, marks: report.Waiting | report.Failed, want: never},
		{never: true, marks: report.Paused, want: paused},
		{age: objective, marks: report.Paused | report.Failed, want: paused},
	} {
		c := report.Cell{Age: int32(tt.age / time.Second), Marks: tt.marks}
		if tt.never {
			c.Age = report.Never
		}
		if got := gradeOf(c, objective); got != tt.want {
			t.Errorf("grade of %+v = %d; want %d", tt, got, tt.want)
		}
	}
}

// A grade is told by its colour, its sign and its words, each alone.
func TestGradesDifferWithoutTheirColours(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range looks {
		for _, s := range []string{l.Class, l.Sign, l.Words} {
			if s == "" || seen[s] {
				t.Errorf("%q is there twice, or empty", s)
			}
			seen[s] = true
		}
	}
}

func TestTheQueryChoosesProducts(t *testing.T) {
	g := gridOf(
		[]report.Cell{{Age: 60}, {Age: 60}},                                 // 14: fresh
		[]report.Cell{{Age: 60}, {Age: 6 * 3600}},                           // 15: one stale
		[]report.Cell{{Age: report.Never}, {Age: 60}},                       // 16: one never
		[]report.Cell{{Age: 3600, Marks: report.Failed}, {Age: 12 * 3600}},  // 17: both old, one failing
		[]report.Cell{{Age: 60, Marks: report.Paused}, {Age: report.Never}}, // 18: one paused, one never
		nil, // 19: disabled
	)
	g.Rows[5].State = "disabled"
	g.Rows[1].Name = "Ferry <& Co>"
	for _, tt := range []struct {
		query string
		want  []inventory.ProductID
	}{
		{"", []inventory.ProductID{14, 15, 16, 17, 18, 19}},
		{"show=stale", []inventory.ProductID{15, 17}},
		{"show=never", []inventory.ProductID{16, 18}},
		{"show=failing", []inventory.ProductID{17}},
		{"show=paused", []inventory.ProductID{18}},
		{"show=idle", []inventory.ProductID{19}},
		{"show=nonsense", []inventory.ProductID{14, 15, 16, 17, 18, 19}},
		{"find=15", []inventory.ProductID{15}},
		{"find=ferry", []inventory.ProductID{15}},
		{"find=PRODUCT&show=never", []inventory.ProductID{16, 18}},
		{"find=nothing", nil},
		{"sort=worst", []inventory.ProductID{17, 15, 16, 18, 14, 19}},
		{"per=2", []inventory.ProductID{14, 15}},
		{"per=2&page=3", []inventory.ProductID{18, 19}},
		{"per=4&page=2", []inventory.ProductID{18, 19}},
		{"per=2&page=99", []inventory.ProductID{18, 19}},
		{"per=-1&page=0", []inventory.ProductID{14, 15, 16, 17, 18, 19}},
	} {
		v, err := url.ParseQuery(tt.query)
		if err != nil {
			t.Fatal(err)
		}
		var got []inventory.ProductID
		for _, r := range newGrid(g, ParseQuery(v)).Rows {
			got = append(got, r.ID)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q shows (- want, + got):\n%s", tt.query, diff)
		}
	}
}

func TestLinksKeepTheQuery(t *testing.T) {
	q := Query{Find: "a&b=c", Show: showStale, Sort: "worst", Page: 2, Per: 200}
	_, query, _ := strings.Cut(q.link(), "?")
	v, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(q, ParseQuery(v)); diff != "" {
		t.Errorf("read back from its link (- want, + got):\n%s", diff)
	}
}

func TestColumnsFollowTheSchedulesAndCountEveryProduct(t *testing.T) {
	cells := func(age int32) []report.Cell {
		c := make([]report.Cell, 7)
		for i := range c {
			c[i].Age = age
		}
		return c
	}
	g := gridOf(nil, cells(60), cells(6*3600))
	got := newGrid(g, Query{Page: 1, Per: 1})
	if diff := cmp.Diff([]span{{"today", 1}, {"week", 6}}, got.Spans); diff != "" {
		t.Errorf("spans (- want, + got):\n%s", diff)
	}
	want := tally{young: 7, old: 1, stale: 6}
	if *got.All != want {
		t.Errorf("all = %v; want %v, though the page has one product only", *got.All, want)
	}
	if bar := string(got.Columns[1].Bar); strings.Count(bar, "<rect") != 2 || !strings.Contains(bar, `class="g0" width="10" y="18" height="18"`) {
		t.Errorf("bar of a date that is half young, half stale: %s", bar)
	}
}

func TestACellSaysItAllInWords(t *testing.T) {
	g := gridOf([]report.Cell{
		{Age: 65, State: inventory.Open},
		{Age: 5*3600 + 60, State: inventory.SoldOut, Marks: report.Waiting},
		{Age: report.Never, Marks: report.Failed},
		{Age: 90000, State: inventory.Closed, Marks: report.Paused},
	})
	want := `<td class="b"><a class="g0" href="explain?product=14&amp;date=2024-10-04" title="2024-10-04: open, 1m5s old">·</a>` +
		`<td class="b"><a class="g2 w" href="explain?product=14&amp;date=2024-10-05" title="2024-10-05: sold-out, 5h1m old, waits to be fetched">+</a>` +
		`<td><a class="g4 x" href="explain?product=14&amp;date=2024-10-06" title="2024-10-06: never answered, last attempt failed">?</a>` +
		`<td><a class="g5" href="explain?product=14&amp;date=2024-10-07" title="2024-10-07: closed, 1d1h old, paused">=</a>`
	if diff := cmp.Diff(want, string(appendCells(nil, g, &g.Rows[0]))); diff != "" {
		t.Errorf("cells (- want, + got):\n%s", diff)
	}
}

func TestNumbersForPeople(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0s", 0: "0s", 59 * time.Second: "59s", time.Minute: "1m", 61 * time.Second: "1m1s", time.Hour: "1h",
		4*time.Hour + 5*time.Minute: "4h5m", 80 * time.Hour: "3d8h", 96 * time.Hour: "4d",
	} {
		if got := string(appendSpan(nil, d)); got != want {
			t.Errorf("span of %d = %q; want %q", d, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 256 << 20: "256.0 MiB", 3 << 40: "3.0 TiB"} {
		if got := size(n); got != want {
			t.Errorf("size(%d) = %q; want %q", n, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1\u202f000", 1234567: "1\u202f234\u202f567"} {
		if got := count(n); got != want {
			t.Errorf("count(%d) = %q; want %q", n, got, want)
		}
	}
	for _, tt := range []struct {
		hits, misses uint64
		want         string
	}{{0, 0, "–"}, {3, 1, "75\u202f%"}, {0, 4, "0\u202f%"}, {1999, 1, "99.9\u202f%"}} {
		if got := ratio(tt.hits, tt.misses); got != tt.want {
			t.Errorf("ratio(%d, %d) = %q; want %q", tt.hits, tt.misses, got, tt.want)
		}
	}
	if got := percent(9999, 10000); got != "99.9\u202f%" {
		t.Errorf("percent(9999, 10000) = %q; want 99.9: 100 is for all", got)
	}
}

// void are the elements without an end, and implied those whose end HTML does not ask
// for.
var (
	element = regexp.MustCompile(`<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^>"]|"[^"]*")*)>`)
	void    = map[string]bool{"meta": true, "link": true, "input": true, "rect": true}
	implied = map[string]bool{"td": true, "th": true, "tr": true, "dt": true, "dd": true, "li": true, "p": true, "option": true}
)

// checkNesting fails the test when an element of body is not closed, or is closed
// inside another, or an id is there twice.
func checkNesting(t *testing.T, name, body string) {
	t.Helper()
	var open []string
	ids := map[string]bool{}
	for _, m := range element.FindAllStringSubmatch(body, -1) {
		closes, tag := m[1] != "", m[2]
		if id := regexp.MustCompile(`\sid="([^"]*)"`).FindStringSubmatch(m[3]); id != nil {
			if ids[id[1]] {
				t.Errorf("%s: the id %q is there twice", name, id[1])
			}
			ids[id[1]] = true
		}
		switch {
		case void[tag]:
		case !closes:
			open = append(open, tag)
		default:
			for len(open) > 0 && open[len(open)-1] != tag && implied[open[len(open)-1]] {
				open = open[:len(open)-1]
			}
			if len(open) == 0 || open[len(open)-1] != tag {
				t.Fatalf("%s: </%s> closes %v", name, tag, open)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("%s: %v not closed", name, open)
	}
}

func TestPagesAreWellFormed(t *testing.T) {
	pause := &refresh.Pause{Reason: "works", By: "token", Since: time.Unix(0, 0)}
	full := Status{
		Status: report.Status{
			Paused: pause, Source: report.Source{State: "held", Reason: "429", BlockedUntil: time.Unix(60, 0), Failures: 3, LastError: "x"},
			Schedules: []report.Schedule{{Name: "today", Paused: pause}}, Bands: []report.Band{{Name: "week", Jobs: 3}},
			Budget: report.Budget{Limits: []report.Limit{{Requests: 30, PerSeconds: 60}, {Requests: 1000, PerSeconds: 86400}}}, Infeasible: "x", Store: report.Store{Broken: "x"},
		},
		Ages:     *gridOf([]report.Cell{{Age: 60}, {Age: 60}}, nil),
		Failures: []report.Job{{ID: 1, Product: 14}, {ID: 2, Product: 14, Finished: time.Unix(0, 0)}}, Query: Query{Page: 1, Per: 1}, Token: true,
	}
	explained := Explanation{
		Explanation: report.Explanation{
			Paused: pause, Checked: time.Unix(0, 0), Due: time.Unix(9, 0), LastError: "x", Source: full.Source, Budget: full.Budget, Band: "week",
		},
		Jobs: full.Failures, Token: true,
	}
	for name, draw := range map[string]func(*bytes.Buffer) error{
		"full status":       func(b *bytes.Buffer) error { return full.Draw(b) },
		"empty status":      func(b *bytes.Buffer) error { return (&Status{Query: ParseQuery(nil)}).Draw(b) },
		"full explanation":  func(b *bytes.Buffer) error { return explained.Draw(b) },
		"empty explanation": func(b *bytes.Buffer) error { return new(Explanation).Draw(b) },
		"problem":           func(b *bytes.Buffer) error { return (&Problem{"a", "b"}).Draw(b) },
	} {
		var b bytes.Buffer
		if err := draw(&b); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkNesting(t, name, b.String())
	}
}

func TestPausesAreListedTheWidestFirstAndNotWithoutEnd(t *testing.T) {
	p := &refresh.Pause{}
	s := Status{Status: report.Status{Paused: p, Schedules: []report.Schedule{{Name: "today"}, {Name: "week", Paused: p}}}}
	for range mostPauses {
		s.Ages.Rows = append(s.Ages.Rows, report.GridRow{ID: 14, Paused: p})
	}
	all, more := allPauses(&s)
	if len(all) != mostPauses || more != 2 || all[0].Scope != "global" || all[1].Scope != "schedule/week" || all[2].Scope != "product/14" {
		t.Errorf("%d pauses from %v, %d more; want %d from global, schedule/week, product/14, 2 more", len(all), all[:3], more, mostPauses)
	}
}

func TestTheBudgetTellsWhatIsPlanned(t *testing.T) {
	budget := report.Budget{DemandPerDay: 74_250, LimitPerDay: 43_200}
	for _, tt := range []struct {
		status report.Status
		want   string
	}{
		{
			report.Status{Stretch: 1.81, Budget: budget, Predicted: 0.475, PredictedBy: report.RatesAssumed},
			"plan not feasible as written, every interval stretched 1.81 times predicted 47.5 % of reads true, by assumed rates",
		},
		{
			report.Status{Stretch: 1, Budget: budget, Planner: new(report.Planner), Predicted: 0.869, PredictedBy: report.RatesLearned},
			"plan not feasible as written predicted 86.9 % of reads true, by learned rates",
		},
		{
			report.Status{Stretch: 1.2, Budget: budget, Planner: new(report.Planner)},
			"plan not feasible as written, every bound of age stretched 1.20 times ",
		},
		{report.Status{Stretch: 1, Budget: report.Budget{DemandPerDay: 9, LimitPerDay: 9}}, "plan feasible "},
	} {
		var b bytes.Buffer
		if err := (&Status{Status: tt.status, Query: ParseQuery(nil)}).Draw(&b); err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(element.ReplaceAllString(b.String(), " ")), " ")
		if !strings.Contains(text, tt.want) {
			t.Errorf("the page of %+v lacks %q:\n%s", tt.status, tt.want, text)
		}
	}
}
