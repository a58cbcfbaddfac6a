package scheduler

import (
	"testing"
	"time"
)

func TestWhatFellDueInASuspendIsDueOnWaking(t *testing.T) {
	start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	b := newBench(t, t.TempDir(), start, 1)
	for b.Queue.Len() > 0 { // the first fetch of everything
		b.work(1)
		b.report()
	}
	slept := time.Duration(0)
	b.asleep = func() time.Duration { return b.awake + slept }
	before := b.Queue.Len()
	slept = 3 * time.Hour // the monotonic clock stood still, the wall clock went on
	b.clocks()
	b.turn(b.now)
	if n := b.Queue.Len() - before; n < len(b.products) {
		t.Errorf("%d keys due on waking after 3 h, want at least today's %d", n, len(b.products))
	}
	if at, ok := b.wheel.Next(); ok && at < b.axis(b.now) {
		t.Errorf("a timer of %s is left behind at %s", at, b.axis(b.now))
	}
}
