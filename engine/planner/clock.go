package planner

import "math"

const (
	hour = 3600 // seconds
	day  = 24 * hour

	evenly        = 0.2  // of the reads are taken to come evenly over the day
	hourPrior     = 0.25 // hours that an hour's own count needs to outweigh the mean
	clockMemory   = 0.95 // of what was counted is kept for another day
	longestAbsent = 40 * day
)

// A clock runs as fast as readers come: its day is a day, its hours are long by
// night. Bookings follow readers, so changes come more evenly on it than on the
// wall clock. Its reading only ever grows.
type clock struct {
	wall int64   // Unix seconds that op is the reading of
	op   float64 // days

	// count[h] are the reads in hour h of UTC and seen[h] how often that hour was
	// counted, both decayed; speed[h] follows from them and is 1 on average.
	count, seen [24]float64
	speed       [24]float64
}

func newClock(now int64) clock {
	c := clock{wall: now}
	c.tune()
	return c
}

func hourOf(wall int64) int { return int(((wall%day)+day)%day) / hour }

// advance turns the clock to now. A wall clock that was set back stops it.
func (c *clock) advance(now int64) {
	if now > c.wall+longestAbsent {
		c.op += float64(now-c.wall-longestAbsent) / day
		c.wall = now - longestAbsent
	}
	for c.wall < now {
		end := min(now, c.wall-c.wall%hour+hour)
		c.op += c.speed[hourOf(c.wall)] * float64(end-c.wall) / day
		c.wall = end
	}
	c.wall = now
}

// reading returns what the clock showed or will show at wall, by its present
// speeds.
func (c *clock) reading(wall int64) float64 {
	op := c.op
	whole := (wall - c.wall) / day
	op += float64(whole)
	for at := c.wall + whole*day; at < wall; {
		end := min(wall, at-at%hour+hour)
		op += c.speed[hourOf(at)] * float64(end-at) / day
		at = end
	}
	for at := c.wall + whole*day; at > wall; {
		begin := max(wall, (at-1)-(at-1)%hour)
		op -= c.speed[hourOf(begin)] * float64(at-begin) / day
		at = begin
	}
	return op
}

// until returns in how many seconds the clock will show op, most at most.
func (c *clock) until(op float64, most int64) int64 {
	left := op - c.op
	if left <= 0 {
		return 0
	}
	if left*day > 30*float64(most) { // no hour is that fast: also guards the conversion below
		return most
	}
	for at := c.wall; at < c.wall+most; {
		end := at - at%hour + hour
		speed := c.speed[hourOf(at)]
		if span := speed * float64(end-at) / day; span < left {
			left -= span
			at = end
			continue
		}
		return min(most, at-c.wall+int64(math.Ceil(left*day/speed)))
	}
	return most
}

// counted takes note of the reads of the hour that ended at wall.
func (c *clock) counted(wall int64, reads float64) {
	h := hourOf(wall - 1)
	c.count[h] = c.count[h]*clockMemory + reads
	c.seen[h] = c.seen[h]*clockMemory + 1
	c.tune()
}

// tune finds the speeds. Hours that were not seen yet are as the mean.
func (c *clock) tune() {
	var count, seen float64
	for h := range c.count {
		count += c.count[h]
		seen += c.seen[h]
	}
	if count == 0 {
		for h := range c.speed {
			c.speed[h] = 1
		}
		return
	}
	mean := count / seen
	total := 0.0
	for h := range c.speed {
		c.speed[h] = (c.count[h] + hourPrior*mean) / (c.seen[h] + hourPrior)
		total += c.speed[h]
	}
	for h := range c.speed {
		c.speed[h] = evenly + (1-evenly)*c.speed[h]*24/total
	}
}
