package limit

import (
	"math"
	"slices"
	"sync"
	"time"
)

// A Limit allows Requests in any window of length Per.
type Limit struct {
	Requests int
	Per      time.Duration
}

// slack is what a window is lengthened by: clocks of two machines run apart by up
// to 100 ppm, and the partner may count a request at both ends of its window.
func (l Limit) slack() time.Duration { return l.Per/5000 + time.Millisecond }

// A Permit is one request that was paid for. Done is when its answer or failure
// came back; zero while that is not known.
type Permit struct {
	Seq  uint64
	Done time.Time
}

type spent struct {
	Permit
	refused bool // by the partner's limit
}

// A Budget is a set of exact sliding windows over one log of requests. Any
// goroutine may call it.
//
// The partner counts a request when it arrives, which is some time between our
// sending it and its answer. So a permit counts in every window from TryTake on,
// and begins to age when Done is called: whatever moment the partner saw, no window
// of its own holds more requests than the limit.
type Budget struct {
	mu     sync.Mutex
	limits []window

	// done holds the finished permits younger than the longest window, ascending
	// by Done. inFlight holds the seqs taken and not done. next is above them all.
	// No permit below lesson was taken since a limit was last lowered.
	done     []spent
	lesson   uint64
	inFlight map[uint64]struct{}
	next     uint64

	// No live permit has a seq below low. It is found anew by a scan once as many
	// permits were taken as the scan reads, so TryTake is O(1) amortised.
	low     uint64
	scanned int

	changed chan struct{}
}

// NewBudget makes a budget that has already spent the given permits. Those whose
// end is not known, or lies in the future because the clock was set back, count
// as spent now.
func NewBudget(limits []Limit, permits []Permit, now time.Time) *Budget {
	b := &Budget{limits: windows(limits), inFlight: map[uint64]struct{}{}, next: 1, changed: make(chan struct{}, 1)}
	for _, p := range permits {
		age := time.Duration(0)
		if !p.Done.IsZero() {
			age = max(0, now.Round(0).Sub(p.Done.Round(0)))
		}
		b.done = append(b.done, spent{Permit: Permit{Seq: p.Seq, Done: now.Add(-age)}}) // on now's monotonic clock
		b.next = max(b.next, p.Seq+1)
	}
	slices.SortFunc(b.done, func(x, y spent) int { return x.Done.Compare(y.Done) })
	b.expire(now)
	b.scanLow()
	return b
}

// AllSpent returns permits that fill every window at a moment: what must be assumed
// of a time that nothing is known of, such as that between a snapshot and its restore.
func AllSpent(limits []Limit, at time.Time) []Permit {
	most := 0
	for _, l := range limits {
		most = max(most, l.Requests)
	}
	spent := make([]Permit, most)
	for i := range spent {
		spent[i].Done = at
	}
	return spent
}

// SetLimits replaces the limits. What was spent stays spent.
func (b *Budget) SetLimits(limits []Limit) {
	b.mu.Lock()
	b.limits = windows(limits)
	b.mu.Unlock()
	b.signal()
}

// Limits returns the limits in force: of those that are configured, what the
// partner seems to allow.
func (b *Budget) Limits() (limits []Limit) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, w := range b.limits {
		limits = append(limits, Limit{w.allowed, w.Per})
	}
	return limits
}

// Available returns how many requests may go out at now, and when that is none,
// the earliest time at which one may; the zero time when that depends on requests
// still in flight.
func (b *Budget) Available(now time.Time) (int, time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.available(0, now)
}

// available leaves so many requests of every limit to others.
func (b *Budget) available(leave int, now time.Time) (int, time.Time) {
	b.expire(now)
	free, at := math.MaxInt, time.Time{}
	for i := range b.limits {
		w := &b.limits[i]
		free = min(free, w.allowed-w.spare(leave)-b.used(w.Limit, now))
	}
	if free > 0 {
		return free, time.Time{}
	}
	for i := range b.limits {
		w := &b.limits[i]
		room := w.allowed - w.spare(leave) - len(b.inFlight)
		if room <= 0 {
			return 0, time.Time{}
		}
		if i := len(b.done) - room; i >= 0 {
			if t := b.done[i].Done.Add(w.Per + w.slack()); t.After(at) {
				at = t
			}
		}
	}
	return 0, at
}

