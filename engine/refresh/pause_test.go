package refresh_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"invd/engine/refresh"
)

var noon = time.Date(2026, 4, 9, 12, 0, 0, 0, time.UTC)

func TestAPauseHoldsUntilItsTimeIsUp(t *testing.T) {
	tests := []struct {
		name  string
		pause *refresh.Pause
		want  bool
	}{
		{"no pause", nil, false},
		{"until resumed", &refresh.Pause{Since: noon.Add(-time.Hour)}, true},
		{"for a while longer", &refresh.Pause{Until: noon.Add(time.Hour)}, true},
		{"for a nanosecond longer", &refresh.Pause{Until: noon.Add(1)}, true},
		{"until now", &refresh.Pause{Until: noon}, false},
		{"over", &refresh.Pause{Until: noon.Add(-time.Hour)}, false},
		{"until now, said in another zone", &refresh.Pause{Until: noon.In(time.FixedZone("", 3600))}, false},
	}
	for _, tt := range tests {
		if got := tt.pause.Active(noon); got != tt.want {
			t.Errorf("%s: Active = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestAScopeNamesWhatIsPaused(t *testing.T) {
	tests := []struct {
		scope       refresh.Scope
		want, words string
	}{
		{refresh.Everything, "global", "everything"},
		{refresh.Scope{Schedule: "today"}, "schedule/today", "schedule today"},
		{refresh.Scope{Schedule: "global"}, "schedule/global", "schedule global"},
		{refresh.Scope{Product: 14}, "product/14", "product 14"},
	}
	for _, tt := range tests {
		if got := tt.scope.String(); got != tt.want {
			t.Errorf("%+v.String() = %q, want %q", tt.scope, got, tt.want)
		}
		if got := refresh.InWords(tt.want); got != tt.words {
			t.Errorf("InWords(%q) = %q, want %q", tt.want, got, tt.words)
		}
	}
}

// Pauses are stored as JSON: one without an end must come back without an end.
func TestAPauseSurvivesItsStore(t *testing.T) {
	for _, want := range []refresh.Pause{
		{Reason: "partner maintenance", By: "ops", Since: noon, Until: noon.Add(2 * time.Hour)},
		{Reason: "until further notice", By: "ops", Since: noon},
	} {
		b, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got refresh.Pause
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", b, diff)
		}
	}
}
