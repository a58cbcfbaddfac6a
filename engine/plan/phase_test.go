package plan_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/engine/plan"
)

// intervals are those of the default schedules and some that divide nothing.
var intervals = []time.Duration{15 * time.Minute, 4 * time.Hour, 24 * time.Hour, 72 * time.Hour, 7*time.Minute + 13, 997, 1}

func randomKey(random *rand.Rand) inventory.Key {
	return inventory.Key{Product: 1 + inventory.ProductID(random.Int64N(inventory.MaxProductID)), Date: inventory.Date(random.IntN(40_000))}
}

// randomTime is a moment of the 136 years around 1970.
func randomTime(random *rand.Rand) time.Time {
	return time.Unix(random.Int64N(1<<32)-1<<31, random.Int64N(1e9))
}

func TestATickComesAfterTheTimeOnTheKeysOwnGrid(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		k, now := randomKey(random), randomTime(random)
		every := intervals[random.IntN(len(intervals))]
		tick := plan.Tick(k, every, now)
		if wait := tick.Sub(now); wait <= 0 || wait > every {
			t.Fatalf("Tick(%v, %v, %v) comes after %v, want more than 0 and at most the interval", k, every, now, wait)
		}
		origin := plan.Tick(k, every, time.Unix(0, 0))
		if off := tick.Sub(origin) % every; off != 0 {
			t.Fatalf("Tick(%v, %v, %v) is %v off the key's grid, want 0", k, every, now, off)
		}
		back := time.Duration(random.Int64N(int64(every)))
		if again := plan.Tick(k, every, tick.Add(-1-back)); !again.Equal(tick) {
			t.Fatalf("Tick(%v, %v) %v before the tick %v is %v, want the same", k, every, back+1, tick, again)
		}
		if next := plan.Tick(k, every, tick); !next.Equal(tick.Add(every)) {
			t.Fatalf("Tick(%v, %v) at the tick %v is %v, want %v", k, every, tick, next, tick.Add(every))
		}
	}
}

func TestATickIsTheSameInEveryZone(t *testing.T) {
	k := inventory.Key{Product: 14, Date: mustDate(t, "2026-04-09")}
	now := time.Date(2026, 4, 9, 12, 0, 0, 0, time.UTC)
	want := plan.Tick(k, 24*time.Hour, now)
	if got := plan.Tick(k, 24*time.Hour, now.In(mustZone(t, "Asia/Kolkata"))); !got.Equal(want) {
		t.Errorf("Tick of the same moment in Kolkata = %v, want %v", got, want)
	}
}

func TestTicksCountsWhatTickEnumerates(t *testing.T) {
	rules := plan.NewRules(defaults())
	random := rand.New(rand.NewPCG(3, 4))
	for range 2_000 {
		schedule := random.IntN(len(rules.Schedules()))
		every := rules.Schedules()[schedule].Every
		k, after := randomKey(random), randomTime(random)
		to := after.Add(time.Duration(random.Int64N(int64(30*every))) - every)
		switch random.IntN(4) { // ends that are ticks themselves
		case 0:
			after = plan.Tick(k, every, after)
		case 1:
			to = plan.Tick(k, every, to)
		case 2:
			to = after
		}
		want := 0
		for tick := plan.Tick(k, every, after); !tick.After(to); tick = plan.Tick(k, every, tick) {
			want++
		}
		if got := rules.Ticks(schedule, k, after, to); got != want {
			t.Fatalf("Ticks(%v, every %v, after %v to %v) = %d, want %d", k, every, after, to, got, want)
		}
	}
}

// A key is late again and again for thirty days, each time by less than 7/8 of its
// interval: the tick after is still the next of its grid.
func TestDueTimesNeverDrift(t *testing.T) {
	rules := plan.NewRules(defaults())
	random := rand.New(rand.NewPCG(5, 6))
	start := time.Date(2026, 2, 20, 9, 30, 0, 0, time.UTC)
	for schedule, s := range rules.Schedules() {
		most := s.Every - s.Every/8 - 1
		for range 10 {
			k := randomKey(random)
			due := rules.Next(schedule, k, start)
			for n := 0; due.Before(start.AddDate(0, 0, 30)); n++ {
				late := time.Duration(random.Int64N(int64(most) + 1))
				switch n % 4 {
				case 0:
					late = 0
				case 1:
					late = most
				}
				want := due.Add(s.Every)
				if due = rules.Next(schedule, k, due.Add(late)); !due.Equal(want) {
					t.Fatalf("%s: %v, %v late at tick %d, is due next at %v, want %v", s.Name, k, late, n, due, want)
				}
			}
		}
	}
}