// used counts the requests that l's window at now holds.
func (b *Budget) used(l Limit, now time.Time) int {
	return len(b.inFlight) + len(b.done) - b.before(l, now)
}

// before counts the permits of done that have left l's window at now.
func (b *Budget) before(l Limit, now time.Time) int {
	from := now.Add(-l.Per - l.slack())
	i, _ := slices.BinarySearchFunc(b.done, from, func(p spent, t time.Time) int {
		if p.Done.After(t) {
			return 1
		}
		return -1
	})
	return i
}

// TryTake spends as many permits as are available at now, but no more than most,
// and returns the first of their n consecutive seqs. It leaves so many of every
// limit to others, but no more than a tenth. When n is 0, at is when there may be
// some, as with Available. What is not sent after all is given back with Return.
//
// Looking and taking are one step, because a retry within an attempt takes its
// permit while the dispatcher is about to take its own.
func (b *Budget) TryTake(most, leave int, now time.Time) (first uint64, n int, at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expire(now)
	for i := range b.limits {
		b.limits[i].raise(b.used(b.limits[i].Limit, now), leave, now)
	}
	if n, at = b.available(leave, now); n == 0 {
		return 0, 0, at
	}
	n = min(n, most)
	return b.take(n), n, time.Time{}
}

func (b *Budget) take(n int) uint64 {
	first := b.next
	for range n {
		b.inFlight[b.next] = struct{}{}
		b.next++
	}
	if b.scanned -= n; b.scanned <= 0 {
		b.scanLow()
	}
	return first
}

// Return gives back n permits from first on, for which nothing was sent.
func (b *Budget) Return(first uint64, n int) {
	b.mu.Lock()
	for seq := range uint64(n) {
		delete(b.inFlight, first+seq)
	}
	b.mu.Unlock()
	b.signal()
}

// Done says that the answer or the failure of a request came back at now.
func (b *Budget) Done(seq uint64, now time.Time) {
	b.mu.Lock()
	if _, ok := b.inFlight[seq]; ok {
		delete(b.inFlight, seq)
		if n := len(b.done); n > 0 && now.Before(b.done[n-1].Done) {
			now = b.done[n-1].Done // two workers raced to the lock; later is the safe side
		}
		b.done = append(b.done, spent{Permit: Permit{Seq: seq, Done: now}})
	}
	b.mu.Unlock()
	b.signal()
}

// Low returns a seq below which every permit has left all windows.
func (b *Budget) Low() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.low
}

// Usage is one limit, how many requests of it the partner seems to allow, and how
// many its window holds.
type Usage struct {
	Limit
	Allowed, Used int
}

// Usage returns every limit with what its window holds at now.
func (b *Budget) Usage(now time.Time) []Usage {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expire(now)
	var u []Usage
	for _, w := range b.limits {
		u = append(u, Usage{w.Limit, w.allowed, b.used(w.Limit, now)})
	}
	return u
}

// PerDay returns how many requests the limits let through a day.
func (b *Budget) PerDay() float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	limits := make([]Limit, len(b.limits))
	for i, w := range b.limits {
		limits[i] = w.Limit
	}
	return PerDay(limits)
}

// PerDay returns how many requests limits let through a day.
func PerDay(limits []Limit) float64 {
	least := math.Inf(1)
	for _, l := range limits {
		least = min(least, float64(l.Requests)*float64(24*time.Hour)/float64(l.Per))
	}
	return least
}

// Changed receives when a permit came back or the limits changed. It has room for
// one signal and one reader.
func (b *Budget) Changed() <-chan struct{} { return b.changed }

func (b *Budget) signal() {
	select {
	case b.changed <- struct{}{}:
	default:
	}
}

// expire forgets the permits that have left the longest window.
func (b *Budget) expire(now time.Time) {
	var longest time.Duration
	for _, l := range b.limits {
		longest = max(longest, l.Per+l.slack())
	}
	n := 0
	for n < len(b.done) && now.Sub(b.done[n].Done) >= longest {
		n++
	}
	if n > len(b.done)/2 {
		b.done = append(b.done[:0], b.done[n:]...)
	}
}

func (b *Budget) scanLow() {
	b.low = b.next
	for seq := range b.inFlight {
		b.low = min(b.low, seq)
	}
	for _, p := range b.done {
		b.low = min(b.low, p.Seq)
	}
	b.scanned = len(b.done) + len(b.inFlight)
}
