package storage

import (
	"bytes"
	"encoding/binary"
	"slices"

	"go.etcd.io/bbolt"

	"invd/engine/inventory"
)

const minCalendarDay = 1 + 1 + 1

// encodeCalendar returns the stored form of a product's calendar: when it last
// changed and its days. CheckedAt is not in it, since that moves with every
// confirmation and is read from the days' headers.
func encodeCalendar(key []byte, c *inventory.Calendar) []byte {
	b := newValue(8 + 2 + 24*len(c.Days))
	b = appendNanos(b, c.ChangedAt)
	b = binary.AppendUvarint(b, uint64(len(c.Days)))
	last := inventory.Date(0)
	for i := range c.Days {
		d := &c.Days[i]
		b = binary.AppendUvarint(b, uint64(d.Date-last))
		last = d.Date
		b = append(b, byte(d.State))
		if d.From == nil {
			b = append(b, 0)
			continue
		}
		b = append(b, 1)
		b = appendAmounts(b, d.From)
		b = appendString(b, d.From.Currency)
	}
	return seal(key, b)
}

// decodeCalendar is the inverse of encodeCalendar, false for a damaged value.
func decodeCalendar(key, value []byte) (*inventory.Calendar, bool) {
	payload, ok := unseal(key, value)
	if !ok {
		return nil, false
	}
	p := parser{b: payload}
	c := &inventory.Calendar{ChangedAt: p.time()}
	c.Days = make([]inventory.CalendarDay, p.count(minCalendarDay))
	prices := make([]inventory.Price, len(c.Days))
	last, currency := inventory.Date(0), ""
	for i := range c.Days {
		d := &c.Days[i]
		d.Date = last + inventory.Date(p.uvarint())
		last = d.Date
		d.State = inventory.State(p.enum(byte(inventory.Open)))
		if p.enum(1) == 0 {
			continue
		}
		prices[i] = p.amounts()
		if b := p.bytes(p.uvarint()); string(b) != currency {
			currency = string(b)
		}
		prices[i].Currency = currency
		d.From = &prices[i]
	}
	return c, p.end()
}

// calendarOf returns the product's calendar as its own value has it or, when that
// is missing or damaged and so not intact, as the days have it.
func calendarOf(tx *bbolt.Tx, product inventory.ProductID) (c *inventory.Calendar, intact bool) {
	key := productKey(product)
	if c, ok := decodeCalendar(key, tx.Bucket(bucketCalendars).Get(key)); ok {
		return c, true
	}
	return summarize(tx, product), false
}

// summarize makes a product's calendar from its days, leaving out damaged ones.
func summarize(tx *bbolt.Tx, product inventory.ProductID) *inventory.Calendar {
	c := &inventory.Calendar{}
	var changed int64
	prefix := productKey(product)
	cursor := tx.Bucket(bucketDays).Cursor()
	for key, value := cursor.Seek(prefix); bytes.HasPrefix(key, prefix); key, value = cursor.Next() {
		k, ok := parseDayKey(key)
		if !ok {
			continue
		}
		if d, ok := decodeDay(key, value); ok {
			if r, ok := d.record(k); ok {
				c.Days = append(c.Days, summaryOf(&r.Availability))
				changed = max(changed, d.changed)
			}
		}
	}
	c.ChangedAt = instant(changed)
	return c
}

func summaryOf(a *inventory.Availability) inventory.CalendarDay {
	return inventory.CalendarDay{Date: a.Key.Date, State: a.State(), From: a.FromPrice()}
}

func equalSummaries(a, b inventory.CalendarDay) bool {
	return a.Date == b.Date && a.State == b.State && equalPrices(a.From, b.From)
}

// place returns where the date is among the days, or would be.
func place(days []inventory.CalendarDay, date inventory.Date) (int, bool) {
	return slices.BinarySearchFunc(days, date, func(d inventory.CalendarDay, date inventory.Date) int {
		return int(d.Date) - int(date)
	})
}

// setCalendarDay brings the product's calendar up to date with one of its days.
// It writes nothing when the calendar said so before.
func (t *txn) setCalendarDay(product inventory.ProductID, day inventory.CalendarDay, changed int64) {
	c, intact := calendarOf(t.tx, product)
	i, found := place(c.Days, day.Date)
	if intact && found && equalSummaries(c.Days[i], day) {
		return
	}
	if found {
		c.Days[i] = day
	} else {
		c.Days = slices.Insert(c.Days, i, day)
	}
	c.ChangedAt = instant(changed)
	t.putCalendar(product, c)
}

// dropCalendarDays takes dates that are no longer stored out of the calendar.
func (t *txn) dropCalendarDays(product inventory.ProductID, dates ...inventory.Date) {
	c, _ := calendarOf(t.tx, product)
	c.Days = slices.DeleteFunc(c.Days, func(d inventory.CalendarDay) bool {
		return slices.Contains(dates, d.Date)
	})
	t.putCalendar(product, c)
}

func (t *txn) putCalendar(product inventory.ProductID, c *inventory.Calendar) {
	key := productKey(product)
	if len(c.Days) == 0 {
		t.delete(bucketCalendars, key)
		return
	}
	t.put(bucketCalendars, key, encodeCalendar(key, c))
}
