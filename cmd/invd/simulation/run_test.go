//go:build !race

// Days of virtual time take minutes under the race detector, where shorter tests run the
// same goroutines.

package simulation_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"invd/cmd/invd/app"
	"invd/cmd/invd/config"
	"invd/cmd/invd/simulation"
	"invd/engine/limit"
	"invd/engine/partner/world"
)

// small is a fifteenth of the reference world, and of its budget.
func small(seed uint64, policy string) simulation.Options {
	zone := time.FixedZone("SGT", 8*60*60)
	c := simulation.Catalogue(30, zone, app.Catalogue(config.Default()).Rules)
	w := world.Reference(seed, simulation.Products(c), zone)
	w.Reads = 6_000
	return simulation.Options{
		World: w, Catalogue: c, Limits: []limit.Limit{{Requests: 2, Per: time.Minute}},
		Concurrency: 4, Latency: 150 * time.Millisecond, Policy: policy, OnRead: simulation.Nothing, Days: 1,
	}
}

func mustCompare(t *testing.T, runs ...simulation.Options) []simulation.Result {
	t.Helper()
	results, err := simulation.Compare(t.Context(), runs, func(simulation.Result) {})
	if err != nil {
		t.Fatal(err)
	}
	return results
}

// ascending are the policies from the worst to the best, and by how much each is
// at least better than the one before.
var ascending = []struct {
	policy string
	by     float64 // negative: worse by no more than that
}{{"seed", 0}, {"cadence", 0.2}, {"adaptive", 0.2}, {"oracle", -0.01}}

func TestPoliciesComeInTheirOrder(t *testing.T) {
	var runs []simulation.Options
	for _, p := range ascending {
		runs = append(runs, small(1, p.policy))
	}
	before := 0.0
	for i, r := range mustCompare(t, runs...) {
		if r.Fresh < before+ascending[i].by {
			t.Errorf("%s: %.3f of the reads fresh, want %.3f more than the %.3f of the one before", r.Policy, r.Fresh, ascending[i].by, before)
		}
		before = r.Fresh
		if r.Fullest > 2 || r.Refused > 0 {
			t.Errorf("%s: %d requests within a minute and %d refused, want at most 2 and 0", r.Policy, r.Fullest, r.Refused)
		}
		if r.Budget < 0.98 || r.Budget > 1 {
			t.Errorf("%s: %.3f of the budget used, want nearly all", r.Policy, r.Budget)
		}
		if r.Reads < 5_000 || r.Available < r.Fresh || r.Answered < r.Available {
			t.Errorf("%s: %d reads, %.3f answered, %.3f available, %.3f fresh", r.Policy, r.Reads, r.Answered, r.Available, r.Fresh)
		}
	}
}

func TestARunFollowsFromItsOptions(t *testing.T) {
	r := mustCompare(t, small(2, "adaptive"), small(2, "adaptive"))
	if diff := cmp.Diff(r[0], r[1], cmpopts.IgnoreFields(simulation.Result{}, "Took")); diff != "" {
		t.Errorf("two runs of one market (-one +other):\n%s", diff)
	}
}

// Of a small market for a day, estimates are off by a few points; a tenth that few
// reads are in, by more.
func TestEstimatesCanBeBelieved(t *testing.T) {
	r := mustCompare(t, small(1, "adaptive"), small(1, "cadence"))
	if r[1].Calibration != nil {
		t.Errorf("cadence estimates nothing and is held to account for %+v", r[1].Calibration)
	}
	c, reads := r[0].Calibration, 0
	for i, b := range c.Bins {
		if reads += b.Reads; b.Reads > 0 && (b.Estimated < float64(i)/10-1e-9 || b.Estimated > float64(i+1)/10+1e-9) {
			t.Errorf("bin %d has estimates of %.3f in the mean", i, b.Estimated)
		}
	}
	if most := r[0].Reads; reads < most*95/100 || reads > most {
		t.Errorf("%d reads are held to account, want nearly all of %d", reads, most)
	}
	t.Logf("calibration error %.3f, Brier score %.3f: %+v", c.Error, c.Brier, c.Bins)
	if c.Error > 0.03 || c.Brier > 0.1 {
		t.Errorf("calibration error %.3f, Brier score %.3f; want 0.03 and 0.1 at most", c.Error, c.Brier)
	}
}

func TestReadersWaitOnlyWhenTheyMay(t *testing.T) {
	background, wait := small(3, "adaptive"), small(3, "adaptive")
	background.OnRead, wait.OnRead = simulation.Background, simulation.Wait
	r := mustCompare(t, background, wait)
	if r[0].Waited != 0 {
		t.Errorf("%.3f of the reads waited for a fetch in the background, want none", r[0].Waited)
	}
	if r[1].Waited == 0 || r[1].Waited > 0.3 || r[1].Fresh < r[0].Fresh-.02 {
		t.Errorf("%.3f of the reads waited and %.3f were fresh, want some and no fewer than %.3f, or hardly", r[1].Waited, r[1].Fresh, r[0].Fresh)
	}
	for _, r := range r {
		if r.Fullest > 2 || r.Refused > 0 {
			t.Errorf("%d requests within a minute and %d refused, want at most 2 and 0", r.Fullest, r.Refused)
		}
	}
}

func TestACanceledComparisonEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := simulation.Compare(ctx, []simulation.Options{small(1, "seed")}, func(simulation.Result) {
		t.Error("a run was finished")
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("Compare = %v, want it canceled", err)
	}
}
