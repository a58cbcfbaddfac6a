package httpapi

import (
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cespare/xxhash/v2"

	"invd/engine/inventory"
)

// An answer is what a reader gets for one key, encoded once for all readers, with
// every header value that does not depend on the time. It does not change but for
// the two atomics, which only remember what can be worked out again.
type answer struct {
	key        inventory.Key // Date is calendarDate for /dates
	generation uint64        // see answers
	code       int           // 200, or 404 when there is nothing to show
	state      inventory.State
	checked    time.Time // when the partner last confirmed it; zero: it has no age

	// Of a calendar only.
	today inventory.Date // the day it begins with
	open  uint64         // bit i: the day today+i is listed

	variant            // the body as it is
	zipTag   [1]string // the ETag of the zipped body; "" for one too short to zip
	modified [1]string // Last-Modified

	zipOnce sync.Once
	zipped  atomic.Pointer[variant] // made when first asked for
	clock   atomic.Pointer[clock]   // the latest header values that depend on the time
}

// A variant is a body in one encoding. Header values are arrays so that they go
// into a header map as they are, and not slices, which would lie elsewhere: most of
// what a read of one key among thousands waits for is memory.
type variant struct {
	body     []byte
	etag     [1]string
	length   [1]string
	encoding []string // nil: identity
}

// zipFrom is the length from which a body is worth zipping: what fits into one
// packet gains nothing.
const zipFrom = 1 << 10

// newAnswer makes an answer of 200. Its ETag is a hash of the body: it changes
// exactly when the content does, over restarts too. 64 bits are enough: only two
// answers of one key that follow each other could be mistaken for one.
func newAnswer(k inventory.Key, generation uint64, body []byte, changed time.Time) *answer {
	tag := hex.EncodeToString(binary.BigEndian.AppendUint64(nil, xxhash.Sum64(body)))
	plain, zipped := `"`+tag+`"`, `"`+tag+`-gzip"`
	date, length := changed.UTC().Format(http.TimeFormat), strconv.Itoa(len(body))
	all := plain + zipped + date + length // in one place, for the same reason as in variant
	cut := func(n int) (s string) {
		s, all = all[:n], all[n:]
		return s
	}
	a := &answer{key: k, generation: generation, code: http.StatusOK}
	a.body, a.etag[0] = body, cut(len(plain))
	if zipped = cut(len(zipped)); len(body) >= zipFrom {
		a.zipTag[0] = zipped
	}
	a.modified[0], a.length[0] = cut(len(date)), all
	return a
}

// newNothing makes an answer of 404.
func newNothing(k inventory.Key, generation uint64, message string) *answer {
	a := &answer{key: k, generation: generation, code: http.StatusNotFound}
	a.body = errorBody(http.StatusNotFound, message)
	a.length[0] = strconv.Itoa(len(a.body))
	return a
}

// zip returns the zipped variant, or the plain one where zipping does not pay.
func (a *answer) zip(c *compressor) *variant {
	if a.zipTag[0] == "" {
		return &a.variant
	}
	if v := a.zipped.Load(); v != nil {
		return v
	}
	a.zipOnce.Do(func() {
		v := &a.variant
		if b := c.compress(a.body); len(b) <= len(a.body)/2 {
			v = &variant{body: b, etag: a.zipTag, encoding: gzipped, length: [1]string{strconv.Itoa(len(b))}}
		}
		a.zipped.Store(v)
	})
	return a.zipped.Load()
}

// latest returns the date whose schedule the answer's age is judged by: the key's
// own, or a calendar's last open day, which follows the slowest schedule of all
// that are listed.
func (a *answer) latest() inventory.Date {
	if a.key.Date != calendarDate {
		return a.key.Date
	}
	return a.today.AddDays(bits.Len64(a.open) - 1)
}

// age returns the time since the partner confirmed the answer. A clock that was
// set back makes it 0, not negative.
func (a *answer) age(now time.Time) time.Duration { return max(0, now.Sub(a.checked)) }
