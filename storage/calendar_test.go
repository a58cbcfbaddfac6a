package storage

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"invd/engine/inventory"
)

// model is what a calendar must say: the days, one by one, nothing kept beside.
type model struct {
	days    map[inventory.Key]*inventory.Availability
	changed map[inventory.ProductID]time.Time
}

func (m *model) calendar(p inventory.ProductID, from inventory.Date, n int) *inventory.Calendar {
	c := &inventory.Calendar{ChangedAt: m.changed[p]}
	for date := from; date < from.AddDays(n); date++ {
		a := m.days[inventory.Key{Product: p, Date: date}]
		if a == nil {
			continue
		}
		c.Days = append(c.Days, inventory.CalendarDay{Date: date, State: a.State(), From: a.FromPrice()})
		if a.State() == inventory.Open && (c.CheckedAt.IsZero() || a.CheckedAt.Before(c.CheckedAt)) {
			c.CheckedAt = a.CheckedAt
		}
	}
	return c
}

func TestTheCalendarSaysWhatTheDaysSay(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	r := rand.New(rand.NewPCG(9, 10))
	m := &model{days: map[inventory.Key]*inventory.Availability{}, changed: map[inventory.ProductID]time.Time{}}
	now := time.Now().Add(-24 * time.Hour).UTC()
	const first, days = inventory.Date(20_000), 20
	for step := range 600 {
		now = now.Add(time.Second)
		k := inventory.Key{Product: inventory.ProductID(1 + r.IntN(3)), Date: first + inventory.Date(r.IntN(days))}
		a := [...]func() *inventory.Availability{
			func() *inventory.Availability { return night(k, r.Int64N(4), now) },
			func() *inventory.Availability { return closedDay(k, now) },
			func() *inventory.Availability { return randomDay(r, k) },
		}[r.IntN(3)]()
		a.RequestedAt, a.CheckedAt = now, now
		before := m.days[k]
		mustSync(t, s, a, 1)
		m.days[k] = a
		if before == nil || !equalSummaries(summaryOf(before), summaryOf(a)) {
			m.changed[k.Product] = now
		}
		if step%50 == 49 {
			before := first + inventory.Date(r.IntN(3))
			if _, err := s.Purge(before); err != nil {
				t.Fatal(err)
			}
			for k := range m.days {
				if k.Date < before {
					delete(m.days, k)
				}
			}
		}
		if err := s.PutHold(now, ""); err != nil { // brings the confirmations to the file
			t.Fatal(err)
		}
		from, n := first+inventory.Date(r.IntN(days)-5), r.IntN(days+10)
		got, err := s.Calendar(k.Product, from, n)
		want := m.calendar(k.Product, from, n)
		if len(want.Days) == 0 {
			if !errors.Is(err, inventory.ErrNotFound) {
				t.Fatalf("step %d: Calendar = %+v, %v; want ErrNotFound", step, got, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("step %d: %v", step, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("step %d: Calendar(%d, %s, %d) differs (-want +got):\n%s", step, k.Product, from, n, diff)
		}
	}
	mustBeClean(t, s)
}

func TestPurgeTakesEveryDayBeforeTheDateAndNoOther(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	const first, products, days = inventory.Date(20_000), 30, 60
	var want []inventory.Key
	before := first + 40
	for product := range inventory.ProductID(products) {
		for date := range inventory.Date(days) {
			k := inventory.Key{Product: 1 + product, Date: first + date}
			if err := s.submit(func(x *txn) error {
				x.replace(closedDay(k, time.Now()), day{state: inventory.Closed, slots: mustEncode(t, nil)}, 0)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if k.Date >= before {
				want = append(want, k)
			}
		}
	}
	gone := inventory.Key{Product: 3, Date: first}
	generation := s.Generation(gone)
	deleted, err := s.Purge(before)
	if err != nil || deleted != 40*products {
		t.Errorf("Purge = %d, %v; want %d in more than one commit", deleted, err, 40*products)
	}
	var got []inventory.Key
	if err := s.Days(func(k inventory.Key, _, _ time.Time, _ inventory.State) bool {
		got = append(got, k)
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) || s.Stats().Days != len(want) {
		t.Errorf("%d days left, Stats says %d; want %d from %s on", len(got), s.Stats().Days, len(want), before)
	}
	if s.Generation(gone) == generation {
		t.Error("the generation of a purged day did not change")
	}
	if _, err := s.Purge(first + days); err != nil {
		t.Error(err)
	}
	if c, err := s.Calendar(1, first, 100); !errors.Is(err, inventory.ErrNotFound) {
		t.Errorf("with every day purged the calendar is %+v, %v; want ErrNotFound", c, err)
	}
	mustBeClean(t, s)
}
