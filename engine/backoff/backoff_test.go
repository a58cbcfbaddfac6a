package backoff_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"invd/engine/backoff"
)

// The functions below stand in for rand.Int64N: the ends and the middle of its range.
func lowest(int64) int64    { return 0 }
func middle(n int64) int64  { return n / 2 }
func highest(n int64) int64 { return n - 1 }

func TestWaitSpansZeroToTheCappedExponential(t *testing.T) {
	const ms = time.Millisecond
	policy := backoff.Policy{Base: time.Second, Cap: 5 * time.Minute}
	tests := []struct {
		name              string
		policy            backoff.Policy
		attempt           int
		low, mid, ceiling time.Duration
	}{
		{"first failure", policy, 1, ms, 500 * ms, time.Second},
		{"second", policy, 2, ms, time.Second, 2 * time.Second},
		{"ninth", policy, 9, ms, 128 * time.Second, 256 * time.Second},
		{"tenth is capped", policy, 10, ms, 150 * time.Second, 5 * time.Minute},
		{"attempt 62", policy, 62, ms, 150 * time.Second, 5 * time.Minute},
		{"attempt 63", policy, 63, ms, 150 * time.Second, 5 * time.Minute},
		{"attempt 64", policy, 64, ms, 150 * time.Second, 5 * time.Minute},
		{"attempt 65", policy, 65, ms, 150 * time.Second, 5 * time.Minute},
		{"largest attempt", policy, math.MaxInt, ms, 150 * time.Second, 5 * time.Minute},
		{"attempt 0 is the first", policy, 0, ms, 500 * ms, time.Second},
		{"negative attempt is the first", policy, math.MinInt, ms, 500 * ms, time.Second},
		{"base above the cap", backoff.Policy{Base: time.Hour, Cap: time.Minute}, 1, ms, 30 * time.Second, time.Minute},
		{"no policy", backoff.Policy{}, 5, ms, ms, ms},
		{"negative base", backoff.Policy{Base: -time.Second, Cap: time.Minute}, 40, ms, ms, ms},
		{"negative cap", backoff.Policy{Base: time.Second, Cap: -time.Minute}, 3, ms, ms, ms},
		{"no cap to speak of", backoff.Policy{Base: 1, Cap: math.MaxInt64}, math.MaxInt, ms, math.MaxInt64 / 2, math.MaxInt64 - 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, end := range []struct {
				of     string
				random func(int64) int64
				want   time.Duration
			}{{"low", lowest, tt.low}, {"mid", middle, tt.mid}, {"ceiling", highest, tt.ceiling}} {
				if got := tt.policy.Wait(tt.attempt, end.random); got != end.want {
					t.Errorf("%+v.Wait(%d) at its %s = %v, want %v", tt.policy, tt.attempt, end.of, got, end.want)
				}
			}
		})
	}
}

func TestWaitAsksForOneNumberOfTheWholeRange(t *testing.T) {
	policy := backoff.Policy{Base: 100 * time.Millisecond, Cap: time.Second}
	var asked []int64
	policy.Wait(3, func(n int64) int64 { asked = append(asked, n); return 0 })
	if len(asked) != 1 || asked[0] != int64(400*time.Millisecond)+1 {
		t.Errorf("Wait(3) asked for numbers below %v, want one below %d", asked, int64(400*time.Millisecond)+1)
	}
}

// Full jitter is told from equal jitter (half fixed, half random) and from none
// by where the waits fall: a tenth of them in each tenth of the range.
func TestWaitsAreUniform(t *testing.T) {
	const draws, seed = 20_000, 7
	policy := backoff.Policy{Base: time.Second, Cap: 8 * time.Second}
	random := rand.New(rand.NewPCG(seed, seed))
	for attempt := 1; attempt <= 5; attempt++ {
		var tenths [10]int
		ceiling := policy.Ceiling(attempt)
		for range draws {
			wait := policy.Wait(attempt, random.Int64N)
			if wait < backoff.Floor || wait > ceiling {
				t.Fatalf("Wait(%d) = %v, want %v to %v", attempt, wait, backoff.Floor, ceiling)
			}
			tenths[min(9, int(10*wait/ceiling))]++
		}
		for i, n := range tenths {
			if n < draws/10*9/10 || n > draws/10*11/10 { // 4.7 standard deviations
				t.Errorf("attempt %d: %d of %d waits in tenth %d, want about %d (seed %d)", attempt, n, draws, i+1, draws/10, seed)
			}
		}
	}
}
