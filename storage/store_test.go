package storage

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// mustOpen opens a store that the test closes at its end at the latest. It is
// not flushed to disk: tests that kill a process ask for that themselves.
func mustOpen(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir, Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func mustClose(t testing.TB, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func mustSync(t testing.TB, s *Store, a *inventory.Availability, bodyHash uint64) Synced {
	t.Helper()
	synced, err := s.Sync(a, bodyHash, refresh.End{})
	if err != nil {
		t.Fatal(err)
	}
	return synced
}

func mustDate(t testing.TB, text string) inventory.Date {
	t.Helper()
	d, err := inventory.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// mustBeClean closes the store and checks its file.
func mustBeClean(t testing.TB, s *Store) {
	t.Helper()
	mustClose(t, s)
	findings, err := Check(s.path)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		t.Errorf("Check found: %s", f)
	}
}

var sameSlots = cmpopts.EquateEmpty()

// night is a small day: one slot, two pax. n is its remaining places.
func night(k inventory.Key, n int64, requested time.Time) *inventory.Availability {
	price := func(units int64) *inventory.Price {
		return &inventory.Price{
			Final:    inventory.Money{Units: units, Scale: 2},
			Original: inventory.Money{Units: units + 500, Scale: 2},
			Discount: inventory.Money{Units: 5},
			Currency: "SGD",
		}
	}
	return &inventory.Availability{
		Key: k, RequestedAt: requested, CheckedAt: requested.Add(time.Second),
		Slots: []inventory.Slot{{
			Start: 19*60 + 15, End: inventory.NoClock, Variant: "v1", SourceID: "s1", Remaining: n,
			Pax: []inventory.Pax{
				{Type: "ADULT_13~99", Name: "Adult", Min: 1, Max: inventory.NoLimit, Remaining: n, Primary: true, Price: price(21214)},
				{Type: "CHILD_3~12", Name: "Child", Description: "Ages 3–12", Min: 0, Max: 8, Remaining: n, Price: price(14213)},
			},
		}},
	}
}

func closedDay(k inventory.Key, requested time.Time) *inventory.Availability {
	return &inventory.Availability{Key: k, RequestedAt: requested, CheckedAt: requested.Add(time.Second)}
}

// randomDay makes availability with every kind of value that can be stored.
func randomDay(r *rand.Rand, k inventory.Key) *inventory.Availability {
	text := func() string {
		return [...]string{"", "a", "ADULT_13~99", "Erwachsener", "大人", "a\x00b", fmt.Sprint("id-", r.IntN(1000))}[r.IntN(7)]
	}
	money := func() inventory.Money {
		return inventory.Money{Units: r.Int64N(2_000_000) - 100_000, Scale: uint8(r.IntN(7))}
	}
	at := time.Unix(1_700_000_000, r.Int64N(1e15)).UTC()
	a := &inventory.Availability{Key: k, RequestedAt: at, CheckedAt: at.Add(time.Duration(r.IntN(1e10)))}
	a.Slots = make([]inventory.Slot, r.IntN(8))
	for i := range a.Slots {
		s := &a.Slots[i]
		s.Start, s.End = inventory.Clock(r.IntN(24*60+1)-1), inventory.Clock(r.IntN(24*60+1)-1)
		s.Variant, s.SourceID, s.Remaining = text(), text(), r.Int64N(inventory.MaxRemaining+1)>>r.IntN(30)
		s.Pax = make([]inventory.Pax, r.IntN(4))
		for j := range s.Pax {
			p := &s.Pax[j]
			p.Type, p.Name, p.Description = text(), text(), text()
			p.Min, p.Max, p.Remaining = r.Int64N(5), r.Int64N(20)-1, r.Int64N(50)
			p.Primary = r.IntN(2) == 0
			if r.IntN(5) > 0 {
				p.Price = &inventory.Price{Final: money(), Original: money(), Discount: money(), Currency: text()}
			}
		}
	}
	a.Sort()
	return a
}

// counter is an Observer that counts.
type counter struct{ commits, ops, corrupt atomic.Int64 }

func (c *counter) Committed(_ time.Duration, ops int) {
	c.commits.Add(1)
	c.ops.Add(int64(ops))
}

func (c *counter) Corrupt() { c.corrupt.Add(1) }

func TestWhatIsStoredIsReadBackAfterARestart(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	r := rand.New(rand.NewPCG(1, 2))
	want := map[inventory.Key]*inventory.Availability{}
	for range 200 {
		k := inventory.Key{Product: inventory.ProductID(1 + r.Int64N(5)), Date: inventory.Date(20_000 + r.IntN(40))}
		if _, ok := want[k]; ok {
			continue
		}
		want[k] = randomDay(r, k)
		mustSync(t, s, want[k], r.Uint64())
	}
	mustBeClean(t, s)

	s = mustOpen(t, dir)
	if got := s.Stats().Days; got != len(want) {
		t.Errorf("Stats().Days = %d, want %d", got, len(want))
	}
	for k, a := range want {
		got, err := s.Availability(k)
		if err != nil {
			t.Fatal(err)
		}
		record := inventory.Record{Availability: *a, ChangedAt: a.CheckedAt, Revision: 1}
		if diff := cmp.Diff(record, *got, sameSlots); diff != "" {
			t.Errorf("Availability(%s) differs (-want +got):\n%s", k, diff)
		}
	}
	last := inventory.Key{}
	seen := 0
	err := s.Days(func(k inventory.Key, checked, changed time.Time, st inventory.State) bool {
		a := want[k]
		if a == nil || !checked.Equal(a.CheckedAt) || !changed.Equal(a.CheckedAt) || st != a.State() || last.Compare(k) >= 0 {
			t.Errorf("Days gave %s checked %v, changed %v, %v after %s; want %+v", k, checked, changed, st, last, a)
		}
		last = k
		seen++
		return true
	})
	if err != nil || seen != len(want) {
		t.Errorf("Days gave %d days, error %v; want %d", seen, err, len(want))
	}
}
