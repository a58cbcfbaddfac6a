package httpapi

import (
	"math/bits"
	"strconv"
	"time"

	"invd/engine/inventory"
	"invd/engine/plan"
)

// A clock holds the header values of an answer that change with the time. Within
// one second all readers of a key share them.
type clock struct {
	// What due follows from.
	rules *plan.Rules
	today inventory.Date
	due   time.Time // zero: no schedule covers the key

	ageSeconds, leftSeconds int64
	age, control            [1]string // Age, Cache-Control
}

// at returns the header values at now.
func (a *answer) at(now time.Time, rules *plan.Rules, today inventory.Date) *clock {
	last := a.clock.Load()
	var due time.Time
	if last != nil && last.rules == rules && last.today == today && (a.open == 0 || now.Before(last.due)) {
		due = last.due
	} else {
		due = a.due(now, rules, today)
	}
	age := int64(a.age(now) / time.Second)
	left := max(0, int64(due.Sub(now)/time.Second))
	if last != nil && last.due.Equal(due) && last.ageSeconds == age && last.leftSeconds == left && last.rules == rules {
		return last
	}
	var buf [64]byte
	b := strconv.AppendInt(buf[:0], age, 10)
	n := len(b)
	b = append(b, "max-age="...)
	both := string(strconv.AppendInt(b, left, 10)) // one allocation for two values
	c := &clock{rules: rules, today: today, due: due, ageSeconds: age, leftSeconds: left}
	c.age[0], c.control[0] = both[:n], both[n:]
	a.clock.Store(c)
	return c
}

// due returns when the answer is asked for again: for one date its next refresh,
// which is in the past when that is late; for a calendar the first tick after now
// of any of its open days.
func (a *answer) due(now time.Time, rules *plan.Rules, today inventory.Date) (due time.Time) {
	if a.key.Date != calendarDate {
		if i, ok := rules.Of(today, a.key.Date); ok {
			due = rules.Next(i, a.key, a.checked)
		}
		return due
	}
	for open := a.open; open != 0; open &= open - 1 {
		k := inventory.Key{Product: a.key.Product, Date: a.today.AddDays(bits.TrailingZeros64(open))}
		if i, ok := rules.Of(today, k.Date); ok {
			if t := plan.Tick(k, rules.Interval(i), now); due.IsZero() || t.Before(due) {
				due = t
			}
		}
	}
	return due
}
