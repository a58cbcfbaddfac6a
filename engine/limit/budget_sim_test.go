package limit_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"invd/engine/limit"
)

var epoch = time.Date(2026, 4, 9, 12, 0, 0, 0, time.UTC)

// A partner is the other end: it counts a request when it arrives, in windows that
// include both of their ends, on a clock 100 ppm slower than ours.
type partner struct {
	limits  []limit.Limit
	arrived []time.Time // ascending
}

// arrive takes in a request and returns an error if it overruns a limit. A window
// that holds too many also does so when it ends with the last of them.
func (p *partner) arrive(at time.Time) error {
	p.arrived = append(p.arrived, at)
	for _, l := range p.limits {
		window := l.Per + l.Per/10_000
		if i := len(p.arrived) - 1 - l.Requests; i >= 0 && at.Sub(p.arrived[i]) <= window {
			return fmt.Errorf("%d requests arrived within %v, want at most %d in %v", l.Requests+1, at.Sub(p.arrived[i]), l.Requests, window)
		}
	}
	return nil
}

// A request is on its way: it arrives some time between being sent and answered.
type request struct {
	seq               uint64
	arrives, answered time.Time
	there             bool
}

// A world is a daemon with a backlog, its store and its partner, in virtual time.
type world struct {
	*testing.T
	random  *rand.Rand
	limits  []limit.Limit
	partner partner
	now     time.Time     // the partner's
	back    time.Duration // our wall clock has been set back by so much, all in all

	budget *limit.Budget
	flying []request
	slow   *request             // answered, but its worker has not called Done yet
	spent  map[uint64]time.Time // seq → when it began to age; zero while in flight
	stored map[uint64]time.Time // what the store knows of that: less
	sent   int
}

// clock is what our process reads.
func (w *world) clock() time.Time { return w.now.Add(-w.back) }

// send takes up to n permits, now and then gives some back, and with the others
// sends requests, which are fast, slow or slower than a window, and arrive at
// once, at the last moment or in between.
func (w *world) send(n int) {
	first, n, _ := w.budget.TryTake(n, 0, w.clock())
	if w.random.IntN(4) == 0 {
		unused := w.random.IntN(n + 1)
		n -= unused
		w.budget.Return(first+uint64(n), unused)
	}
	for seq := first; seq < first+uint64(n); seq++ {
		if _, used := w.spent[seq]; used {
			w.Fatalf("TryTake gave seq %d, which is in use", seq)
		}
		per := w.limits[w.random.IntN(len(w.limits))].Per
		latency := []time.Duration{0, 1, per / 600, per, 2 * per}[w.random.IntN(5)]
		latency = time.Duration(w.random.Int64N(int64(latency) + 1))
		until := []time.Duration{0, latency, time.Duration(w.random.Int64N(int64(latency) + 1))}[w.random.IntN(3)]
		w.flying = append(w.flying, request{seq: seq, arrives: w.now.Add(until), answered: w.now.Add(latency)})
		w.spent[seq], w.stored[seq] = time.Time{}, time.Time{}
	}
	w.sent += n
	w.forget()
}

// forget lets the store forget what Low says it may, and the world what is so old
// that it is in no window: of that nothing may be left to count.
func (w *world) forget() {
	low := w.budget.Low()
	maps.DeleteFunc(w.stored, func(seq uint64, _ time.Time) bool { return seq < low })
	for seq, done := range w.spent {
		live := done.IsZero()
		for _, l := range w.limits {
			live = live || w.clock().Sub(done) <= l.Per
		}
		if live && seq < low {
			w.Fatalf("Low() = %d, want at most %d, which is live (done at %v, now %v)", low, seq, done, w.clock())
		}
		if !live {
			delete(w.spent, seq)
		}
	}
}

// next returns the index of the request that does something next, and when.
func (w *world) next() (index int, at time.Time) {
	index = -1
	for i, r := range w.flying {
		t := r.answered
		if !r.there {
			t = r.arrives
		}
		if index < 0 || t.Before(at) {
			index, at = i, t
		}
	}
	return index, at
}

// advance moves time to t and on the way lets requests arrive and be answered.
func (w *world) advance(t time.Time) {
	for {
		i, at := w.next()
		if i < 0 || at.After(t) {
			w.now = t
			return
		}
		w.now = at
		if r := &w.flying[i]; !r.there {
			r.there = true
			w.arrive()
			continue
		}
		r := w.flying[i]
		w.flying = slices.Delete(w.flying, i, i+1)
		r.answered = w.clock()
		if w.slow == nil && w.random.IntN(8) == 0 {
			w.slow = &r
			continue
		}
		w.done(r)
		if w.slow != nil {
			w.done(*w.slow)
			w.slow = nil
		}
	}
}

func (w *world) arrive() {
	if err := w.partner.arrive(w.now); err != nil {
		w.Fatalf("after %d requests, at %v: %v", w.sent, w.now, err)
	}
}

func (w *world) done(r request) {
	w.budget.Done(r.seq, r.answered)
	w.spent[r.seq] = r.answered
	if _, ok := w.stored[r.seq]; ok && w.random.IntN(10) > 0 { // else killed before it is stored
		w.stored[r.seq] = r.answered
	}
}

