package limit_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"invd/engine/limit"
)

// noJitter stands in for rand.Int64N where exact times are wanted.
func noJitter(int64) int64 { return 0 }

// An action is something that happens to a gate.
type action func(g *limit.Gate, now time.Time)

func fail(n int) action {
	return func(g *limit.Gate, now time.Time) {
		for range n {
			g.Failure(now, "timeout")
		}
	}
}

func hold(d time.Duration) action {
	return func(g *limit.Gate, now time.Time) { g.Hold(now.Add(d), "429") }
}

func wait(*limit.Gate, time.Time)          {}
func probe(g *limit.Gate, _ time.Time)     { g.Probe() }
func success(g *limit.Gate, now time.Time) { g.Success(now) }
func alive(g *limit.Gate, now time.Time)   { g.Alive(now) }
func released(g *limit.Gate, _ time.Time)  { g.Released() }
func refused(g *limit.Gate, now time.Time) { g.Unauthorized(now, "401") }
func doubt(g *limit.Gate, now time.Time)   { g.Suspect(now, "25 of 30 open dates were closed") }
func trust(g *limit.Gate, _ time.Time)     { g.Trust() }
func pause(g *limit.Gate, _ time.Time)     { g.SetPaused(true) }
func resume(g *limit.Gate, _ time.Time)    { g.SetPaused(false) }
func allowed(g *limit.Gate, t time.Time) string {
	switch n, at := g.Allow(t); {
	case n == math.MaxInt && at.IsZero():
		return "all"
	case n == 1 && at.IsZero():
		return "one"
	case n == 0 && at.IsZero():
		return "none"
	case n == 0:
		return at.Sub(epoch).String()
	}
	return "nonsense"
}

// want is what Allow says after the action: all, one (a probe), none until a
// change, or none until a time.
type step struct {
	at   time.Duration
	do   action
	want string
}

const (
	s  = time.Second
	ns = time.Nanosecond
)

