package limit_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"invd/engine/limit"
)

const (
	minute = time.Minute
	// slack is what a minute is lengthened by: 200 ppm and a millisecond.
	slack = 13 * time.Millisecond
)

// taken returns a budget whose permits were taken and done so long after epoch.
func taken(limits []limit.Limit, done ...time.Duration) *limit.Budget {
	b := limit.NewBudget(limits, nil, epoch)
	for _, at := range done {
		b.Done(b.Take(1), epoch.Add(at))
	}
	return b
}

func TestAvailableTellsHowManyAndWhen(t *testing.T) {
	const s = time.Second
	three := []limit.Limit{{3, minute}}
	both := []limit.Limit{{3, minute}, {1, s}}
	tests := []struct {
		name   string
		limits []limit.Limit
		done   []time.Duration
		flying int
		now    time.Duration
		want   int
		wantAt time.Duration // 0: none
	}{
		{"nothing spent", three, nil, 0, 0, 3, 0},
		{"one spent", three, []time.Duration{0}, 0, 0, 2, 0},
		{"in flight counts", three, []time.Duration{0}, 1, 0, 1, 0},
		{"used up", three, []time.Duration{0, 1 * s, 2 * s}, 0, 3 * s, 0, minute + slack},
		{"the first just not gone", three, []time.Duration{0, 1 * s, 2 * s}, 0, minute + slack - 1, 0, minute + slack},
		{"the first just gone", three, []time.Duration{0, 1 * s, 2 * s}, 0, minute + slack, 1, 0},
		{"all gone", three, []time.Duration{0, 1 * s, 2 * s}, 0, minute + 2*s + slack, 3, 0},
		{"one in flight: the first still opens", three, []time.Duration{0, 1 * s}, 1, 2 * s, 0, minute + slack},
		{"in flight for longer than the window", three, nil, 3, 10 * minute, 0, 0},
		{"all in flight: no time to tell", three, nil, 3, 0, 0, 0},
		{"the shorter of two", both, []time.Duration{0}, 0, 0, 0, 1*s + s/5000 + time.Millisecond},
		{"the longer of two", both, []time.Duration{0, 2 * s, 4 * s}, 0, 10 * s, 0, minute + slack},
		{"both full: the later", both, []time.Duration{0, 2 * s, minute + slack - s/2}, 0, minute + slack - s/2, 0, minute + slack + s/2 + s/5000 + time.Millisecond},
		{"the shorter one is in flight", both, []time.Duration{0, 2 * s}, 1, 4 * s, 0, 0},
		{"both leave some: the lesser", []limit.Limit{{3, minute}, {2, s}}, nil, 0, 0, 2, 0},
		{"no limit", nil, []time.Duration{0}, 0, 0, math.MaxInt, 0},
		{"a limit of nothing", []limit.Limit{{0, minute}}, nil, 0, 0, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := taken(tt.limits, tt.done...)
			b.Take(tt.flying)
			var want time.Time
			if tt.wantAt != 0 {
				want = epoch.Add(tt.wantAt)
			}
			if got, at := b.Available(epoch.Add(tt.now)); got != tt.want || !at.Equal(want) {
				t.Errorf("Available(%v) = %d, %v; want %d, %v", tt.now, got, at.Sub(epoch), tt.want, want.Sub(epoch))
			}
		})
	}
}

func TestAPermitAgesFromItsAnswerOn(t *testing.T) {
	b := limit.NewBudget([]limit.Limit{{1, minute}}, nil, epoch)
	seq := b.Take(1)
	b.Done(seq, epoch.Add(10*minute)) // a partner may have counted it as late as now
	want := epoch.Add(11*minute + slack)
	if n, at := b.Available(epoch.Add(10 * minute)); n != 0 || !at.Equal(want) {
		t.Errorf("Available after an answer that took ten minutes = %d, %v; want 0, %v", n, at, want)
	}
	b.Done(seq, epoch.Add(20*minute))
	b.Done(seq+7, epoch.Add(20*minute))
	if n, _ := b.Available(want); n != 1 {
		t.Errorf("Available = %d, want 1: permits done twice or never taken change nothing", n)
	}
}

