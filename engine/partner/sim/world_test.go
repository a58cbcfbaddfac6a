package sim_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"invd/engine/partner/sim"
)

var today = time.Date(2026, 4, 9, 0, 0, 0, 0, time.UTC)

func date(ahead int) string { return today.AddDate(0, 0, ahead).Format(time.DateOnly) }

// all returns every body of n products' next 60 dates at a moment.
func all(p *sim.Partner, n int, at time.Time) []byte {
	var b bytes.Buffer
	for _, id := range sim.Catalogue(n) {
		for ahead := range 60 {
			b.Write(p.Body(id, date(ahead), at))
		}
	}
	return b.Bytes()
}

func TestTheSameSeedGivesTheSameBytes(t *testing.T) {
	noon := today.Add(12 * time.Hour)
	world := func(seed uint64, products int) *sim.Partner {
		return sim.New(sim.Options{Seed: seed, Products: sim.Catalogue(products)})
	}
	p := world(7, 20)
	want := all(p, 20, noon)
	all(p, 20, noon.AddDate(0, 0, 9)) // looking ahead changes nothing
	for _, tt := range []struct {
		name string
		got  []byte
	}{
		{"asked again", all(p, 20, noon)},
		{"another partner", all(world(7, 20), 20, noon)},
		{"a larger catalogue", all(world(7, 90), 20, noon)},
	} {
		if !bytes.Equal(tt.got, want) {
			t.Errorf("%s: other bytes with the same seed", tt.name)
		}
	}
	if bytes.Equal(all(world(8, 20), 20, noon), want) {
		t.Error("seeds 7 and 8 have the same world")
	}
}

// TestTheWorldIsPinned fails when the same seed means another world than it did
// before: simulations published with a seed could not be repeated.
func TestTheWorldIsPinned(t *testing.T) {
	p := sim.New(sim.Options{Seed: 1, Products: sim.Catalogue(30)})
	var got uint64
	for _, id := range sim.Catalogue(30) {
		for ahead := range 60 {
			got = got*31 + p.Version(id, date(ahead), today)
		}
	}
	const want = 0xc72b02bb1278bc11
	if got != want {
		t.Errorf("versions of seed 1 add up to %#x, want %#x", got, uint64(want))
	}
}

func TestRemainingOnlyFalls(t *testing.T) {
	p := sim.New(sim.Options{Products: sim.Catalogue(30)})
	for _, id := range sim.Catalogue(30) {
		for _, d := range []string{date(0), date(3), date(58)} {
			last := p.Truth(id, d, today.AddDate(0, 0, -61))
			for at := today.AddDate(0, 0, -60); at.Before(today.AddDate(0, 0, 60)); at = at.Add(11 * time.Hour) {
				slots := p.Truth(id, d, at)
				for i, s := range slots {
					if s.Remaining > last[i].Remaining || s.Remaining < 0 {
						t.Fatalf("%d/%s %s has %d seats at %v, %d before", id, d, s.Start, s.Remaining, at, last[i].Remaining)
					}
					for j, pax := range s.Pax {
						if pax.Remaining > last[i].Pax[j].Remaining || pax.Remaining < 0 || pax.Remaining > s.Remaining && id != 14 {
							t.Fatalf("%d/%s %s %s has %d seats at %v, %d before, the slot %d",
								id, d, s.Start, pax.Type, pax.Remaining, at, last[i].Pax[j].Remaining, s.Remaining)
						}
					}
				}
				last = slots
			}
		}
	}
}

// seats is what all products still have on a date.
func seats(p *sim.Partner, products int, d string, at time.Time) (n int64) {
	for _, id := range sim.Catalogue(products) {
		for _, s := range p.Truth(id, d, at) {
			n += s.Remaining
		}
	}
	return n
}

func TestADateSellsFasterAsItComesNear(t *testing.T) {
	p := sim.New(sim.Options{Products: sim.Catalogue(450)})
	day := func(lead int) time.Time { return today.AddDate(0, 0, 10-lead) }
	sold := func(from, to int) float64 { // mean seats a day, from and to days ahead
		d := date(10)
		return float64(seats(p, 450, d, day(from))-seats(p, 450, d, day(to))) / float64(from-to)
	}
	perDay := []float64{sold(59, 30), sold(30, 14), sold(14, 6), sold(6, 3), sold(3, 1), sold(1, 0), sold(0, -1)}
	for i := 1; i < len(perDay); i++ {
		if perDay[i] < 1.2*perDay[i-1] {
			t.Errorf("seats sold a day, from two months ahead to the date itself: %.0f; want each well above the last", perDay)
		}
	}
	if got := sold(-1, -30); got != 0 {
		t.Errorf("%v seats a day sold after the date", got)
	}
}

