package sim_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"invd/engine/partner/sim"
)

const sunday = "2025-03-30" // of product 15

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestOverridesHoldFromTheirMomentOn(t *testing.T) {
	c := newClock()
	p := sim.New(sim.Options{Now: c.Now, Limit: -1})
	world := string(p.Body(15, sunday, c.now))
	start := c.now
	at := func(hours int) time.Time { return start.Add(time.Duration(hours) * time.Hour) }
	do := func(hours int, err error) { t.Helper(); must(t, err) }
	c.now = at(1)
	do(1, p.Book(15, sunday, "00:00", 3))
	c.now = at(2)
	do(2, p.CloseDate(15, sunday))
	c.now = at(3)
	do(3, p.OpenDate(15, sunday))
	c.now = at(4)
	do(4, p.Set(15, sunday, []byte("[1]")))
	c.now = at(5)
	do(5, p.Set(15, sunday, nil))
	c.now = at(6)
	do(6, p.Book(15, sunday, "00:00", 1000))
	c.now = at(7)
	do(7, p.Book(15, sunday, "00:00", -2))

	booked := strings.Replace(strings.Replace(world, ":170,", ":167,", 1), ":150,", ":147,", 1)
	gone := strings.Replace(strings.Replace(world, ":170,", ":0,", 1), ":150,", ":0,", 1)
	back := strings.Replace(strings.Replace(world, ":170,", ":2,", 1), ":150,", ":2,", 1)
	for hours, want := range []string{world, booked, "[]", booked, "[1]", booked, gone, back} {
		for _, moment := range []time.Time{at(hours), at(hours + 1).Add(-1)} {
			if got := string(p.Body(15, sunday, moment)); got != want {
				t.Errorf("after %v:\n%s\nwant\n%s", moment.Sub(start), got, want)
			}
		}
		c.now = at(hours)
		if got := get(p, "/api/v1/inventory/15?date="+sunday, "").Body.String(); got != want {
			t.Errorf("served after %d h:\n%s\nwant\n%s", hours, got, want)
		}
	}
	if got := p.Changes(15, sunday, start, at(8)); got != 7 {
		t.Errorf("Changes = %d, want 7", got)
	}
	if got := p.Truth(15, sunday, at(7))[0].Remaining; got != 2 {
		t.Errorf("Truth has %d seats, want 2", got)
	}
}

func TestAClosedWeekdayCanBeOpened(t *testing.T) {
	const monday = "2025-03-24"
	c := newClock()
	p := sim.New(sim.Options{Now: c.Now})
	c.now = c.now.Add(time.Hour)
	must(t, p.OpenDate(14, monday))
	if got := len(p.Truth(14, monday, c.now)); got != 9 {
		t.Errorf("product 14 has %d slots on a Monday that was opened, want 9", got)
	}
	if got := p.Truth(14, monday, c.now.Add(-1)); got != nil {
		t.Errorf("before it was opened it had %d slots", len(got))
	}
	if next, ok := p.NextChange(14, monday, c.now.Add(-time.Minute)); !ok || !next.Equal(c.now) {
		t.Errorf("NextChange = %v, %v; want %v", next, ok, c.now)
	}
}

func TestAnOverrideThatChangesNothingIsNoChange(t *testing.T) {
	c := newClock()
	p := sim.New(sim.Options{Now: c.Now})
	start := c.now
	c.now = c.now.Add(time.Hour)
	must(t, p.CloseDate(14, "2025-03-24")) // a Monday
	must(t, p.OpenDate(15, sunday))
	for _, k := range []struct {
		product int64
		date    string
	}{{14, "2025-03-24"}, {15, sunday}} {
		if next, ok := p.NextChange(k.product, k.date, start); ok {
			t.Errorf("NextChange of %v = %v, want none", k, next)
		}
	}
}

func TestNoSeatIsSoldInASlotThatWasEmptied(t *testing.T) {
	c := &clock{now: today}
	p := sim.New(sim.Options{Products: sim.Catalogue(40), Now: c.Now})
	for _, id := range sim.Catalogue(40)[2:] {
		for _, s := range p.Truth(id, date(2), today) {
			must(t, p.Book(id, date(2), s.Start, 100_000))
		}
		at := today
		for {
			next, ok := p.NextChange(id, date(2), at)
			if !ok {
				break
			}
			if !next.After(at) || bytes.Equal(p.Body(id, date(2), next), p.Body(id, date(2), next.Add(-1))) {
				t.Fatalf("%d/%s does not change at %v", id, date(2), next)
			}
			at = next
		}
	}
}

func TestWhatDoesNotExistHasNoTruth(t *testing.T) {
	p := sim.New(sim.Options{})
	now := time.Now()
	for _, k := range []struct {
		product int64
		date    string
	}{{16, sunday}, {15, "2025-02-30"}, {15, ""}} {
		if b := p.Body(k.product, k.date, now); b != nil {
			t.Errorf("Body(%v) = %s", k, b)
		}
		if s := p.Truth(k.product, k.date, now); s != nil {
			t.Errorf("Truth(%v) = %v", k, s)
		}
		if next, ok := p.NextChange(k.product, k.date, now); ok {
			t.Errorf("NextChange(%v) = %v", k, next)
		}
		for name, err := range map[string]error{
			"Set":       p.Set(k.product, k.date, []byte("[]")),
			"Book":      p.Book(k.product, k.date, "00:00", 1),
			"CloseDate": p.CloseDate(k.product, k.date),
			"OpenDate":  p.OpenDate(k.product, k.date),
		} {
			if err == nil {
				t.Errorf("%s(%v) = nil, want an error", name, k)
			}
		}
	}
	if err := p.Book(15, sunday, "04:00", 1); err == nil {
		t.Error("Book of a slot product 15 does not have = nil, want an error")
	}
}
