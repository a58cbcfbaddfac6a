package limit_test

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"invd/engine/limit"
)

// Of all that closes the gate the view tells what would have to end first, and
// the reason of that.
func TestTheViewTellsWhatClosesTheGate(t *testing.T) {
	const doubted = "25 of 30 open dates were closed"
	failed := limit.GateView{Failures: 10, LastError: "timeout"}
	tests := []struct {
		name string
		do   []action
		at   time.Duration
		want limit.GateView
	}{
		{"new", nil, 0, limit.GateView{State: limit.GateOpen}},
		{"answered", []action{success}, s, limit.GateView{State: limit.GateOpen, LastOK: epoch}},
		{"failing", []action{success, fail(3)}, s, limit.GateView{State: limit.GateOpen, Failures: 3, LastError: "timeout", LastOK: epoch}},
		{"a useless answer is not good", []action{alive}, s, limit.GateView{State: limit.GateOpen}},
		{"broken", []action{fail(10)}, s, with(failed, limit.GateBroken, "timeout", 30*s)},
		{"unauthorized", []action{refused}, s, limit.GateView{State: limit.GateUnauthorized, Reason: "401", Until: epoch.Add(minute), LastError: "401"}},
		{"suspect", []action{doubt}, s, limit.GateView{State: limit.GateSuspect, Reason: doubted, Until: epoch.Add(minute)}},
		{"held", []action{hold(5 * s)}, s, limit.GateView{State: limit.GateHeld, Reason: "429", Until: epoch.Add(5 * s)}},
		{"no more held", []action{hold(5 * s)}, 5 * s, limit.GateView{State: limit.GateOpen}},
		{"paused", []action{pause}, s, limit.GateView{State: limit.GatePaused}},
		{"paused and held and broken", []action{fail(10), hold(5 * s), pause}, s, with(failed, limit.GatePaused, "", 0)},
		{"held and broken", []action{fail(10), hold(5 * s)}, s, with(failed, limit.GateHeld, "429", 5*s)},
		{"held, then broken: the hold's reason", []action{hold(5 * s), fail(10)}, s, with(failed, limit.GateHeld, "429", 5*s)},
		{"held no more, broken still", []action{fail(10), hold(5 * s)}, 6 * s, with(failed, limit.GateBroken, "timeout", 30*s)},
		{"suspect again after a refused key", []action{doubt, refused, success}, s,
			limit.GateView{State: limit.GateSuspect, Reason: doubted, Until: epoch.Add(minute), LastError: "401", LastOK: epoch}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := limit.NewGate(noJitter)
			for _, do := range tt.do {
				do(g, epoch)
			}
			if diff := cmp.Diff(tt.want, g.View(epoch.Add(tt.at))); diff != "" {
				t.Errorf("View (-want +got):\n%s", diff)
			}
		})
	}
}

func with(v limit.GateView, state limit.GateState, reason string, until time.Duration) limit.GateView {
	if v.State, v.Reason = state, reason; until != 0 {
		v.Until = epoch.Add(until)
	}
	return v
}

func TestGateStatesHaveTheirNames(t *testing.T) {
	want := map[limit.GateState]string{
		limit.GateOpen: "open", limit.GatePaused: "paused", limit.GateHeld: "held",
		limit.GateUnauthorized: "unauthorized", limit.GateBroken: "broken", limit.GateSuspect: "suspect",
	}
	for state, name := range want {
		if got := state.String(); got != name {
			t.Errorf("GateState(%d).String() = %q, want %q", state, got, name)
		}
	}
}

// Whatever happens in whatever order: who waits as Allow says gets through in the
// end, and the view says the same as Allow.
func TestAGateIsNeverStuckAndNeverLies(t *testing.T) {
	actions := []action{wait, success, alive, released, fail(1), fail(4), refused, doubt, trust, pause, resume, resume, resume, hold(20 * s)}
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 9))
		g := limit.NewGate(random.Int64N)
		now := epoch
		for i := range 2_000 {
			now = now.Add(time.Duration(random.Int64N(int64(20 * s))))
			actions[random.IntN(len(actions))](g, now)
			n, at := g.Allow(now)
			view := g.View(now)
			switch {
			case n == math.MaxInt && view.State != limit.GateOpen, n == 0 && !at.IsZero() && view.State == limit.GateOpen:
				t.Fatalf("seed %d, step %d: Allow = %d, but the view says %v", seed, i, n, view.State)
			case n > 0 && !at.IsZero():
				t.Fatalf("seed %d, step %d: Allow = %d until %v, want no time", seed, i, n, at)
			case n == 0 && !at.IsZero() && (!at.After(now) || at.Sub(now) > 5*minute):
				t.Fatalf("seed %d, step %d: Allow = 0 for %v, want up to five minutes", seed, i, at.Sub(now))
			case n == 0 && !at.IsZero() && !at.Equal(view.Until):
				t.Fatalf("seed %d, step %d: Allow = 0 until %v, but the view says %v", seed, i, at, view.Until)
			case n == 1:
				g.Probe()
				if n, at := g.Allow(now); n != 0 || !at.IsZero() {
					t.Fatalf("seed %d, step %d: Allow = %d, %v with a probe out, want 0 until a change", seed, i, n, at)
				}
			}
		}
		resume(g, now)
		trust(g, now)
		for range 2 { // out of the hold, then out of the break
			if n, at := g.Allow(now); n == 0 && !at.IsZero() {
				now = at
			}
		}
		g.Probe()
		g.Success(now)
		if got := allowed(g, now); got != "all" {
			t.Fatalf("seed %d: Allow says %q after everything was mended, want all", seed, got)
		}
	}
}

// For the race detector: one dispatcher, many workers and readers.
func TestAGateMayBeUsedByManyGoroutines(t *testing.T) {
	g := limit.NewGate(rand.Int64N)
	var wg sync.WaitGroup
	for worker := range uint64(4) {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(worker, 1))
			for i := range 2_000 {
				now := epoch.Add(time.Duration(i) * s)
				[]action{success, alive, released, fail(1), refused, doubt, trust, pause, resume, hold(s)}[random.IntN(10)](g, now)
				g.View(now)
			}
		})
	}
	wg.Go(func() {
		for i := range 2_000 {
			if n, _ := g.Allow(epoch.Add(time.Duration(i) * s)); n > 0 {
				g.Probe()
			}
			select {
			case <-g.Changed():
			default:
			}
		}
	})
	wg.Wait()
	now := epoch.Add(24 * time.Hour)
	resume(g, now)
	trust(g, now)
	g.Probe()
	success(g, now)
	if got := allowed(g, now); got != "all" {
		t.Errorf("Allow says %q after a success, want all", got)
	}
}
