package httpapi

import (
	"fmt"

	"github.com/dgraph-io/ristretto/v2"

	"invd/engine/inventory"
)

// calendarDate stands for the date in the key of a product's calendar. No date is
// below 0.
const calendarDate inventory.Date = -1

// answers caches encoded answers.
//
// Invariant: an answer that carries generation g was read after the store's
// generation was seen to be g. The store raises the generation after a commit and
// before it acknowledges it. So an answer whose generation is the one that the
// reader saw before its lookup is at least as new as every commit acknowledged
// before the read began. It holds whatever ristretto does: Sets that it drops,
// rejects, reorders or applies late leave at most an answer with an old
// generation, which is a miss and no more. Nothing is ever deleted or waited for:
// a Del after the commit would race with a fill under way, and a stale answer put
// back after it would stay (TestNoReadIsOlderThanAnAcknowledgedCommit shows it).
type answers struct {
	entries *ristretto.Cache[uint64, *answer] // nil: nothing is kept
}

const (
	// perAnswer is what an answer costs beside its bodies: ristretto's own 119 to
	// 143 bytes (measured), the struct and its header values.
	perAnswer = 150 + 450

	// typicalAnswer is a guess that sizes ristretto's frequency sketch, which wants
	// ten counters for each entry of a full cache.
	typicalAnswer = 2 << 10
)

func newAnswers(maxBytes int64) (*answers, error) {
	if maxBytes <= 0 {
		return &answers{}, nil
	}
	entries, err := ristretto.NewCache(&ristretto.Config[uint64, *answer]{
		MaxCost:            maxBytes,
		NumCounters:        max(1_000, 10*maxBytes/typicalAnswer),
		BufferItems:        64,
		IgnoreInternalCost: true, // perAnswer has it
	})
	if err != nil {
		return nil, fmt.Errorf("cache of answers: %w", err)
	}
	return &answers{entries: entries}, nil
}

func (c *answers) close() {
	if c.entries != nil {
		c.entries.Close()
	}
}

// get returns the answer for k if it carries this generation, or nil.
func (c *answers) get(k inventory.Key, generation uint64) *answer {
	if c.entries == nil {
		return nil
	}
	a, ok := c.entries.Get(entry(k))
	if !ok || a.key != k || a.generation != generation {
		return nil
	}
	return a
}

func (c *answers) put(a *answer) {
	if c.entries != nil {
		// The zipped body, made when first asked for, is kept only if it is at most
		// half as long as the plain one; so this bounds both.
		c.entries.Set(entry(a.key), a, int64(cap(a.body)+len(a.body)/2+perAnswer))
	}
}

// entry returns the number under which ristretto keeps k. Ids below 2^42 never
// share one; above, a mismatch of the keys is a miss. Ristretto takes the number
// as its own hash and shards by its low bits, hence the mixing (the finaliser of
// splitmix64: Steele, Lea, Flood, OOPSLA 2014).
func entry(k inventory.Key) uint64 {
	h := uint64(k.Product)<<22 + uint64(k.Date+1) // the last date has 22 bits
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