func TestWhoStopsWhom(t *testing.T) {
	tests := []struct {
		name  string
		steps []step
	}{
		{"open from the start", []step{{0, wait, "all"}, {0, probe, "all"}, {1 * s, success, "all"}}},

		{"ten failures in a row break the circuit for 30 s, then one probe", []step{
			{0, fail(9), "all"}, {1 * s, fail(1), "31s"}, {31*s - ns, wait, "31s"}, {31 * s, wait, "one"}, {32 * s, wait, "one"},
		}},
		{"one probe at a time", []step{
			{0, fail(10), "30s"}, {30 * s, probe, "none"}, {40 * s, wait, "none"}, {400 * s, wait, "none"},
		}},
		{"each failed probe doubles the break, to five minutes", []step{
			{0, fail(10), "30s"},
			{30 * s, probe, "none"}, {40 * s, fail(1), "1m40s"},
			{100 * s, probe, "none"}, {100 * s, fail(1), "3m40s"},
			{220 * s, probe, "none"}, {220 * s, fail(1), "7m40s"},
			{460 * s, probe, "none"}, {460 * s, fail(1), "12m40s"},
			{760 * s, probe, "none"}, {760 * s, fail(1), "17m40s"},
		}},
		{"a probe that succeeds closes it, and all is forgotten", []step{
			{0, fail(10), "30s"}, {30 * s, probe, "none"}, {31 * s, fail(1), "1m31s"},
			{91 * s, probe, "none"}, {92 * s, success, "all"},
			{93 * s, fail(9), "all"}, {100 * s, fail(1), "2m10s"},
		}},
		{"a probe that gets a useless answer closes it as well", []step{
			{0, fail(10), "30s"}, {30 * s, probe, "none"}, {31 * s, alive, "all"}, {32 * s, fail(9), "all"}, {40 * s, fail(1), "1m10s"},
		}},
		{"a success in between starts the count anew", []step{{0, fail(9), "all"}, {0, success, "all"}, {0, fail(9), "all"}, {0, fail(1), "30s"}}},
		{"a useless answer in between is no success", []step{{0, fail(9), "all"}, {0, alive, "all"}, {0, fail(1), "30s"}}},
		{"an answer that nobody waited for is none either", []step{{0, fail(9), "all"}, {0, released, "all"}, {0, fail(1), "30s"}}},
		{"late failures of requests sent before do not double the break", []step{
			{0, fail(10), "30s"}, {1 * s, fail(1), "30s"}, {9 * s, fail(25), "30s"}, {30 * s, wait, "one"}, {30 * s, fail(1), "one"},
			{31 * s, probe, "none"}, {32 * s, fail(1), "1m32s"},
		}},
		{"a late success closes the circuit", []step{{0, fail(10), "30s"}, {5 * s, success, "all"}, {6 * s, fail(9), "all"}}},
		{"a late useless answer does not", []step{{0, fail(10), "30s"}, {5 * s, alive, "30s"}}},
		{"a probe that was never sent makes room for another", []step{{0, fail(10), "30s"}, {30 * s, probe, "none"}, {30 * s, released, "one"}}},

		{"401: one probe a minute", []step{
			{0, refused, "1m0s"}, {60*s - ns, wait, "1m0s"}, {60 * s, wait, "one"}, {60 * s, probe, "none"},
			{61 * s, refused, "2m1s"}, {121 * s, probe, "none"}, {125 * s, success, "all"},
		}},
		{"401: late 401s of requests sent before push the probe out once", []step{{0, refused, "1m0s"}, {2 * s, refused, "1m2s"}, {62 * s, wait, "one"}}},
		{"401: a probe that fails neither opens nor breaks", []step{
			{0, refused, "1m0s"}, {60 * s, probe, "none"}, {70 * s, fail(1), "2m10s"}, {130 * s, probe, "none"}, {130 * s, fail(30), "3m10s"},
		}},
		{"401: the key is good once anything else is answered", []step{{0, refused, "1m0s"}, {60 * s, probe, "none"}, {61 * s, alive, "all"}}},
		{"401 of a breaker's probe", []step{{0, fail(10), "30s"}, {30 * s, probe, "none"}, {31 * s, refused, "1m31s"}}},
		{"401 does not count as a failure, nor as a success", []step{
			{0, fail(9), "all"}, {0, refused, "1m0s"}, {60 * s, probe, "none"}, {60 * s, success, "all"}, {60 * s, fail(9), "all"},
		}},

		{"hold: nothing until then, then one, then all", []step{
			{0, hold(40 * s), "40s"}, {40*s - ns, wait, "40s"}, {40 * s, wait, "one"}, {40 * s, probe, "none"}, {41 * s, success, "all"},
		}},
		{"hold: again and again, one request each time", []step{
			{0, hold(40 * s), "40s"}, {40 * s, probe, "none"}, {41 * s, hold(60 * s), "1m41s"}, {101 * s, wait, "one"}, {101 * s, probe, "none"}, {102 * s, alive, "all"},
		}},
		{"hold: an answer sent for before it does not say that it is over", []step{
			{0, hold(40 * s), "40s"}, {1 * s, success, "40s"}, {2 * s, alive, "40s"}, {3 * s, fail(1), "40s"}, {40 * s, wait, "one"},
		}},
		{"hold: a failure after it is one like any other", []step{
			{0, hold(1 * s), "1s"}, {1 * s, probe, "none"}, {2 * s, fail(1), "all"}, {2 * s, fail(8), "all"}, {2 * s, fail(1), "32s"},
		}},
		{"hold: a probe that was never sent makes room for another", []step{
			{0, hold(1 * s), "1s"}, {1 * s, probe, "none"}, {1 * s, released, "one"},
		}},
		{"hold: the longest of several", []step{{0, hold(40 * s), "40s"}, {1 * s, hold(10 * s), "40s"}, {2 * s, hold(60 * s), "1m2s"}}},
		{"hold: not ended by answers", []step{{0, hold(40 * s), "40s"}, {1 * s, success, "40s"}, {1 * s, alive, "40s"}, {1 * s, trust, "40s"}}},
		{"hold: no failure and no success", []step{{0, fail(9), "all"}, {0, hold(1 * s), "1s"}, {2 * s, fail(1), "32s"}}},
		{"hold: of a time gone by", []step{{10 * s, hold(-1 * s), "one"}}},
		{"hold: over a break that lasts longer", []step{{0, fail(10), "30s"}, {1 * s, hold(5 * s), "6s"}, {6 * s, wait, "30s"}, {30 * s, wait, "one"}}},
		{"hold: a throttled probe is repeated after it, not doubled", []step{
			{0, fail(10), "30s"}, {30 * s, probe, "none"}, {31 * s, hold(60 * s), "1m31s"}, {91 * s, wait, "one"},
			{91 * s, probe, "none"}, {92 * s, fail(1), "2m32s"},
		}},

		{"pause: until resumed", []step{{0, pause, "none"}, {3600 * s, wait, "none"}, {3601 * s, resume, "all"}}},
		{"pause: not ended by answers", []step{{0, pause, "none"}, {1 * s, success, "none"}, {1 * s, alive, "none"}, {2 * s, trust, "none"}}},
		{"pause: over a hold", []step{{0, hold(40 * s), "40s"}, {1 * s, pause, "none"}, {2 * s, resume, "40s"}, {3 * s, pause, "none"}, {50 * s, resume, "one"}}},
		{"pause: over a break", []step{{0, fail(10), "30s"}, {1 * s, pause, "none"}, {2 * s, resume, "30s"}, {31 * s, resume, "one"}}},
		{"pause: twice is once", []step{{0, pause, "none"}, {0, pause, "none"}, {0, resume, "all"}}},

		{"suspect: one probe a minute until it is trusted", []step{
			{0, doubt, "1m0s"}, {60*s - ns, wait, "1m0s"}, {60 * s, probe, "none"}, {61 * s, success, "2m1s"},
			{121 * s, probe, "none"}, {122 * s, alive, "3m2s"}, {182 * s, probe, "none"}, {183 * s, fail(1), "4m3s"}, {184 * s, trust, "all"},
		}},
		{"suspect: trusted by the answer to a probe", []step{{0, doubt, "1m0s"}, {60 * s, probe, "none"}, {61 * s, trust, "all"}, {61 * s, success, "all"}}},
		{"suspect: failures do not break it", []step{{0, doubt, "1m0s"}, {1 * s, fail(30), "1m1s"}, {62 * s, wait, "one"}}},
		{"suspect: still so once the key is taken again", []step{
			{0, doubt, "1m0s"}, {60 * s, probe, "none"}, {61 * s, refused, "2m1s"}, {121 * s, probe, "none"}, {122 * s, success, "3m2s"},
			{182 * s, probe, "none"}, {183 * s, trust, "all"},
		}},
		{"suspect: and likewise by a useless answer", []step{
			{0, doubt, "1m0s"}, {60 * s, probe, "none"}, {61 * s, refused, "2m1s"}, {121 * s, probe, "none"}, {122 * s, alive, "3m2s"},
		}},
		{"suspect: trust does not make the key good", []step{{0, doubt, "1m0s"}, {1 * s, refused, "1m1s"}, {2 * s, trust, "1m1s"}, {61 * s, probe, "none"}, {61 * s, success, "all"}}},
		{"suspect: trust mends no broken circuit", []step{{0, fail(10), "30s"}, {1 * s, trust, "30s"}}},
		{"suspect: an answer that is not believed is one, so the circuit is whole", []step{{0, fail(10), "30s"}, {1 * s, doubt, "1m1s"}, {1 * s, success, "1m1s"}, {2 * s, trust, "all"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := limit.NewGate(noJitter)
			for i, step := range tt.steps {
				now := epoch.Add(step.at)
				step.do(g, now)
				if got := allowed(g, now); got != step.want {
					t.Fatalf("step %d, at %v: Allow says %q, want %q", i+1, step.at, got, step.want)
				}
			}
		})
	}
}

// A tenth of the break at most is added by chance, and never beyond five minutes.
func TestBreaksAreSpreadByJitter(t *testing.T) {
	var asked []time.Duration
	g := limit.NewGate(func(n int64) int64 {
		asked = append(asked, time.Duration(n))
		return n - 1
	})
	now := epoch
	var waits []time.Duration
	fail(9)(g, now)
	for range 6 {
		g.Probe()
		g.Failure(now, "timeout")
		_, at := g.Allow(now)
		waits = append(waits, at.Sub(now))
		now = at
	}
	if diff := cmp.Diff([]time.Duration{3 * s, 6 * s, 12 * s, 24 * s, 30 * s, 30 * s}, asked); diff != "" {
		t.Errorf("jitter is asked for below (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]time.Duration{33*s - ns, 66*s - ns, 132*s - ns, 264*s - ns, 300 * s, 300 * s}, waits); diff != "" {
		t.Errorf("the longest breaks (-want +got):\n%s", diff)
	}
}

func TestFailureTellsWhetherTheCircuitIsBroken(t *testing.T) {
	g := limit.NewGate(noJitter)
	for i := 1; i <= 12; i++ {
		if got, want := g.Failure(epoch, "timeout"), i == 10; got != want {
			t.Errorf("Failure number %d = %v, want %v", i, got, want)
		}
	}
	g.Probe()
	if !g.Failure(epoch.Add(30*s), "timeout") {
		t.Error("Failure of a probe = false, want true: it stays broken")
	}
	g.Unauthorized(epoch, "401")
	if g.Failure(epoch, "timeout") {
		t.Error("Failure while unauthorized = true, want false: no circuit is broken")
	}
}

func TestWhatMayOpenTheGateIsSignalled(t *testing.T) {
	for name, do := range map[string]action{
		"resume": resume, "hold": hold(s), "success": success, "alive": alive, "released": released,
		"failure": fail(1), "unauthorized": refused, "suspect": doubt, "trust": trust,
	} {
		g := limit.NewGate(noJitter)
		do(g, epoch)
		do(g, epoch)
		select {
		case <-g.Changed():
		default:
			t.Errorf("%s signals no change, want one: a waiter must look again", name)
		}
		select {
		case <-g.Changed():
			t.Errorf("%s twice gave two signals, want one", name)
		default:
		}
	}
}
