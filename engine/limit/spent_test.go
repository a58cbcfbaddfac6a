package limit_test

import (
	"testing"
	"time"

	"invd/engine/limit"
)

func TestOfAnUnknownTimeEveryWindowIsSpent(t *testing.T) {
	restored := time.Date(2026, 4, 9, 12, 0, 0, 0, time.UTC)
	limits := []limit.Limit{{Requests: 2, Per: time.Second}, {Requests: 30, Per: time.Minute}}
	for _, tt := range []struct {
		after time.Duration
		want  int
	}{
		{0, 0},
		{2 * time.Second, 0},
		{time.Minute, 0},
		{time.Minute + 20*time.Millisecond + 1, 2},
	} {
		now := restored.Add(tt.after)
		b := limit.NewBudget(limits, limit.AllSpent(limits, restored), now)
		if got, _ := b.Available(now); got != tt.want {
			t.Errorf("%v after the restore %d requests may go, want %d", tt.after, got, tt.want)
		}
		if first, n, _ := b.TryTake(2, 0, now); n > 0 && first != 1 {
			t.Errorf("the first permit is %d, want 1", first)
		}
	}
}
