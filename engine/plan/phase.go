package plan

import (
	"slices"
	"time"

	"invd/engine/inventory"
)

// Tick returns the first instant after t at which a key with interval every is
// due: an instant of the grid every, counted from the Unix epoch and shifted by
// the key's phase.
func Tick(k inventory.Key, every time.Duration, t time.Time) time.Time {
	phase := int64(phase(k) % uint64(every))
	since := t.UnixNano() - phase
	n := since / int64(every)
	if since < 0 {
		n = (since+1)/int64(every) - 1
	}
	return time.Unix(0, (n+1)*int64(every)+phase)
}

// phase hashes a key to a number that is even over its whole range, by the
// finaliser of splitmix64 (Steele, Lea, Flood, OOPSLA 2014). It must never
// change: due times are not stored, they follow from it.
func phase(k inventory.Key) uint64 {
	h := uint64(k.Product)<<32 ^ uint64(uint32(k.Date))
	h += 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

func sorted(schedules []Schedule) []Schedule {
	s := slices.Clone(schedules)
	slices.SortStableFunc(s, func(a, b Schedule) int {
		if a.Every != b.Every {
			if a.Every < b.Every {
				return -1
			}
			return 1
		}
		return a.Days - b.Days
	})
	return s
}
