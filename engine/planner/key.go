package planner

import (
	"time"

	"invd/engine/inventory"
)

// A key is what is known of one key. Its index in Planner.keys is its id.
type key struct {
	tau     float64        // the readers' clock when it was fetched last
	date    inventory.Date //
	product int32          // index into Planner.products; -1: the id is free
	fetched uint32         // Unix seconds of the last fetch, 0: never
	entered uint32         // Unix seconds since when it is in sight

	changes, expected float32 // changes seen, and expected by the other factors alone
	reads, exposed    float32 // likewise of reads

	suspect float32 // changes to be expected on top, because of what was seen elsewhere
	warm    int32   // 1 + its place in Planner.warm, 0: not there
	ahead   int16   // days
	ends    int16   // minute of the day at which its last slot starts, 0: not known
	slots   uint8   // in the last answer
	lead    uint8   // its band of days ahead
	state   inventory.State
	band    uint8 // of the queue, while warm
}

// A product is what is known of one product.
type product struct {
	beta     float64 // its factor of change: (changes+2)/(expected+2)
	rate     float64 // its reads a day
	weight   float64
	midnight int64 // Unix seconds at which its today began
	zone     *time.Location
	ids      []uint32
	// What an index needs is above, in one line of the processor's cache.

	id                inventory.ProductID
	changes, expected float64 // of all its keys
	reads, exposed    float64
	open, empty       [7]float64 // dates of each weekday that had slots, and that had none
	repriced          int64      // Unix seconds of the last change of prices that was news
}

// opens returns how likely a date of that weekday has slots.
func (x *product) opens(date inventory.Date) float64 {
	d := date.Weekday()
	return (x.open[d] + 1.6) / (x.open[d] + 3*x.empty[d] + 2)
}

func (k *key) own() float64      { return between(.05, float64(k.changes+4)/float64(k.expected+4), 20) }
func (k *key) interest() float64 { return between(.05, float64(k.reads+6)/float64(k.exposed+6), 20) }

func between(low, v, high float64) float64 {
	if !(v > low) { // NaN, too
		return low
	}
	return min(v, high)
}
