package refresh_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"invd/engine/refresh"
)

func TestTriggersStatesAndOutcomesHaveTheirNames(t *testing.T) {
	tests := []struct {
		of        string
		got, want []string
	}{
		{"Triggers", names(refresh.Triggers()), []string{"schedule", "first", "manual", "confirm", "trigger", "read", "backfill"}},
		{"States", names(refresh.States()), []string{"pending", "running", "retrying", "done", "dead", "canceled"}},
		{"Outcomes", names(refresh.Outcomes()), []string{"changed", "unchanged", "closed", "held", "stale", "failed", "dropped"}},
		{"constants of Trigger", names([]refresh.Trigger{refresh.Scheduled, refresh.First, refresh.Manual, refresh.Confirm, refresh.Triggered, refresh.Read, refresh.Backfilled}),
			[]string{"schedule", "first", "manual", "confirm", "trigger", "read", "backfill"}},
		{"constants of State", names([]refresh.State{refresh.Pending, refresh.Running, refresh.Retrying, refresh.Done, refresh.Dead, refresh.Canceled}),
			[]string{"pending", "running", "retrying", "done", "dead", "canceled"}},
		{"constants of Outcome", names([]refresh.Outcome{refresh.None, refresh.Changed, refresh.Unchanged, refresh.Closed, refresh.Held, refresh.Stale, refresh.Failed, refresh.Dropped}),
			[]string{"", "changed", "unchanged", "closed", "held", "stale", "failed", "dropped"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("names of %s (-want +got):\n%s", tt.of, diff)
		}
	}
}

func names[T interface{ String() string }](values []T) (names []string) {
	for _, v := range values {
		names = append(names, v.String())
	}
	return names
}

// They are stored: a number that changed its meaning would change every stored job.
func TestTheNumbersOfStoredEnumsNeverChange(t *testing.T) {
	for i, v := range refresh.Triggers() {
		if int(v) != i {
			t.Errorf("Triggers()[%d] = %d, want %d", i, v, i)
		}
	}
	for i, v := range refresh.States() {
		if int(v) != i {
			t.Errorf("States()[%d] = %d, want %d", i, v, i)
		}
	}
	for i, v := range refresh.Outcomes() {
		if int(v) != i+1 {
			t.Errorf("Outcomes()[%d] = %d, want %d: 0 is None", i, v, i+1)
		}
	}
}

func TestParseStateReadsWhatStringWrites(t *testing.T) {
	for _, want := range refresh.States() {
		if got, ok := refresh.ParseState(want.String()); !ok || got != want {
			t.Errorf("ParseState(%q) = %v, %v; want %v, true", want, got, ok, want)
		}
	}
	for _, name := range []string{"", "Pending", "PENDING", " done", "cancelled", "finished", "0"} {
		if got, ok := refresh.ParseState(name); ok {
			t.Errorf("ParseState(%q) = %v, true; want false", name, got)
		}
	}
}

func TestDoneDeadAndCanceledAreFinal(t *testing.T) {
	final := map[refresh.State]bool{refresh.Done: true, refresh.Dead: true, refresh.Canceled: true}
	for _, s := range refresh.States() {
		if got := s.Final(); got != final[s] {
			t.Errorf("%v.Final() = %v, want %v", s, got, final[s])
		}
	}
}