// Workers read the clock before they get the lock: the one that comes second may
// bring the earlier time.
func TestAnswersOutOfOrderAgeFromTheLater(t *testing.T) {
	b := limit.NewBudget([]limit.Limit{{3, minute}}, nil, epoch)
	first := b.Take(3)
	b.Done(first, epoch.Add(2))
	b.Done(first+1, epoch.Add(1))
	b.Done(first+2, epoch.Add(3))
	for _, tt := range []struct {
		after time.Duration
		want  int
	}{{minute + slack + 1, 0}, {minute + slack + 2, 2}, {minute + slack + 3, 3}} {
		if got, _ := b.Available(epoch.Add(tt.after)); got != tt.want {
			t.Errorf("Available(%v) = %d, want %d", tt.after, got, tt.want)
		}
	}
}

func TestANewProcessHasSpentWhatTheOldOneSpent(t *testing.T) {
	ago := func(d time.Duration) time.Time { return epoch.Add(-d) }
	tests := []struct {
		name   string
		spent  []limit.Permit
		want   int
		wantAt time.Duration
	}{
		{"nothing", nil, 2, 0},
		{"one long ago", []limit.Permit{{7, ago(time.Hour)}}, 2, 0},
		{"one at the beginning of time", []limit.Permit{{7, time.Unix(0, 0)}}, 2, 0},
		{"one lately", []limit.Permit{{7, ago(time.Second)}}, 1, 0},
		{"two, the younger first", []limit.Permit{{8, ago(10 * time.Second)}, {7, ago(50 * time.Second)}}, 0, 10*time.Second + slack},
		{"never known to end: now", []limit.Permit{{7, time.Time{}}, {8, time.Time{}}}, 0, minute + slack},
		{"in the future: now", []limit.Permit{{7, epoch.Add(time.Hour)}, {8, epoch.Add(1)}}, 0, minute + slack},
		{"old, unknown, future", []limit.Permit{{5, ago(time.Hour)}, {6, time.Time{}}, {9, epoch.Add(time.Hour)}}, 0, minute + slack},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := limit.NewBudget([]limit.Limit{{2, minute}}, tt.spent, epoch)
			var want time.Time
			if tt.wantAt != 0 {
				want = epoch.Add(tt.wantAt)
			}
			if n, at := b.Available(epoch); n != tt.want || !at.Equal(want) {
				t.Errorf("Available = %d, %v; want %d, %v", n, at, tt.want, want)
			}
			var last uint64
			for _, p := range tt.spent {
				last = max(last, p.Seq)
			}
			if got := b.Take(1); got != last+1 {
				t.Errorf("Take gave seq %d, want %d, the next", got, last+1)
			}
		})
	}
}

func TestLowIsBelowEveryPermitThatStillCounts(t *testing.T) {
	old := epoch.Add(-time.Hour)
	tests := []struct {
		name  string
		spent []limit.Permit
		want  uint64
	}{
		{"nothing spent", nil, 1},
		{"all of it old", []limit.Permit{{7, old}, {9, old}, {8, old}}, 10},
		{"the older half gone", []limit.Permit{{1, old}, {2, old}, {3, old}, {5, epoch}, {4, time.Time{}}}, 4},
	}
	for _, tt := range tests {
		b := limit.NewBudget([]limit.Limit{{30, minute}}, tt.spent, epoch)
		if got := b.Low(); got != tt.want {
			t.Errorf("%s: Low() = %d, want %d", tt.name, got, tt.want)
		}
	}
}

// The ages of stored permits are told by the wall clock once, at the start. From
// then on they follow the monotonic clock, which nobody sets.
func TestWhatWasSpentAgesOnTheMonotonicClock(t *testing.T) {
	now := time.Now()
	b := limit.NewBudget([]limit.Limit{{1, minute}}, []limit.Permit{{1, now.Round(0).Add(-20 * time.Second)}}, now)
	n, at := b.Available(now)
	if wait := at.Sub(now); n != 0 || wait != 40*time.Second+slack {
		t.Errorf("Available = %d, in %v; want 0, in %v", n, wait, 40*time.Second+slack)
	}
	if at == at.Round(0) {
		t.Errorf("Available tells %v, a time of the wall clock, want one of the monotonic clock", at)
	}
}

