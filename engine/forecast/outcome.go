package forecast

import (
	"math"

	"invd/engine/freshness"
	"invd/engine/report"
)

// outcome adds up what readers get when each key has its interval.
type outcome struct {
	reads, fresh, refreshed float64
	parts                   []part
}

// A part is the reads of keys that share an interval.
type part struct{ reads, interval float64 }

// add counts a class that is refreshed every interval days, +Inf for never.
func (o *outcome) add(c *report.Class, interval float64) {
	reads := c.Keys * c.OnSale * c.Reads
	o.reads += reads
	if math.IsInf(interval, 1) {
		return
	}
	o.refreshed += reads
	o.fresh += reads * freshness.AtInterval(c.Changes*interval)
	if n := len(o.parts); n > 0 && o.parts[n-1].interval == interval {
		o.parts[n-1].reads += reads
		return
	}
	o.parts = append(o.parts, part{reads, interval})
}

// join adds what another outcome counted.
func (o *outcome) join(other *outcome) {
	o.reads += other.reads
	o.refreshed += other.refreshed
	o.fresh += other.fresh
	o.parts = append(o.parts, other.parts...)
}

// share returns the share of all reads that are true.
func (o *outcome) share() float64 {
	if o.reads == 0 {
		return 0
	}
	return o.fresh / o.reads
}

// age returns the age in days that a share of the answers has at most: in an
// interval, any age is as likely as another.
func (o *outcome) age(share float64) float64 {
	high := 0.0
	for _, p := range o.parts {
		high = max(high, p.interval)
	}
	low := 0.0
	for range 20 {
		middle := (low + high) / 2
		younger := 0.0
		for _, p := range o.parts {
			younger += p.reads * min(1, middle/p.interval)
		}
		if younger < share*o.refreshed {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}
