package world_test

import (
	"math"
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/engine/partner/world"
)

// TestRatesAreThoseOfWhatHappens adds up what Rates promises for each hour of two
// days and counts what comes. An hour is as long as its readers make it.
func TestRatesAreThoseOfWhatHappens(t *testing.T) {
	const days = 2
	o := reference(6, 60)
	w := world.New(o)
	from := monday.Start(zone)
	counted, promised := [2]float64{}, [2]float64{}
	var hours [24]float64 // share of the reads
	for d := range days {
		for _, read := range w.Reads(monday.AddDays(d)) {
			counted[1]++
			hours[read.At.In(zone).Hour()]++
		}
	}
	for h := range 24 * days {
		at := from.Add(time.Duration(h)*time.Hour + 30*time.Minute)
		length := hours[h%24] / counted[1]
		today := inventory.DateOf(at.In(zone))
		for _, id := range o.Products {
			for ahead := range 60 {
				k := inventory.Key{Product: id, Date: today.AddDays(ahead)}
				if !w.Open(k) {
					continue
				}
				changes, reads := w.Rates(k, at)
				if ahead > 0 || at.Before(w.Ends(k)) {
					promised[0] += changes * length
					promised[1] += reads * length
				}
			}
		}
	}
	counted[0] = float64(w.Changes(from, from.AddDate(0, 0, days)))
	for i, what := range []string{"changes", "reads"} {
		if math.Abs(promised[i]/counted[i]-1) > 0.08 {
			t.Errorf("%.0f %s in %d days, by the rates %.0f", counted[i], what, days, promised[i])
		}
	}
}

func TestNothingIsToBeExpectedOfClosedDates(t *testing.T) {
	o := reference(6, 60)
	w := world.New(o)
	at := monday.Start(zone).Add(12 * time.Hour)
	for _, id := range o.Products {
		for _, date := range []inventory.Date{monday.AddDays(-1), monday.AddDays(60), monday.AddDays(5)} {
			k := inventory.Key{Product: id, Date: date}
			if date == monday.AddDays(5) && w.Open(k) {
				continue
			}
			if changes, reads := w.Rates(k, at); changes != 0 || reads != 0 {
				t.Fatalf("Rates(%s) = %g, %g; want 0, 0", k, changes, reads)
			}
		}
	}
}