func TestNewLimitsHoldForWhatWasSpentAlready(t *testing.T) {
	b := taken([]limit.Limit{{5, minute}}, 0, time.Second, 2*time.Second)
	b.Take(1)
	now := epoch.Add(3 * time.Second)
	for _, tt := range []struct {
		requests, want int
	}{{10, 6}, {5, 1}, {4, 0}, {3, 0}} {
		b.SetLimits([]limit.Limit{{tt.requests, minute}})
		if got, _ := b.Available(now); got != tt.want {
			t.Errorf("Available under a new limit of %d = %d, want %d", tt.requests, got, tt.want)
		}
	}
}

func TestABudgetKeepsItsOwnCopyOfTheLimits(t *testing.T) {
	limits := []limit.Limit{{1, minute}}
	b := limit.NewBudget(limits, nil, epoch)
	limits[0].Requests = 100
	if got, _ := b.Available(epoch); got != 1 {
		t.Errorf("Available = %d after the caller changed his slice, want 1", got)
	}
}

func TestTryTakeSpendsWhatThereIsAndReturnGivesItBack(t *testing.T) {
	b := taken([]limit.Limit{{3, minute}}, 0)
	first, n, at := b.TryTake(5, 0, epoch)
	if n != 2 || !at.IsZero() {
		t.Errorf("TryTake(5) of 2 = %d, %v; want 2 and no time", n, at)
	}
	if _, n, at := b.TryTake(1, 0, epoch); n != 0 || !at.Equal(epoch.Add(minute+slack)) {
		t.Errorf("TryTake(1) of none = %d, %v; want 0 until the first has left the window", n, at)
	}
	b.Return(first+1, 1)
	if got, _ := b.Available(epoch); got != 1 {
		t.Errorf("Available = %d after one was returned, want 1", got)
	}
	b.Return(first+2, 0)
	b.Done(first, epoch)
	b.Done(first+1, epoch) // which is spent no more
	if got, _ := b.Available(epoch); got != 1 {
		t.Errorf("Available = %d after the returned one was done, want 1", got)
	}
	if _, n, _ := b.TryTake(1, 0, epoch); n != 1 {
		t.Errorf("TryTake(1) after a return = %d, want 1", n)
	}
}

func TestUsageCountsEachWindow(t *testing.T) {
	limits := []limit.Limit{{30, minute}, {4, time.Second}}
	b := taken(limits, 0, 10*time.Second, 59*time.Second)
	b.Take(2)
	want := []limit.Usage{{limits[0], 30, 5}, {limits[1], 4, 3}}
	if diff := cmp.Diff(want, b.Usage(epoch.Add(59*time.Second))); diff != "" {
		t.Errorf("Usage (-want +got):\n%s", diff)
	}
}

func TestPerDayIsWhatTheTightestLimitLetsThrough(t *testing.T) {
	tests := []struct {
		limits []limit.Limit
		want   float64
	}{
		{[]limit.Limit{{30, minute}}, 43_200},
		{[]limit.Limit{{30, minute}, {1_000, time.Hour}}, 24_000},
		{[]limit.Limit{{2, time.Second}, {30, minute}}, 43_200},
		{nil, math.Inf(1)},
	}
	for _, tt := range tests {
		if got := limit.PerDay(tt.limits); got != tt.want {
			t.Errorf("PerDay(%v) = %v, want %v", tt.limits, got, tt.want)
		}
		if got := limit.NewBudget(tt.limits, nil, epoch).PerDay(); got != tt.want {
			t.Errorf("PerDay() of a budget of %v = %v, want %v", tt.limits, got, tt.want)
		}
	}
}

func TestWhatMayFreeAPermitIsSignalled(t *testing.T) {
	b := limit.NewBudget([]limit.Limit{{2, minute}}, nil, epoch)
	signalled := func() bool {
		select {
		case <-b.Changed():
			return true
		default:
			return false
		}
	}
	seq := b.Take(2)
	if signalled() {
		t.Error("Take signals a change, want none: it frees nothing")
	}
	b.Done(seq, epoch)
	b.Done(seq+1, epoch)
	if !signalled() {
		t.Error("Done signals no change, want one: Available may know a time now")
	}
	if signalled() {
		t.Error("two changes before anybody looked gave two signals, want one")
	}
	b.Return(b.Take(1), 1)
	if !signalled() {
		t.Error("Return signals no change, want one")
	}
	b.SetLimits(nil)
	if !signalled() {
		t.Error("SetLimits signals no change, want one")
	}
}
