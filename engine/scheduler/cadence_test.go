package scheduler

import (
	"math"
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/engine/plan"
	"invd/engine/refresh"
)

// A cadenceBench is ten products of five dates, of which a policy was told.
type cadenceBench struct {
	*Cadence
	now  time.Time
	keys []Key
}

func newCadenceBench(t *testing.T, perDay float64) *cadenceBench {
	t.Helper()
	rules := plan.NewRules([]plan.Schedule{
		{Name: "today", Days: 1, Every: 15 * time.Minute},
		{Name: "week", Days: 5, Every: 4 * time.Hour},
		{Name: "month", Days: 5, Every: 24 * time.Hour},
	})
	products := make([]plan.Product, 10)
	for i := range products {
		products[i] = plan.Product{ID: inventory.ProductID(14 + i), Zone: time.FixedZone("SGT", 8*3600), Enabled: true}
	}
	catalogue := plan.NewCatalogue(rules, products).Within(perDay)
	b := &cadenceBench{now: time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)} // noon where they are sold
	b.Cadence = NewCadence(PolicyOptions{Catalogue: catalogue, PerDay: perDay}).(*Cadence)
	for i, p := range products {
		for ahead := range rules.Horizon() {
			k := Key{
				Key: inventory.Key{Product: p.ID, Date: p.Today(b.now).AddDays(ahead)}, ID: refresh.ID(len(b.keys)),
				Product: i, Schedule: min(ahead, 1), Ahead: ahead,
			}
			b.keys = append(b.keys, k)
			b.Enter(k, b.now)
		}
	}
	b.Turn(b.now, 0)
	return b
}

// answered tells the policy of a date's answer.
func (b *cadenceBench) answered(i int, state inventory.State, last time.Duration) Key {
	k := &b.keys[i]
	k.State, k.Checked = state, b.now
	b.Learn(*k, &refresh.Result{Checked: b.now, Day: state, Slots: refresh.Slots{Last: int(last.Minutes())}}, b.now)
	return *k
}

func TestACadenceThatFitsIsKeptToTheLetter(t *testing.T) {
	b := newCadenceBench(t, 10_000)
	for i := range b.keys {
		k := b.answered(i, inventory.Closed, 9*time.Hour)
		if got, want := b.Next(k, b.now), b.written.Next(k.Schedule, k.Key, b.now); !got.Equal(want) {
			t.Errorf("%v, closed and over, is due next at %v, want %v", k.Key, got, want)
		}
	}
	if b.Turn(b.now.Add(fitEvery), 0); b.Rules().Stretch() != 1 {
		t.Errorf("stretched %v times, want not at all", b.Rules().Stretch())
	}
}

// Ten products of 96 + 4×6 requests a day have twice what 600 allow; half of them closed and
// the others' today over at eighteen hours need less.
func TestAStretchedCadenceFollowsWhatIsOpen(t *testing.T) {
	b := newCadenceBench(t, 600/(1-plan.Reserve))
	if got := b.Rules().Stretch(); got != 2 {
		t.Fatalf("stretched %v times at first, want 2", got)
	}
	for i := range b.keys {
		state := inventory.Open
		if i%2 == 1 {
			state = inventory.Closed
		}
		b.answered(i, state, 18*time.Hour)
	}
	if got := b.Rules().Stretch(); got != 2 {
		t.Errorf("stretched %v times between two fits, want still 2", got)
	}
	for i, k := range b.keys { // Learn counts what it knew before this answer
		b.answered(i, k.State, 18*time.Hour)
	}
	b.Turn(b.now.Add(fitEvery), 0)
	needed := 25*1. + 5*96*18/24. + 20*6
	if want := plan.Stretch(needed, b.budget); b.Rules().Stretch() != want {
		t.Errorf("stretched %v times, want %v for %v requests a day", b.Rules().Stretch(), want, needed)
	}
	for i := range b.keys {
		b.Leave(refresh.ID(i))
	}
	if math.Abs(b.demand) > 1e-9 {
		t.Errorf("%v requests a day are left of keys that have left", b.demand)
	}
}

func TestAStretchedCadenceLeavesAloneWhatHasNothingNewToSay(t *testing.T) {
	b := newCadenceBench(t, 300)
	longest := b.longest()
	today, tomorrow := b.answered(0, inventory.Open, 18*time.Hour), b.answered(1, inventory.Closed, 0)
	for _, tt := range []struct {
		name string
		key  Key
		at   time.Duration // of the day where it is sold
		want int           // schedule
	}{
		{"today before the last slot", today, 17*time.Hour + 59*time.Minute, 0},
		{"today when the last slot starts", today, 18 * time.Hour, longest},
		{"a closed date", tomorrow, 12 * time.Hour, longest},
		{"a date that is open tomorrow", b.answered(6, inventory.Open, 9*time.Hour), 12 * time.Hour, 1},
		{"a date that nothing is known of", b.keys[11], 12 * time.Hour, 1},
	} {
		now := b.now.Add(tt.at - 12*time.Hour)
		if got, want := b.Next(tt.key, now), b.Rules().Next(tt.want, tt.key.Key, now); !got.Equal(want) {
			t.Errorf("%s is due next at %v, want %v as by schedule %d", tt.name, got, want, tt.want)
		}
	}
}

// Each change of the grid costs fetches that come too early.
func TestAStretchThatIsOffByLessThanTheReserveStays(t *testing.T) {
	b := newCadenceBench(t, 600/(1-plan.Reserve))
	b.answered(1, inventory.Closed, 0)
	for day := range 7 {
		b.Turn(b.now.AddDate(0, 0, day), 0)
	}
	if got := b.Rules().Stretch(); got != 2 {
		t.Errorf("one closed date of fifty: stretched %v times, want still 2", got)
	}
}
