package sim

import (
	"math"
	"math/bits"
)

// A purpose keeps draws for different things apart: the same product and day
// give unrelated streams for its bookings and its prices.
type purpose uint64

const (
	forProfile purpose = iota + 1
	forBookings
	forPrices
	forLatency
	forFaults
)

// golden is 2^64 divided by the golden ratio, the step of splitmix64.
const golden = 0x9e3779b97f4a7c15

// mix is the finaliser of splitmix64 (Steele, Lea and Flood, "Fast splittable
// pseudorandom number generators", OOPSLA 2014): a bijection in which every
// input bit flips every output bit with a probability close to one half.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// A stream is a sequence of random numbers fixed by what it was drawn for. It
// is splitmix64 and not math/rand, whose sequences may change between releases.
type stream struct{ state uint64 }

// draw returns the stream of one thing in one world.
func draw(seed uint64, why purpose, words ...uint64) stream {
	h := mix(seed + golden*uint64(why))
	for _, w := range words {
		h = mix((h ^ w) + golden)
	}
	return stream{state: h}
}

func (s *stream) next() uint64 {
	s.state += golden
	return mix(s.state)
}

// float returns a number in [0, 1).
func (s *stream) float() float64 { return float64(s.next()>>11) / (1 << 53) }

// below returns a number in [0, n). The bias of the multiplication is n/2^64.
func (s *stream) below(n int) int {
	hi, _ := bits.Mul64(s.next(), uint64(n))
	return int(hi)
}

// between returns a number in [lo, hi].
func (s *stream) between(lo, hi int) int { return lo + s.below(hi-lo+1) }

// chance is true with probability p.
func (s *stream) chance(p float64) bool { return s.float() < p }

// exponential returns a number with mean 1.
func (s *stream) exponential() float64 { return -math.Log(1 - s.float()) }

// normal returns a number with mean 0 and deviation 1 (Box and Muller, 1958).
func (s *stream) normal() float64 {
	return math.Sqrt(2*s.exponential()) * math.Cos(2*math.Pi*s.float())
}

// poisson returns a count with the given mean. Small means are counted out
// exactly, large ones rounded from the normal distribution they approach.
func (s *stream) poisson(mean float64) int {
	if mean > 30 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*s.normal())))
	}
	n := 0
	for sum := s.exponential(); sum < mean; sum += s.exponential() {
		n++
	}
	return n
}
