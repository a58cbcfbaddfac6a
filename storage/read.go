package storage

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"invd/engine/inventory"
)

// view runs fn in a read transaction. fn must be quick and keep nothing that
// belongs to the transaction: as long as one is open, no page freed since can be
// used again and the file grows. A panic is a file damaged under us; a page that is
// gone with the end of the file, or that the disk cannot read, is one too.
func (s *Store) view(fn func(*bbolt.Tx)) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch p := recover(); {
		case p == nil:
		case s.metas.Load() == nil:
			err = ErrClosed // in the middle of this
		default:
			s.fail(fmt.Errorf("read: %w", s.damagedUnderUs(p)))
			err = s.Err()
		}
	}()
	metas := s.metas.Load()
	if metas == nil {
		return ErrClosed
	}
	touch(*metas)
	err = s.db.View(func(tx *bbolt.Tx) error {
		fn(tx)
		return nil
	})
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return ErrClosed
	}
	return err
}

// touch faults when the meta pages are gone: here, not while bbolt holds a lock.
func touch(metas []byte) { runtime.KeepAlive(metas[0] ^ metas[len(metas)-1]) }

// viewKey is view for what readers are shown of a key, or of a calendar. The
// transaction began when no commit of the key was under way, so nobody who was
// answered from a cache before this returns saw anything newer, and nobody who is
// after it will see anything older.
func (s *Store) viewKey(k inventory.Key, fn func(*bbolt.Tx)) error {
	counter := s.generations.of(k)
	for {
		at, settled := s.generations.settled(counter), false
		err := s.view(func(tx *bbolt.Tx) {
			// A commit that began in between may be what this transaction sees.
			if settled = counter.Load() == at; settled {
				fn(tx)
			}
		})
		if settled || err != nil {
			return err
		}
	}
}

// day returns what is stored of the key, within the transaction. A damaged record
// is none.
func (s *Store) day(tx *bbolt.Tx, k inventory.Key) (day, bool) {
	key := dayKey(k)
	value := tx.Bucket(bucketDays).Get(key)
	if value == nil {
		return day{}, false
	}
	d, ok := decodeDay(key, value)
	if !ok {
		s.damaged(bucketDays, key)
	}
	return d, ok
}

// Availability returns what is stored of the key, or inventory.ErrNotFound when it
// was never fetched. A damaged record counts as never fetched: it is reported to
// the Observer and the log, and deleted with the next commit. The record is the
// caller's own. Safe for concurrent use, as all reads are.
func (s *Store) Availability(k inventory.Key) (*inventory.Record, error) {
	var record *inventory.Record
	err := s.viewKey(k, func(tx *bbolt.Tx) {
		d, ok := s.day(tx, k)
		if !ok {
			return
		}
		if record, ok = d.record(k); !ok {
			s.damaged(bucketDays, dayKey(k))
		}
	})
	if err == nil && record == nil {
		err = inventory.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("availability of %s: %w", k, err)
	}
	return record, nil
}

// DayState returns the key's state, the hash of the body confirmed last and when
// that was; inventory.Unknown and zeros when nothing is stored or the store is
// broken.
func (s *Store) DayState(k inventory.Key) (inventory.State, uint64, time.Time) {
	var d day
	if err := s.view(func(tx *bbolt.Tx) { d, _ = s.day(tx, k) }); err != nil {
		return inventory.Unknown, 0, time.Time{}
	}
	return d.state, d.bodyHash, instant(d.checked)
}

// SlotCount returns how many slots are stored of the key. A key that was never
// fetched has none, nor has one whose record is damaged.
func (s *Store) SlotCount(k inventory.Key) int {
	n := 0
	err := s.view(func(tx *bbolt.Tx) {
		if d, ok := s.day(tx, k); ok {
			n = countSlots(d.slots)
		}
	})
	if err != nil {
		return 0
	}
	return n
}

// Calendar returns the product's stored dates among the given number of days from
// the first on, or inventory.ErrNotFound when none of them was ever fetched. Its
// ChangedAt is of all the product's dates, its CheckedAt of the dates returned.
func (s *Store) Calendar(p inventory.ProductID, from inventory.Date, days int) (*inventory.Calendar, error) {
	var c *inventory.Calendar
	err := s.viewKey(inventory.Key{Product: p, Date: calendarDate}, func(tx *bbolt.Tx) {
		var intact bool
		if c, intact = calendarOf(tx, p); !intact && len(c.Days) > 0 {
			s.damaged(bucketCalendars, productKey(p))
		}
		first, _ := place(c.Days, from)
		last, _ := place(c.Days, from.AddDays(days))
		c.Days = c.Days[first:max(first, last)]
		if len(c.Days) > 0 {
			c.CheckedAt = s.oldestOpenCheck(tx, p, c.Days[0].Date, c.Days[len(c.Days)-1].Date)
		}
	})
	if err == nil && len(c.Days) == 0 {
		err = inventory.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("calendar of %d from %s: %w", p, from, err)
	}
	return c, nil
}

func (s *Store) oldestOpenCheck(tx *bbolt.Tx, p inventory.ProductID, first, last inventory.Date) time.Time {
	var oldest int64
	end := dayKey(inventory.Key{Product: p, Date: last})
	cursor := tx.Bucket(bucketDays).Cursor()
	key, value := cursor.Seek(dayKey(inventory.Key{Product: p, Date: first}))
	for ; key != nil && bytes.Compare(key, end) <= 0; key, value = cursor.Next() {
		d, ok := decodeDay(key, value)
		if !ok {
			s.damaged(bucketDays, key)
		} else if d.state == inventory.Open && (oldest == 0 || d.checked < oldest) {
			oldest = d.checked
		}
	}
	return instant(oldest)
}

// scanSlice is how many records a long scan reads in one transaction.
const scanSlice = 4096

// Days calls yield for every stored day, by product and date, until it returns
// false. Damaged records are left out. yield runs outside of any transaction, so
// days written meanwhile may be missing or in their newer form.
func (s *Store) Days(yield func(k inventory.Key, checked, changed time.Time, st inventory.State) bool) error {
	type header struct {
		key              inventory.Key
		checked, changed int64
		state            inventory.State
	}
	found := make([]header, 0, scanSlice)
	from := []byte{}
	for {
		found = found[:0]
		next, err := s.scan(bucketDays, from, scanSlice, func(key, value []byte) {
			k, known := parseDayKey(key)
			d, ok := decodeDay(key, value)
			if !known || !ok {
				s.damaged(bucketDays, key)
				return
			}
			found = append(found, header{k, d.checked, d.changed, d.state})
		})
		if err != nil {
			return fmt.Errorf("scan days: %w", err)
		}
		for _, h := range found {
			if !yield(h.key, instant(h.checked), instant(h.changed), h.state) {
				return nil
			}
		}
		if next == nil {
			return nil
		}
		from = next
	}
}

// scan calls visit for at most n entries of a bucket from a key on, in one read
// transaction, and returns the key that comes after them, nil at the end.
func (s *Store) scan(bucket, from []byte, n int, visit func(key, value []byte)) (next []byte, err error) {
	err = s.view(func(tx *bbolt.Tx) {
		cursor := tx.Bucket(bucket).Cursor()
		key, value := cursor.Seek(from)
		for ; key != nil && n > 0; key, value = cursor.Next() {
			visit(key, value)
			n--
		}
		next = bytes.Clone(key)
	})
	return next, err
}
