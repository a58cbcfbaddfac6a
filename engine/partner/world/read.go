package world

import (
	"cmp"
	"slices"
	"time"

	"invd/engine/inventory"
)

// A Read is a reader's look at one date of one product.
type Read struct {
	At  time.Time
	Key inventory.Key
}

const (
	meanSession  = 2.5              // reads
	goOn         = 0.4              // of the reads after the first are of the next open date
	meanThinking = 40 * time.Second // between two reads of a session
)

// Reads returns the reads of the sessions that begin on a date, in their order.
// All are of dates that are open and have a slot yet to start.
func (w *World) Reads(today inventory.Date) []Read {
	r := draw(w.opts.Seed, forReads, 0, uint64(today))
	midnight := today.Start(w.opts.Location)
	sessions := poisson(r, w.opts.Reads/meanSession)
	reads := make([]Read, 0, int(float64(sessions)*meanSession*1.05)+16)
	for range sessions {
		p := &w.products[w.readers.draw(r)]
		at := time.Duration(readClock.draw(r))*time.Hour + time.Duration(r.Int64N(int64(time.Hour)))
		date, ok := inventory.Date(0), false
		for range 50 { // whoever finds the date closed chooses another
			if date = today.AddDays(p.glance.draw(r)); w.readable(p, date, midnight.Add(at)) {
				ok = true
				break
			}
		}
		for ok {
			reads = append(reads, Read{midnight.Add(at), inventory.Key{Product: p.id, Date: date}})
			if r.Float64() < 1/meanSession {
				break
			}
			if at += time.Duration(r.ExpFloat64() * float64(meanThinking)); at >= 24*time.Hour {
				break
			}
			if r.Float64() < goOn {
				date = p.nextOpen(date, today.AddDays(horizon-1))
			}
			ok = w.readable(p, date, midnight.Add(at))
		}
	}
	slices.SortFunc(reads, func(a, b Read) int {
		return cmp.Or(a.At.Compare(b.At), a.Key.Compare(b.Key))
	})
	return reads
}

// readable reports whether there is something to see of a date at now.
func (w *World) readable(p *product, date inventory.Date, now time.Time) bool {
	return p.open[date.Weekday()] && now.Before(w.Ends(inventory.Key{Product: p.id, Date: date}))
}

// Ends returns when the last slot of a date starts.
func (w *World) Ends(k inventory.Key) time.Time {
	return k.Date.Start(w.opts.Location).Add(time.Duration(w.byID[k.Product].last()) * time.Second)
}

// nextOpen returns the next date on which the product is open, or date itself when
// none follows until the last.
func (p *product) nextOpen(date, last inventory.Date) inventory.Date {
	for d := date.AddDays(1); d <= last; d = d.AddDays(1) {
		if p.open[d.Weekday()] {
			return d
		}
	}
	return date
}
