package storage

import (
	"bytes"
	"context"
	"encoding/hex"
	"log/slog"
	"sync"

	"invd/engine/inventory"
)

// A damageReport remembers which records were found damaged, so that each is
// counted, logged and repaired once however often it is read.
type damageReport struct {
	mu   sync.Mutex
	seen map[string]struct{} // by bucket and key
}

func damageID(bucket, key []byte) string { return string(bucket) + "/" + string(key) }

func (r *damageReport) first(bucket, key []byte) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := damageID(bucket, key)
	_, known := r.seen[id]
	r.seen[id] = struct{}{}
	return !known
}

func (r *damageReport) forget(bucket, key []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.seen, damageID(bucket, key))
}

// damaged reports a value whose checksum or form is wrong. Days and calendars are
// repaired with the next commit: the day is fetched again, the calendar is made
// from the days. It may be called within a transaction.
func (s *Store) damaged(bucket, key []byte) {
	if !s.damage.first(bucket, key) {
		return
	}
	s.corrupt.Add(1)
	s.log.LogAttrs(context.Background(), slog.LevelWarn, "record damaged",
		slog.String("bucket", string(bucket)), slog.String("key", hex.EncodeToString(key)))
	if bytes.Equal(bucket, bucketDays) || bytes.Equal(bucket, bucketCalendars) {
		s.held.addRepair(repair{bucket, bytes.Clone(key)})
	}
	if s.opts.Observer != nil {
		s.opts.Observer.Corrupt()
	}
}

// A repair names a day or a calendar that was found damaged.
type repair struct{ bucket, key []byte }

// repair deletes a damaged day or remakes a damaged calendar, if it still is.
func (t *txn) repair(r repair) {
	defer t.store.damage.forget(r.bucket, r.key)
	if bytes.Equal(r.bucket, bucketCalendars) {
		if id, ok := parseID(r.key); ok {
			product := inventory.ProductID(id)
			c, _ := calendarOf(t.tx, product)
			t.putCalendar(product, c)
			t.touched = append(t.touched, inventory.Key{Product: product, Date: calendarDate})
		}
		return
	}
	value := t.get(bucketDays, r.key)
	if value == nil {
		return
	}
	k, known := parseDayKey(r.key)
	if d, ok := decodeDay(r.key, value); ok && known {
		if _, ok := decodeSlots(d.slots); ok {
			return
		}
	}
	t.delete(bucketDays, r.key)
	t.days--
	if known {
		t.dropCalendarDays(k.Product, k.Date)
		t.touched = append(t.touched, k)
	}
}
