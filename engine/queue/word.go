package queue

import "sync/atomic"

// A word is all the queue knows of one id: generation<<32 | sealed | band | state.
//
// The generation counts the times the id was put into a band. It tells the one
// slot that counts from those left behind by raises and removals. It skips 0,
// which marks slots that hold no id, and wraps: a slot left behind could count
// again only if it lay unpopped through 2³²−1 puts of its id and then met the
// same band.
//
// The band is that in which a queued id waits, a running id waited, or an id to
// run again will wait.
type word uint64

const (
	idle word = iota
	queued
	running
	again // running, and pushed meanwhile

	stateBits word = 3
	bandShift      = 2
	bandBits  word = (maxBands - 1) << bandShift
	genShift       = 32

	// sealed marks an id that Close has passed: no push changes it any more.
	sealed word = 1 << 31
)

func (w word) state() word { return w & stateBits }
func (w word) band() int   { return int(w & bandBits >> bandShift) }
func (w word) gen() uint32 { return uint32(w >> genShift) }

// pending says whether a run of the id is owed.
func (w word) pending() bool { return w.state() == queued || w.state() == again }

// to returns w in another state and band.
func (w word) to(state word, band int) word {
	return w&^(stateBits|bandBits) | state | word(band)<<bandShift
}

// put returns w queued in the band under the next generation.
func (w word) put(band int) word {
	gen := w.gen() + 1
	if gen == 0 {
		gen = 1
	}
	return word(gen)<<genShift | w&sealed | word(band)<<bandShift | queued
}

// A cell is one id's word in the slab.
type cell struct{ bits atomic.Uint64 }

func (c *cell) load() word              { return word(c.bits.Load()) }
func (c *cell) swap(old, new word) bool { return c.bits.CompareAndSwap(uint64(old), uint64(new)) }
func (c *cell) seal() (old word)        { return word(c.bits.Or(uint64(sealed))) }
