package plan_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"invd/engine/inventory"
	"invd/engine/plan"
)

// defaults are the schedules that a configuration without any has.
func defaults() []plan.Schedule {
	return []plan.Schedule{
		{Name: "today", Days: 1, Every: 15 * time.Minute},
		{Name: "week", Days: 7, Every: 4 * time.Hour},
		{Name: "month", Days: 30, Every: 24 * time.Hour},
		{Name: "season", Days: 60, Every: 72 * time.Hour},
	}
}

func TestADateFollowsTheShortestScheduleThatCoversIt(t *testing.T) {
	rules := plan.NewRules(defaults())
	today := mustDate(t, "2026-02-20")
	tests := []struct {
		ahead int
		want  string // "" for none
	}{
		{-1, ""}, {0, "today"}, {1, "week"}, {6, "week"}, {7, "month"}, {29, "month"}, {30, "season"}, {59, "season"}, {60, ""},
		{math.MinInt32 / 2, ""}, {math.MaxInt32 / 2, ""},
	}
	for _, tt := range tests {
		got := ""
		if i, ok := rules.Of(today, today.AddDays(tt.ahead)); ok {
			got = rules.Schedules()[i].Name
		}
		if got != tt.want {
			t.Errorf("%d days ahead follow %q, want %q", tt.ahead, got, tt.want)
		}
	}
	if got := rules.Horizon(); got != 60 {
		t.Errorf("Horizon() = %d, want 60", got)
	}
}

// However schedules overlap and in whatever order they are given, each date
// follows one of them, the shortest, and those alone are asked for.
func TestOverlappingSchedulesNeverCountADateTwice(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	today := mustDate(t, "2026-02-20")
	for round := range 300 {
		given := make([]plan.Schedule, 1+random.IntN(8))
		for i := range given {
			given[i] = plan.Schedule{Name: string(rune('a' + i)), Days: 1 + random.IntN(40), Every: time.Duration(1+random.IntN(6)) * time.Hour}
		}
		before := slices.Clone(given)
		rules := plan.NewRules(given)
		if diff := cmp.Diff(before, given); diff != "" {
			t.Fatalf("round %d: NewRules changed what it was given (-want +got):\n%s", round, diff)
		}
		schedules := rules.Schedules()
		if !slices.IsSortedFunc(schedules, func(a, b plan.Schedule) int {
			if a.Every != b.Every {
				return int(a.Every - b.Every)
			}
			return a.Days - b.Days
		}) {
			t.Fatalf("round %d: Schedules() = %v, want shortest interval first, then fewest days", round, schedules)
		}

		perDay := make([]float64, len(schedules))
		for ahead := -2; ahead < 45; ahead++ {
			want := time.Duration(0) // the shortest interval that covers it
			for _, s := range given {
				if ahead >= 0 && ahead < s.Days && (want == 0 || s.Every < want) {
					want = s.Every
				}
			}
			i, ok := rules.Of(today, today.AddDays(ahead))
			if ok != (want != 0) || ok != (ahead >= 0 && ahead < rules.Horizon()) {
				t.Fatalf("round %d: Of(%d days ahead) = %d, %v; want an interval of %v among %v", round, ahead, i, ok, want, given)
			}
			if !ok {
				continue
			}
			if got := schedules[i]; got.Every != want || ahead >= got.Days {
				t.Fatalf("round %d: %d days ahead follow %v, want an interval of %v among %v", round, ahead, got, want, given)
			}
			perDay[i] += 24 / want.Hours()
		}
		for i, got := range rules.Demand() {
			if math.Abs(got-perDay[i]) > 1e-9 {
				t.Fatalf("round %d: Demand()[%d] = %v, want %v, the sum over its dates", round, i, got, perDay[i])
			}
		}
	}
}

func TestThereIsNoLimitOnTheNumberOfSchedules(t *testing.T) {
	var many []plan.Schedule
	for i := range 300 {
		many = append(many, plan.Schedule{Name: "one more day", Days: i + 1, Every: time.Duration(i+1) * time.Hour})
	}
	rules := plan.NewRules(many)
	for ahead := range 300 {
		if got, ok := rules.Of(0, inventory.Date(ahead)); got != ahead || !ok {
			t.Errorf("Of(%d days ahead) = %d, %v; want %d, true", ahead, got, ok, ahead)
		}
	}
}

// The brute force enumerates three days of ticks of every product and date, three
// days being a multiple of every interval.
func TestDemandIsWhatTheTicksAskFor(t *testing.T) {
	const products, days = 450, 3
	rules := plan.NewRules(defaults())
	today := mustDate(t, "2026-02-20")
	from := today.Start(time.UTC)
	got := rules.Demand()
	if diff := cmp.Diff([]float64{96, 36, 23, 10}, got); diff != "" {
		t.Errorf("Demand of today, week, month, season (-want +got):\n%s", diff)
	}

	ticks := make([]int, len(got))
	for p := range inventory.ProductID(products) {
		for ahead := -3; ahead < 70; ahead++ {
			k := inventory.Key{Product: p + 1, Date: today.AddDays(ahead)}
			if i, ok := rules.Of(today, k.Date); ok {
				ticks[i] += rules.Ticks(i, k, from, from.AddDate(0, 0, days))
			}
		}
	}
	total := 0
	for i, n := range ticks {
		if want := got[i] * products * days; float64(n) != want {
			t.Errorf("%s ticks %d times in %d days, want %v by its demand", rules.Schedules()[i].Name, n, days, want)
		}
		total += n
	}
	if want := 165 * products * days; total != want {
		t.Errorf("%d products tick %d times in %d days, want %d", products, total, days, want)
	}
}

// On-demand goes first and a retry behind the shortest schedule alone.
func TestBandsAreNamedInTheOrderOfTheirUrgency(t *testing.T) {
	tests := []struct {
		schedules []plan.Schedule
		want      []string
	}{
		{defaults(), []string{"on-demand", "today", "retry", "week", "month", "season"}},
		{defaults()[:2], []string{"on-demand", "today", "retry", "week"}},
		{defaults()[:1], []string{"on-demand", "today", "retry"}},
		{[]plan.Schedule{defaults()[3], defaults()[0]}, []string{"on-demand", "today", "retry", "season"}},
	}
	for _, tt := range tests {
		rules := plan.NewRules(tt.schedules)
		bands := rules.Bands()
		if diff := cmp.Diff(tt.want, bands); diff != "" {
			t.Errorf("Bands (-want +got):\n%s", diff)
			continue
		}
		if got := bands[plan.OnDemand]; got != "on-demand" {
			t.Errorf("Bands()[OnDemand] = %q, want on-demand", got)
		}
		if got := bands[rules.Retry()]; got != "retry" {
			t.Errorf("Bands()[Retry()] = %q, want retry", got)
		}
		for i, s := range rules.Schedules() {
			if got := bands[rules.Band(i)]; got != s.Name {
				t.Errorf("Bands()[Band(%d)] = %q, want %q", i, got, s.Name)
			}
		}
	}
}
