package worker

import (
	"testing"
	"time"

	"invd/engine/inventory"
)

func TestAProductIsNoticedOncePerHour(t *testing.T) {
	var n notice
	start := time.Date(2026, 4, 9, 8, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		product inventory.ProductID
		after   time.Duration
		want    bool
	}{
		{14, 0, true},
		{14, time.Second, false},
		{15, time.Second, true},
		{14, time.Hour - 1, false},
		{14, time.Hour, true},
		{14, time.Hour + 1, false},
		{15, 2 * time.Hour, true},
	} {
		if got := n.due(tt.product, start.Add(tt.after)); got != tt.want {
			t.Errorf("due(%d) after %v = %v, want %v", tt.product, tt.after, got, tt.want)
		}
	}
}
