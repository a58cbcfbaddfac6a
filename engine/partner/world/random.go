package world

import (
	"math"
	"math/rand/v2"
)

// A purpose keeps draws for different things apart: the same product and date give
// unrelated numbers for its bookings and its prices.
type purpose uint64

const (
	forProducts purpose = iota + 1
	forProduct
	forDate
	forPrices
	forReads
)

// draw returns the random numbers of one thing in one world.
func draw(seed uint64, why purpose, a, b uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed^uint64(why)<<56, a<<32^b))
}

// poisson returns a count with the given mean. Small means are counted out exactly,
// large ones rounded from the normal distribution that they approach.
func poisson(r *rand.Rand, mean float64) int {
	if mean > 30 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*r.NormFloat64())))
	}
	n := 0
	for sum := r.ExpFloat64(); sum < mean; sum += r.ExpFloat64() {
		n++
	}
	return n
}

// lognormal returns a factor with mean 1 whose logarithm has that deviation.
func lognormal(r *rand.Rand, deviation float64) float64 {
	return math.Exp(deviation*r.NormFloat64() - deviation*deviation/2)
}

// A choice draws an index with given weights.
type choice []float64 // running sums, the last of them 1

func newChoice(n int, weight func(int) float64) choice {
	c := make(choice, n)
	sum := 0.0
	for i := range c {
		sum += weight(i)
		c[i] = sum
	}
	for i := range c {
		c[i] /= sum
	}
	return c
}

func (c choice) draw(r *rand.Rand) int { return c.find(r.Float64()) }

// find returns the first index whose running sum is above u.
func (c choice) find(u float64) int {
	lo, hi := 0, len(c)-1
	for lo < hi {
		if mid := (lo + hi) / 2; c[mid] > u {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// share returns the probability of i.
func (c choice) share(i int) float64 {
	if i == 0 {
		return c[0]
	}
	return c[i] - c[i-1]
}
