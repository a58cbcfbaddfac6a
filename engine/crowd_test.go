package engine_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"invd/engine/demand"
	"invd/engine/inventory"
	"invd/engine/partner/sim"
	"invd/engine/refresh"
)

// crowd reads keys at random for a while, n readers one key each a second, and
// returns how many reads it made.
func (w *world) crowd(n int, products, days int, during time.Duration, read func(inventory.Key)) (reads int) {
	w.t.Helper()
	began := time.Now()
	var readers sync.WaitGroup
	for i := range n {
		random := rand.New(rand.NewPCG(uint64(i), 5))
		readers.Go(func() {
			time.Sleep(time.Duration(random.Int64N(int64(time.Second))))
			for time.Since(began) < during {
				read(w.key(random.IntN(products), random.IntN(days)))
				time.Sleep(time.Second)
			}
		})
		reads += int(during / time.Second)
	}
	readers.Wait()
	return reads
}

// TestNoCrowdUsesUpTheBudget has a crowd ask for all of 27,000 keys, none older
// than a second. Schedules that alone ask for more than there is go on at half
// their pace, and the limit holds.
func TestNoCrowdUsesUpTheBudget(t *testing.T) {
	const during = 30 * time.Minute
	s := setup{products: 450, every: 24 * time.Hour, sim: sim.Options{Latency: 150 * ms, Jitter: 50 * ms}}
	inBubble(t, s, func(t *testing.T, w *world) {
		time.Sleep(5 * time.Minute)
		began := time.Now()
		reads := w.crowd(50, 450, 60, during, func(k inventory.Key) { w.Desk().Await(t.Context(), k, demand.DefaultWait) })
		log := w.since(began)
		if n := fullest(w.since(morning), time.Minute); n > 30 {
			t.Errorf("%d requests in a minute, want 30 at most", n)
		}
		if n := len(log); n < 27*30 {
			t.Errorf("%d requests in 30 minutes, want nine tenths of 900 at least: two in 30 are kept for readers", n)
		}
		asked := int(w.value("invd_demand_asks_total", "queued"))
		if asked > 15*31 {
			t.Errorf("%d requests for readers in 30 minutes, want 15 a minute at most", asked)
		}
		fetched := w.value("invd_demand_waits_total", "fetched")
		t.Logf("%d reads: %.1f %% waited and got a new answer, %.1f %% came too late, the others were refused at once; of %d requests %d for them",
			reads, 100*fetched/float64(reads), 100*w.value("invd_demand_waits_total", "late")/float64(reads), len(log), asked)
	})
}

// TestAPlainReadRaisesWhatIsOverdue reads one key of a schedule that the budget
// cannot keep: older than its objective, it is fetched ahead of all others, and
// nobody waits for that.
func TestAPlainReadRaisesWhatIsOverdue(t *testing.T) {
	s := setup{products: 10, every: 10 * time.Minute, sim: sim.Options{Latency: 150 * ms}} // 600 keys, 60 a minute
	inBubble(t, s, func(t *testing.T, w *world) {
		time.Sleep(30 * time.Minute)
		k := w.key(3, 7)
		for w.age(k) < 14*time.Minute { // the objective is 13:20
			time.Sleep(time.Second)
		}
		began := time.Now()
		if w.Desk().Read(t.Context(), k, began) || time.Since(began) != 0 {
			t.Errorf("a plain read waited %s", time.Since(began))
		}
		time.Sleep(time.Minute)
		if age := w.age(k); age > time.Minute {
			t.Errorf("a minute after the read it is %s old, want it fetched in the next window", age)
		}
		asked := w.value("invd_demand_asks_total", "queued")
		for range 100 {
			w.Desk().Read(t.Context(), k, time.Now())
		}
		time.Sleep(time.Second)
		if n := w.value("invd_demand_asks_total", "queued") - asked; n != 0 {
			t.Errorf("reads of a key that is fresh asked for it %v times, want never", n)
		}
	})
}

// TestReadThroughWaitsForWhatIsOverdue is the same with refresh.read_through.
func TestReadThroughWaitsForWhatIsOverdue(t *testing.T) {
	s := setup{products: 10, every: 15 * time.Minute, through: true, sim: sim.Options{Latency: 150 * ms}}
	inBubble(t, s, func(t *testing.T, w *world) {
		time.Sleep(30 * time.Minute)
		stale, began := 0, time.Now()
		var mu sync.Mutex
		reads := w.crowd(1, 10, 60, 10*time.Minute, func(k inventory.Key) {
			now := time.Now()
			w.Desk().Read(t.Context(), k, now)
			if d := time.Since(now); d > demand.DefaultWait {
				t.Errorf("a read waited %s, want %s at most", d, demand.DefaultWait)
			}
			if w.age(k) > 20*time.Minute {
				mu.Lock()
				stale++
				mu.Unlock()
			}
		})
		if n := fullest(w.since(began), time.Minute); n > 30 {
			t.Errorf("%d requests in a minute, want 30 at most", n)
		}
		fetched := w.value("invd_demand_waits_total", "fetched")
		if fetched == 0 {
			t.Error("no read waited for its fetch, want those of overdue keys to")
		}
		t.Logf("%d reads: %.0f waited and got a new answer, %d were shown what is overdue; %d requests, %d jobs made for readers",
			reads, fetched, stale, len(w.since(began)), w.made(refresh.Read))
	})
}
