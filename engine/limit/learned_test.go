package limit_test

import (
	"testing"
	"time"

	"invd/engine/limit"
)

// send spends one permit and has it answered, or refused, at once.
func send(t *testing.T, b *limit.Budget, now time.Time, refused bool) {
	t.Helper()
	seq, n, _ := b.TryTake(1, 0, now)
	if n == 0 {
		t.Fatalf("nothing to take at %v", now.Sub(epoch))
	}
	b.Done(seq, now)
	if refused {
		b.Refused(seq, now)
	}
}

func allowedNow(b *limit.Budget, now time.Time) (n []int) {
	for _, u := range b.Usage(now) {
		n = append(n, u.Allowed)
	}
	return n
}

func TestARefusalLowersTheFullestLimit(t *testing.T) {
	tests := []struct {
		name     string
		accepted int // before the refusal, in the same minute
		limits   []limit.Limit
		want     []int
	}{
		{"to what was let through", 20, []limit.Limit{{30, minute}}, []int{20}},
		{"by half at most", 5, []limit.Limit{{30, minute}}, []int{15}},
		{"by one at least", 29, []limit.Limit{{30, minute}}, []int{29}},
		{"not when nothing was let through", 0, []limit.Limit{{30, minute}}, []int{30}},
		{"not below one", 1, []limit.Limit{{2, minute}}, []int{1}},
		{"the one that is the fullest", 20, []limit.Limit{{1000, time.Hour}, {30, minute}}, []int{1000, 20}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := limit.NewBudget(tt.limits, nil, epoch)
			for range tt.accepted {
				send(t, b, epoch, false)
			}
			send(t, b, epoch.Add(time.Second), true)
			got := limitsOf(b)
			for i := range tt.want {
				if got[i] != tt.want[i] {
					t.Errorf("allowed %v, want %v", got, tt.want)
				}
			}
		})
	}
}

func limitsOf(b *limit.Budget) (n []int) {
	for _, l := range b.Limits() {
		n = append(n, l.Requests)
	}
	return n
}

// Four requests were under way when the limit was met, and all are refused: that is
// one lesson.
func TestRefusalsOfOneBurstAreOne(t *testing.T) {
	b := limit.NewBudget([]limit.Limit{{30, minute}}, nil, epoch)
	for range 20 {
		send(t, b, epoch, false)
	}
	first, n, _ := b.TryTake(4, 0, epoch)
	if n != 4 {
		t.Fatalf("took %d, want 4", n)
	}
	for i := range uint64(4) {
		b.Done(first+i, epoch)
		b.Refused(first+i, epoch)
	}
	if got := allowedNow(b, epoch)[0]; got != 20 {
		t.Errorf("allowed %d after four refusals of one burst, want the 20 that were let through", got)
	}
}

// A partner that lets 20 through, asked for all there is for a day: the tries of 21
// become rare. Then it lets 30 through again.
func TestALoweredLimitIsTriedAgainAndComesBack(t *testing.T) {
	b := limit.NewBudget([]limit.Limit{{30, minute}}, nil, epoch)
	refusals, most := 0, 20
	minutes := func(from, to int) {
		for m := from; m < to; m++ {
			now := epoch.Add(time.Duration(m) * 61 * time.Second)
			for sent := 0; ; sent++ {
				seq, n, _ := b.TryTake(1, 0, now)
				if n == 0 {
					break
				}
				b.Done(seq, now)
				if sent >= most {
					b.Refused(seq, now)
					refusals++
				}
			}
		}
	}
	minutes(0, 60)
	if refusals > 8 {
		t.Errorf("%d refusals in the first hour, want them ever rarer: at 0, 1, 3, 7, 15, 31 minutes", refusals)
	}
	refusals = 0
	minutes(60, 1440)
	if refusals < 23*60/20 || refusals > 23*60/15 {
		t.Errorf("%d refusals in 23 hours, want one in about 17 minutes", refusals)
	}
	most = 30
	minutes(1440, 1440+16+12)
	if got := allowedNow(b, epoch.Add(1468*61*time.Second))[0]; got != 30 {
		t.Errorf("allowed %d a while after the partner lets 30 through, want 30", got)
	}
}

// Nobody is kept from anything, so there is no reason to find out.
func TestALimitThatKeepsNobodyIsNotTried(t *testing.T) {
	b := limit.NewBudget([]limit.Limit{{30, minute}}, nil, epoch)
	for range 20 {
		send(t, b, epoch, false)
	}
	send(t, b, epoch, true)
	for m := range 60 {
		send(t, b, epoch.Add(time.Duration(2+m)*minute), false)
	}
	if got := allowedNow(b, epoch.Add(time.Hour))[0]; got != 20 {
		t.Errorf("allowed %d after an hour of one request a minute, want 20 still", got)
	}
}

// What is left to others is a tenth at most, and they get it.
func TestSomeIsLeftToOthers(t *testing.T) {
	for _, tt := range []struct{ requests, want int }{{30, 28}, {10, 9}, {3, 3}, {1, 1}} {
		b := limit.NewBudget([]limit.Limit{{tt.requests, minute}}, nil, epoch)
		if _, n, _ := b.TryTake(100, 2, epoch); n != tt.want {
			t.Errorf("TryTake leaving 2 of %d took %d, want %d", tt.requests, n, tt.want)
		}
		if _, n, _ := b.TryTake(100, 0, epoch); n != tt.requests-tt.want {
			t.Errorf("TryTake of the rest of %d took %d, want %d", tt.requests, n, tt.requests-tt.want)
		}
	}
}
