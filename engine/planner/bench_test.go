package planner_test

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/engine/planner"
	"invd/engine/wheel"
)

// BenchmarkDecision is all that the planner does for one call, at so many keys and
// 30 calls a minute for every 27,000 of them: the answer, when the
// key is due again, what came due meanwhile, and its part of the scoring and the
// hourly work. cpu-ns/op is the processor's time, which a busy machine does not change.
func BenchmarkDecision(b *testing.B) {
	for _, products := range []int{450, 16_667} {
		b.Run(fmt.Sprintf("keys=%d", products*horizon), func(b *testing.B) {
			perMinute := float64(products) * 30 / 450
			p := fleet(products, perMinute)
			now, step := monday.Add(time.Minute), time.Duration(float64(time.Minute)/perMinute)
			timers := wheel.New[uint32](time.Second)
			timers.Grow(products * horizon)
			var waiting queue
			waiting.band = make([]int, products*horizon)
			at := func(t time.Time) time.Duration { return t.Sub(monday) }
			var expired [256]uint32
			today := inventory.DateOf(monday)
			midnight := func() {
				for id := range uint32(products * horizon) {
					ahead := (int(id)%horizon - int(today-inventory.DateOf(monday))%horizon + horizon) % horizon // before
					if ahead > 0 {
						p.Shift(id, ahead-1)
						continue
					}
					timers.Cancel(id)
					waiting.drop(id)
					p.Enter(id, int(id)/horizon, today.AddDays(horizon), horizon-1, time.Time{}, inventory.Unknown, now)
					timers.Schedule(id, at(p.Due(id, now)))
				}
				today++
			}
			decide := func() {
				if now = now.Add(step); inventory.DateOf(now) != today {
					midnight()
				}
				for more := true; more; {
					var n int
					n, more = timers.Advance(at(now), expired[:])
					for _, id := range expired[:n] {
						if due := p.Due(id, now); due.After(now) {
							timers.Schedule(id, at(due))
						} else {
							waiting.push(id, p.Band(id, now))
						}
					}
				}
				for _, m := range p.Turn(now, waiting.n) {
					if waiting.band[m.ID] != 0 {
						waiting.push(m.ID, m.Band)
						continue
					}
					if due := time.Unix(m.Due, 0); due.After(now) {
						timers.Schedule(m.ID, at(due))
					} else {
						timers.Cancel(m.ID)
						waiting.push(m.ID, m.Band)
					}
				}
				id, ok := waiting.pop()
				if !ok {
					return
				}
				p.Fetched(id, planner.Fetch{At: now, State: inventory.Open, Slots: 5, Changed: int(id) % 2}, now)
				timers.Schedule(id, at(p.Due(id, now)))
			}
			for id := range uint32(products * horizon) { // as after a start
				timers.Schedule(id, at(p.Due(id, now)))
			}
			for now.Sub(monday) < 4*time.Hour {
				decide()
			}
			var before, after syscall.Rusage
			_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before) // never fails with these arguments
			b.ReportAllocs()
			for b.Loop() {
				decide()
			}
			_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after)
			b.ReportMetric(float64(after.Utime.Nano()-before.Utime.Nano())/float64(b.N), "cpu-ns/op")
		})
	}
}

func TestAKeyTakes100BytesAtMost(t *testing.T) {
	const products = 2000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	p := fleet(products, 30)
	runtime.GC()
	runtime.ReadMemStats(&after)
	each := float64(after.HeapAlloc-before.HeapAlloc) / (products * horizon)
	if t.Logf("%.0f bytes a key", each); each > 100 {
		t.Errorf("%.0f bytes a key, want 100 at most", each)
	}
	runtime.KeepAlive(p)
}

// A queue has a list for each band. A key that is moved leaves its place behind.
type queue struct {
	bands [planner.Bands][]uint32
	band  []int // of each key, 1 more than it is; 0: it does not wait
	n     int   // that wait
}

func (q *queue) push(id uint32, band int) {
	if q.band[id] == 0 {
		q.n++
	}
	q.band[id] = band + 1
	q.bands[band] = append(q.bands[band], id)
}

func (q *queue) drop(id uint32) {
	if q.band[id] != 0 {
		q.band[id] = 0
		q.n--
	}
}

func (q *queue) pop() (id uint32, ok bool) {
	for b := range q.bands {
		for len(q.bands[b]) > 0 {
			id, q.bands[b] = q.bands[b][0], q.bands[b][1:]
			if q.band[id] == b+1 {
				q.band[id] = 0
				q.n--
				return id, true
			}
		}
	}
	return 0, false
}
