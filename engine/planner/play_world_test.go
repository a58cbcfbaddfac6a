package planner_test

import (
	"testing"
	"time"

	"invd/engine/partner/world"
	"invd/engine/planner"
)

const day = 24 * time.Hour

func asIs(*world.Options, *planner.Options) {}

func unbounded(_ *world.Options, o *planner.Options) {
	for i := range o.Bounds {
		o.Bounds[i] = 365 * day
	}
}

// TestMostReadsAreTrueAndNothingIsTooOld plays the reference market at a fifth of
// its size: as many calls for as many keys.
func TestMostReadsAreTrueAndNothingIsTooOld(t *testing.T) {
	p := newPlay(t, 1, 90, 6, asIs)
	p.run(monday.Add(day), monday.Add(4*day))
	t.Logf("%.1f %% of %d reads true, %d calls", p.freshness(), p.reads, p.calls)
	if p.freshness() < 83 {
		t.Errorf("%.1f %% of the reads are true, want 83 at least", p.freshness())
	}
	if want := 4 * 24 * 60 * 6; p.calls < want*99/100 {
		t.Errorf("%d calls, want %d: none is to be left unused", p.calls, want)
	}
	stretch := p.planner.Summary(p.now).Stretch
	for ahead, oldest := range p.oldest {
		if most := time.Duration(float64(bounds()[ahead]) * stretch); oldest > most {
			t.Errorf("%d days ahead: %v old, want %v at most (stretch %.2f)", ahead, oldest, most, stretch)
		}
	}
}

// TestTimersAndBandsDoAsWellAsARanking compares with a planner that ranks all keys
// every minute, without bounds of age, which only one of them would heed.
func TestTimersAndBandsDoAsWellAsARanking(t *testing.T) {
	var fresh [2]float64
	for i, exact := range []bool{false, true} {
		p := newPlay(t, 1, 60, 4, unbounded)
		p.exact = exact
		p.run(monday.Add(day), monday.Add(3*day))
		fresh[i] = p.freshness()
	}
	t.Logf("%.2f %% true, by ranking %.2f", fresh[0], fresh[1])
	if lost := fresh[1] - fresh[0]; lost > .5 {
		t.Errorf("timers and bands lose %.2f points, want 0.5 at most", lost)
	}
}

// TestARestartLosesNothingThatWasLearned goes on after two days with a planner that
// has only the records of the first, and beside it with the first itself.
func TestARestartLosesNothingThatWasLearned(t *testing.T) {
	var fresh [2]float64
	for i, restart := range []bool{false, true} {
		p := newPlay(t, 2, 60, 4, asIs)
		p.run(monday.Add(day), monday.Add(2*day))
		p.reads, p.fresh = 0, 0
		if restart {
			p.restart()
		}
		p.run(monday.Add(2*day), monday.Add(3*day))
		fresh[i] = p.freshness()
	}
	t.Logf("%.2f %% true, after a restart %.2f", fresh[0], fresh[1])
	if lost := fresh[0] - fresh[1]; lost > 1 {
		t.Errorf("a restart loses %.2f points, want 1 at most", lost)
	}
}