// restart kills the process and starts another some time later, perhaps with its
// clock set back. What was in flight arrives before that, some at the last moment.
func (w *world) restart() {
	var late int
	for _, r := range w.flying {
		switch {
		case r.there:
		case w.random.IntN(2) == 0:
			w.arrive()
		default:
			late++
		}
	}
	w.flying, w.slow = nil, nil
	longest := w.limits[0].Per
	w.now = w.now.Add(time.Duration(w.random.Int64N(int64(longest))) / []time.Duration{1, 10, 1000}[w.random.IntN(3)])
	for range late {
		w.arrive()
	}
	if w.random.IntN(2) == 0 {
		w.back += time.Duration(w.random.Int64N(int64(2 * longest)))
	}
	var known []limit.Permit
	clear(w.spent)
	for _, seq := range slices.Sorted(maps.Keys(w.stored)) {
		done := w.stored[seq]
		known = append(known, limit.Permit{Seq: seq, Done: done})
		if done.IsZero() || done.After(w.clock()) {
			done = w.clock()
		}
		w.spent[seq] = done
	}
	w.random.Shuffle(len(known), func(i, j int) { known[i], known[j] = known[j], known[i] })
	w.budget = limit.NewBudget(w.limits, known, w.clock())
	w.forget()
}

// step sends when it may; else it waits for the next thing to happen, and where
// that is a permit's time, holds that time to be exact.
func (w *world) step() {
	switch w.random.IntN(200) {
	case 0:
		w.restart()
		return
	case 1: // nothing to do for a while
		w.advance(w.now.Add(time.Duration(w.random.Int64N(int64(2 * w.limits[0].Per)))))
		return
	}
	n, at := w.budget.Available(w.clock())
	if n > 0 {
		w.send(1 + w.random.IntN(8))
		return
	}
	_, event := w.next()
	if at.IsZero() {
		if event.IsZero() && w.slow == nil {
			w.Fatal("Available waits for a request in flight, and there is none")
		}
		if w.slow != nil {
			w.done(*w.slow)
			w.slow = nil
			return
		}
		w.advance(event)
		return
	}
	if !at.After(w.clock()) {
		w.Fatalf("Available = 0 until %v, which is not after now, %v", at, w.clock())
	}
	at = at.Add(w.back)
	if !event.IsZero() && !event.After(at) {
		w.advance(event)
		return
	}
	w.advance(at.Add(-1))
	if n, _ := w.budget.Available(w.clock()); n != 0 {
		w.Fatalf("a nanosecond before the time that Available gave it has %d, want none", n)
	}
	w.advance(at)
	if n, _ := w.budget.Available(w.clock()); n == 0 {
		w.Fatal("at the time that Available gave it has none, want some")
	}
}

func TestNoWindowOfThePartnersIsEverOverrun(t *testing.T) {
	for _, limits := range [][]limit.Limit{
		{{30, time.Minute}},
		{{30, time.Minute}, {4, time.Second}},
		{{60, 10 * time.Minute}, {20, time.Minute}, {2, 500 * time.Millisecond}},
		{{1, time.Hour}},
		{{3, time.Millisecond}},
		{{2, 1000}, {50, time.Second}},
	} {
		slices.SortFunc(limits, func(a, b limit.Limit) int { return int(b.Per - a.Per) }) // the longest first
		t.Run(fmt.Sprint(limits), func(t *testing.T) {
			for seed := range uint64(6) {
				w := &world{
					T: t, random: rand.New(rand.NewPCG(seed, 1)), limits: limits, partner: partner{limits: limits}, now: epoch,
					budget: limit.NewBudget(limits, nil, epoch), spent: map[uint64]time.Time{}, stored: map[uint64]time.Time{},
				}
				for range 3_000 {
					w.step()
				}
				if w.sent < 300 {
					t.Errorf("seed %d: %d requests sent in 3000 steps, want 300 at least", seed, w.sent)
				}
			}
		})
	}
}

// With work waiting, four workers and answers after 100 ms next to nothing of the
// limit is lost to its exactness.
func TestABacklogUsesUpTheLimit(t *testing.T) {
	const latency, hours = 100 * time.Millisecond, 3
	l := limit.Limit{Requests: 30, Per: time.Minute}
	b := limit.NewBudget([]limit.Limit{l}, nil, epoch)
	p := partner{limits: []limit.Limit{l}}
	now := epoch
	type answer struct {
		seq uint64
		at  time.Time
	}
	var flying []answer // ascending
	for now.Before(epoch.Add(hours * time.Hour)) {
		n, at := b.Available(now)
		for range min(n, 4-len(flying)) {
			flying = append(flying, answer{b.Take(1), now.Add(latency)})
			if err := p.arrive(now.Add(latency)); err != nil {
				t.Fatal(err)
			}
		}
		if len(flying) > 0 && (at.IsZero() || flying[0].at.Before(at)) {
			at = flying[0].at
			b.Done(flying[0].seq, at)
			flying = flying[1:]
		}
		now = at
	}
	allowed := hours * 60 * l.Requests
	if got := len(p.arrived); got < allowed*95/100 {
		t.Errorf("%d requests in %d hours, want 95 %% of %d at least", got, hours, allowed)
	}
	if got, want := b.Take(1)-b.Low(), uint64(5*l.Requests); got > want {
		t.Errorf("Low is %d behind the last permit, want at most %d: the store would not forget", got, want)
	}
}
