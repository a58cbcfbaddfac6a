package httpapi

import (
	"crypto/sha256"
	"encoding/hex"
	"math/bits"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

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

	variant           // the body as it is
	zipTag   string   // the ETag of the zipped body; "" for one too short to zip
	modified []string // Last-Modified

	zipOnce sync.Once
	zipped  atomic.Pointer[variant] // made when first asked for
	clock   atomic.Pointer[clock]   // the latest header values that depend on the time
}

// A variant is a body in one encoding. Header values are slices so that they can
// go into a header map as they are.
type variant struct {
	body     []byte
	etag     []string
	length   []string
	encoding []string // nil: identity
}

func newVariant(body []byte, etag string, encoding []string) variant {
	return variant{
		body: body, etag: []string{etag}, encoding: encoding,
		length: []string{strconv.Itoa(len(body))},
	}
}

// zipFrom is the length from which a body is worth zipping: what fits into one
// packet gains nothing.
const zipFrom = 1 << 10

// newAnswer makes an answer of 200. Its ETag is a hash of the body: it changes
// exactly when the content does, over restarts too.
func newAnswer(k inventory.Key, generation uint64, body []byte, changed time.Time) *answer {
	sum := sha256.Sum256(body)
	tag := hex.EncodeToString(sum[:12])
	a := &answer{
		key: k, generation: generation, code: http.StatusOK,
		variant:  newVariant(body, `"`+tag+`"`, nil),
		modified: []string{changed.UTC().Format(http.TimeFormat)},
	}
	if len(body) >= zipFrom {
		a.zipTag = `"` + tag + `-gzip"`
	}
	return a
}

// newNothing makes an answer of 404.
func newNothing(k inventory.Key, generation uint64, message string) *answer {
	return &answer{
		key: k, generation: generation, code: http.StatusNotFound,
		variant: newVariant(errorBody(http.StatusNotFound, message), "", nil),
	}
}

// zip returns the zipped variant, or the plain one where zipping does not pay.
func (a *answer) zip(c *compressor) *variant {
	if a.zipTag == "" {
		return &a.variant
	}
	if v := a.zipped.Load(); v != nil {
		return v
	}
	a.zipOnce.Do(func() {
		v := &a.variant
		if b := c.compress(a.body); len(b) <= len(a.body)/2 {
			made := newVariant(b, a.zipTag, gzipped)
			v = &made
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