func TestNothingIsSoldOnceASlotHasStarted(t *testing.T) {
	tokyo := time.FixedZone("UTC+9", 9*60*60)
	p := sim.New(sim.Options{Products: sim.Catalogue(200), Location: tokyo})
	for _, id := range sim.Catalogue(200) {
		end := time.Date(today.Year(), today.Month(), today.Day()+1, 0, 0, 0, 0, tokyo)
		for i, s := range p.Truth(id, date(0), end) {
			start, err := time.ParseInLocation("2006-01-02 15:04", date(0)+" "+s.Start, tokyo)
			if err != nil {
				t.Fatal(err)
			}
			if before := p.Truth(id, date(0), start.Add(-1))[i].Remaining; before != s.Remaining {
				t.Errorf("%d/%s %s: %d seats just before the start, %d at the day's end", id, date(0), s.Start, before, s.Remaining)
			}
		}
	}
}

func TestTheCatalogueLooksLikeAMarket(t *testing.T) {
	const n, every = 450, 3 // every third date
	p := sim.New(sim.Options{Products: sim.Catalogue(n)})
	open, dates, slots, soldOut, some := 0, 0, 0, 0, 0
	var counts []int
	prices := map[int64]bool{}
	changes := 0
	for _, id := range sim.Catalogue(n) {
		for ahead := 0; ahead < 60; ahead += every {
			dates++
			evening := today.AddDate(0, 0, ahead).Add(22 * time.Hour)
			day := p.Truth(id, date(ahead), evening)
			if len(day) == 0 {
				continue
			}
			open++
			counts = append(counts, len(day))
			out := 0
			for _, s := range day {
				slots++
				if s.Remaining == 0 {
					out++
				}
			}
			soldOut += out
			if out > 0 {
				some++
			}
			prices[day[0].Pax[0].FinalCents] = true
			changes += p.Changes(id, date(ahead), today, today.AddDate(0, 0, 1))
		}
	}
	for _, tt := range []struct {
		what           string
		got, low, high float64
	}{
		{"share of dates open", float64(open) / float64(dates), 0.78, 0.86},
		{"fewest slots", float64(slices.Min(counts)), 1, 1},
		{"most slots", float64(slices.Max(counts)), 14, 14},
		{"share of slots that sell out", float64(soldOut) / float64(slots), 0.05, 0.4},
		{"share of dates where a slot sells out", float64(some) / float64(open), 0.1, 0.6},
		{"different prices", float64(len(prices)), 300, 1e9},
		{"visible changes in a day", float64(changes * every), 10_000, 20_000},
	} {
		if tt.got < tt.low || tt.got > tt.high {
			t.Errorf("%s: %.3g, want %v to %v", tt.what, tt.got, tt.low, tt.high)
		}
	}
}

func TestAPriceMovesForManyDatesAtTheSameSecond(t *testing.T) {
	p := sim.New(sim.Options{Products: sim.Catalogue(60)})
	moved := func(id int64, d string, at time.Time) bool {
		before, after := p.Truth(id, d, at.Add(-1)), p.Truth(id, d, at)
		return len(after) > 0 && before[0].Pax[0].FinalCents != after[0].Pax[0].FinalCents
	}
	widest := 0
	for _, id := range sim.Catalogue(60)[2:] {
		at := today
		for range 400 {
			next, ok := p.NextChange(id, date(25), at)
			if !ok {
				break
			}
			at = next
			if !moved(id, date(25), at) {
				continue
			}
			n := 0
			for ahead := range 60 {
				if moved(id, date(ahead), at) {
					n++
				}
			}
			widest = max(widest, n)
		}
	}
	if widest < 25 {
		t.Errorf("the widest price change moved %d of the next 60 dates at once, want 25 or more", widest)
	}
}

func TestEveryChangeShows(t *testing.T) {
	p := sim.New(sim.Options{Products: sim.Catalogue(60)})
	rnd := rand.New(rand.NewPCG(1, 2))
	checked := 0
	for checked < 800 {
		id, d := int64(14+rnd.IntN(60)), date(rnd.IntN(60))
		at := today.Add(time.Duration(rnd.Int64N(int64(20 * 24 * time.Hour))))
		body := p.Body(id, d, at)
		next, ok := p.NextChange(id, d, at)
		if !ok {
			if far := today.AddDate(1, 0, 0); !bytes.Equal(p.Body(id, d, far), body) {
				t.Fatalf("%d/%s changes after %v, NextChange says it does not", id, d, at)
			}
			checked++
			continue
		}
		checked++
		if !next.After(at) || !bytes.Equal(p.Body(id, d, next.Add(-1)), body) || bytes.Equal(p.Body(id, d, next), body) {
			t.Fatalf("%d/%s: NextChange(%v) = %v, which is not where the body changes", id, d, at, next)
		}
		if p.Version(id, d, next) == p.Version(id, d, at) || p.Version(id, d, next.Add(-1)) != p.Version(id, d, at) {
			t.Fatalf("%d/%s: versions do not follow the body at %v", id, d, next)
		}
	}
}
