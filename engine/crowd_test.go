package engine_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"invd/engine/demand"
	"invd/engine/inventory"
	"invd/engine/partner/sim"
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
		if n := len(log); n < 29*30 {
			t.Errorf("%d requests in 30 minutes, want nearly all of 900", n)
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
	s := setup{products: 10, every: 15 * time.Minute, sim: sim.Options{Latency: 150 * ms}} // 600 keys, 40 a minute
	inBubble(t, s, func(t *testing.T, w *world) {
		time.Sleep(30 * time.Minute)
		k := w.key(3, 7)
		for w.age(k) < 20*time.Minute+10*time.Second { // the objective is 20 minutes
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
