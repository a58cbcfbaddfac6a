package simulation

import (
	"math"
	"time"

	"invd/engine/inventory"
	"invd/engine/scheduler"
)

// A Calibration holds the probabilities to account by which a policy expected what
// it stores to be true, about the time of each read: of the reads given 0.9, nine in
// ten should be.
type Calibration struct {
	Bins  []CalibrationBin `json:"bins"`  // tenths of probability, the least first
	Brier float64          `json:"brier"` // mean square of the estimates' distance from what was true, 0 or 1
	Error float64          `json:"error"` // mean distance of Estimated from True, each bin weighing as many reads as it has
}

// A CalibrationBin is the reads whose probability lies in one tenth.
type CalibrationBin struct {
	Reads     int     `json:"reads"`
	Estimated float64 `json:"estimated"` // mean of the estimates
	True      float64 `json:"true"`      // share of the reads that were
}

const calibrationBins = 10

// A judge stands between a policy and the table of reads, and between it and the
// metrics. Only the policy calls it, from the scheduler's goroutine.
type judge struct {
	run    *run
	reads  scheduler.Reads
	now    time.Time     // of the drain that goes on
	key    inventory.Key // whose reads the policy is told of
	square float64       // sum of the squares
	bins   [calibrationBins]struct {
		reads, right int
		sum          float64 // of the estimates
	}
}

// judged returns the policy with a judge at its side. What it learns is not saved: no
// other process will want it.
func (r *run) judged(make func(scheduler.PolicyOptions) scheduler.Policy) func(scheduler.PolicyOptions) scheduler.Policy {
	return func(o scheduler.PolicyOptions) scheduler.Policy {
		r.judge = &judge{run: r, reads: o.Reads}
		o.Reads, o.Observer = r.judge, r.judge
		p := make(o)
		if a, ok := p.(scheduler.Appraiser); ok {
			return struct {
				scheduler.Policy
				scheduler.Appraiser
			}{p, a}
		}
		return struct{ scheduler.Policy }{p}
	}
}

// Drain passes on what was read.
func (j *judge) Drain(now time.Time, f func(inventory.Key, int)) {
	j.now = now
	j.reads.Drain(now, func(k inventory.Key, n int) {
		j.key = k
		f(k, n)
	})
}

// ReadTrue compares an estimate with the truth, at the moment it is made for.
func (j *judge) ReadTrue(probability float64, reads int) {
	if j.now.Before(j.run.tally.counts) {
		return
	}
	_, _, checked := j.run.store.DayState(j.key)
	requested, ok := j.run.journal.requested(j.key, checked)
	if !ok {
		return // look has said so
	}
	truth := 0.
	b := &j.bins[min(int(probability*calibrationBins), calibrationBins-1)]
	b.reads += reads
	b.sum += probability * float64(reads)
	if j.run.world.Compare(j.key, requested, j.now).Fresh {
		truth = 1
		b.right += reads
	}
	j.square += (probability - truth) * (probability - truth) * float64(reads)
}

// Predicted is about fetches, not reads.
func (*judge) Predicted(float64, bool) {}

// result sums up, and returns nil for a policy that estimates nothing.
func (j *judge) result() *Calibration {
	c := &Calibration{Bins: make([]CalibrationBin, calibrationBins)}
	reads, square := 0, j.square
	for i, b := range j.bins {
		reads += b.reads
		if b.reads > 0 {
			c.Bins[i] = CalibrationBin{Reads: b.reads, Estimated: b.sum / float64(b.reads), True: share(b.right, b.reads)}
		}
	}
	if reads == 0 {
		return nil
	}
	c.Brier = square / float64(reads)
	c.sumUp()
	return c
}

// sumUp finds Error.
func (c *Calibration) sumUp() {
	var off, reads float64
	for _, b := range c.Bins {
		off += float64(b.Reads) * math.Abs(b.Estimated-b.True)
		reads += float64(b.Reads)
	}
	c.Error = off / reads
}

// pooled puts the reads of several runs together.
func pooled(runs []Result) *Calibration {
	all := &Calibration{Bins: make([]CalibrationBin, calibrationBins)}
	reads := 0.
	for _, r := range runs {
		if r.Calibration == nil {
			return nil
		}
		n := 0
		for i, b := range r.Calibration.Bins {
			to := &all.Bins[i]
			if n += b.Reads; b.Reads > 0 {
				part := float64(b.Reads) / float64(to.Reads+b.Reads)
				to.Estimated += part * (b.Estimated - to.Estimated)
				to.True += part * (b.True - to.True)
				to.Reads += b.Reads
			}
		}
		all.Brier += r.Calibration.Brier * float64(n)
		reads += float64(n)
	}
	all.Brier /= reads
	all.sumUp()
	return all
}
