package workload

// A random is a linear congruential generator: two instructions, where the library's
// would cost as much as what is measured.
type random uint64

// next returns a number below n, which is below 2^32.
func (r *random) next(n uint32) uint32 {
	*r = *r*6364136223846793005 + 1442695040888963407
	return uint32(uint64(*r) >> 32 * uint64(n) >> 32)
}