// So a key that was just asked for, by hand or late, is not asked for again at once.
func TestADueTimeLeavesAnEighthOfTheIntervalAtLeast(t *testing.T) {
	rules := plan.NewRules(defaults())
	random := rand.New(rand.NewPCG(7, 8))
	for range 20_000 {
		schedule := random.IntN(len(rules.Schedules()))
		every := rules.Schedules()[schedule].Every
		k, checked := randomKey(random), randomTime(random)
		if random.IntN(2) == 0 { // an eighth before a tick, give or take a nanosecond
			checked = plan.Tick(k, every, checked).Add(-every/8 + time.Duration(random.IntN(3)-1))
		}
		due := rules.Next(schedule, k, checked)
		if wait := due.Sub(checked); wait <= every/8 || wait > every+every/8 {
			t.Fatalf("%v checked at %v is due after %v, want more than %v and at most %v", k, checked, wait, every/8, every+every/8)
		}
		if before := due.Add(-every); before.Sub(checked) > every/8 {
			t.Fatalf("%v checked at %v is due at %v, want its tick before, %v", k, checked, due, before)
		}
	}
}

// The due times of 450 products × 60 dates fall evenly into 90 parts of each
// interval. The mean of chi-square for 89 degrees of freedom is 89, its standard
// deviation 13.3; the keys are given, so nothing here fails by chance.
func TestPhasesAreSpreadEvenlyOverTheInterval(t *testing.T) {
	const products, dates, parts = 450, 60, 90
	first := mustDate(t, "2026-02-20")
	spread := func(name string, every time.Duration, keys []inventory.Key) {
		var count [parts]float64
		for _, k := range keys {
			count[plan.Tick(k, every, time.Unix(0, -1)).UnixNano()*parts/int64(every)]++
		}
		want := float64(len(keys)) / parts
		chi := 0.0
		for _, n := range count {
			chi += (n - want) * (n - want) / want
		}
		if chi < 89-4*13.3 || chi > 89+4*13.3 {
			t.Errorf("%s, every %v: chi-square of the phases is %.0f, want about 89", name, every, chi)
		}
	}
	var all []inventory.Key
	for p := range inventory.ProductID(products) {
		for d := range dates {
			all = append(all, inventory.Key{Product: p + 1, Date: first.AddDays(d)})
		}
	}
	for _, s := range defaults() {
		spread("all keys", s.Every, all)
		spread("one product's dates", s.Every, datesOf(14, first, 9000))
		spread("one date's products", s.Every, productsOn(first, 9000))
	}
}

func datesOf(p inventory.ProductID, first inventory.Date, n int) (keys []inventory.Key) {
	for i := range n {
		keys = append(keys, inventory.Key{Product: p, Date: first.AddDays(i)})
	}
	return keys
}

func productsOn(d inventory.Date, n int) (keys []inventory.Key) {
	for i := range n {
		keys = append(keys, inventory.Key{Product: inventory.ProductID(i + 1), Date: d})
	}
	return keys
}

// Due times are not stored. A daemon that computed others after an update would
// ask for every key at another time than the daemon before.
func TestPhasesNeverChange(t *testing.T) {
	tests := []struct {
		product inventory.ProductID
		date    string
		want    time.Duration // into an interval of 72 h
	}{
		{14, "2026-04-09", 188_734_431_933_993},
		{15, "2026-04-09", 109_336_411_149_881},
		{14, "2026-04-10", 105_150_102_411_162},
		{1, "1970-01-01", 41_200_868_000_056},
		{inventory.MaxProductID, "9999-12-31", 223_362_596_478_213},
	}
	for _, tt := range tests {
		k := inventory.Key{Product: tt.product, Date: mustDate(t, tt.date)}
		if got := plan.Tick(k, 72*time.Hour, time.Unix(0, -1)).Sub(time.Unix(0, 0)); got != tt.want {
			t.Errorf("phase of %v = %d, want %d", k, got, tt.want)
		}
	}
}
