package engine_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"invd/engine/demand"
	"invd/engine/partner/sim"
	"invd/engine/refresh"
)

const ms = time.Millisecond

// calm is two products and one date that is fetched once a day: whatever else is
// asked for, readers asked for it.
func calm() setup {
	return setup{products: 2, days: 1, every: 24 * time.Hour, sim: sim.Options{Latency: 200 * ms}}
}

// TestAHerdOfReadersMakesOneRequest has ten thousand readers of one key, half of
// them after the request has gone out. All of them see what it brought.
func TestAHerdOfReadersMakesOneRequest(t *testing.T) {
	const readers = 10_000
	inBubble(t, calm(), func(t *testing.T, w *world) {
		time.Sleep(time.Hour)
		began, k := time.Now(), w.key(0, 0)
		var answered, old atomic.Int64
		var herd sync.WaitGroup
		for i := range readers {
			herd.Go(func() {
				if i%2 == 1 {
					time.Sleep(100 * ms)
				}
				if w.Desk().Await(t.Context(), k, demand.DefaultWait) {
					answered.Add(1)
				}
				if r, err := w.store.Availability(k); err != nil || r.CheckedAt.Before(began) {
					old.Add(1)
				}
			})
		}
		herd.Wait()
		if n := len(w.since(began)); n != 1 {
			t.Errorf("%d readers made %d requests, want 1", readers, n)
		}
		if answered.Load() != readers || old.Load() != 0 {
			t.Errorf("%d of %d readers were told of an answer, %d did not see it; want all and none", answered.Load(), readers, old.Load())
		}
		if d := time.Since(began); d != 200*ms {
			t.Errorf("they waited %s, want the partner's 200ms and no longer", d)
		}
		if n := w.made(refresh.Read); n != 1 {
			t.Errorf("%d jobs were made for readers, want 1", n)
		}
	})
}

// TestWhatCannotComeIsNotWaitedFor stops fetching in every way there is.
func TestWhatCannotComeIsNotWaitedFor(t *testing.T) {
	pause := func(scope refresh.Scope) func(*testing.T, *world) {
		return func(t *testing.T, w *world) {
			if err := w.Pause(t.Context(), scope, refresh.Pause{Since: time.Now()}); err != nil {
				t.Fatal(err)
			}
		}
	}
	breaks := func(f sim.Fault, times int) func(*testing.T, *world) {
		return func(t *testing.T, w *world) {
			if err := w.partner.Inject(sim.Injection{Fault: f, Product: 15}); err != nil {
				t.Fatal(err)
			}
			for range times {
				if _, err := w.Refresh(t.Context(), 15, 0, 0, ""); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Second)
			}
		}
	}
	tests := []struct {
		name string
		stop func(*testing.T, *world)
	}{
		{"the product is paused", pause(refresh.Scope{Product: 14})},
		{"its schedule is paused", pause(refresh.Scope{Schedule: "all"})},
		{"everything is paused", pause(refresh.Everything)},
		{"the partner asked for a break", breaks("429-retry-after", 1)},
		{"the partner refuses the key", breaks("401", 1)},
		{"the circuit is broken", breaks("500", 10)},
		{"the budget is used up", func(t *testing.T, w *world) {
			for range 30 {
				if _, err := w.Refresh(t.Context(), 15, 0, 0, ""); err != nil {
					t.Fatal(err)
				}
				time.Sleep(500 * ms)
			}
		}},
		{"the engine is stopped", func(_ *testing.T, w *world) { w.stop() }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, calm(), func(t *testing.T, w *world) {
				time.Sleep(time.Hour)
				k := w.key(0, 0)
				tt.stop(t, w)
				began, age := time.Now(), w.age(k)
				for i := range 3 {
					if ok, took := w.await(k, time.Second); ok || took != 0 {
						t.Errorf("reader %d waited %s and was told %v, want no wait and false", i+1, took, ok)
					}
				}
				if got := w.age(k); got != age {
					t.Errorf("what is stored is %s old, want %s as before", got, age)
				}
				if n := len(w.since(began)); n != 0 {
					t.Errorf("%d requests, want none", n)
				}
			})
		})
	}
}

// TestNoReaderWaitsLongerThanItSaid asks a partner that takes three seconds.
func TestNoReaderWaitsLongerThanItSaid(t *testing.T) {
	s := calm()
	s.sim.Latency = 3 * time.Second
	inBubble(t, s, func(t *testing.T, w *world) {
		time.Sleep(time.Hour)
		k := w.key(0, 0)
		if ok, took := w.await(k, 1200*ms); ok || took != 1200*ms {
			t.Errorf("waited %s and was told %v, want 1.2s and false", took, ok)
		}
		if ok, took := w.await(k, 5*time.Second); !ok || took != 1800*ms {
			t.Errorf("the next one waited %s and was told %v, want the 1.8s that were left and true", took, ok)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*ms)
		defer cancel()
		began := time.Now()
		if w.Desk().Await(ctx, k, 5*time.Second) || time.Since(began) != 100*ms {
			t.Errorf("a reader who left after 100ms was held for %s", time.Since(began))
		}
		time.Sleep(10 * time.Second)
		if n := w.Desk().Orders(); n != 0 {
			t.Errorf("%d keys are still asked for, want 0", n)
		}
		for result, want := range map[string]float64{"late": 1, "fetched": 1, "gone": 1, "refused": 0, "unanswered": 0} {
			if got := w.value("invd_demand_waits_total", result); got != want {
				t.Errorf("invd_demand_waits_total{result=%q} = %v, want %v", result, got, want)
			}
		}
	})
}

// TestStoppingWakesWhoWaits stops the engine under a reader. The fetch is let
// finish, but nobody has to wait for that.
func TestStoppingWakesWhoWaits(t *testing.T) {
	s := calm()
	s.sim.Latency = 3 * time.Second
	inBubble(t, s, func(t *testing.T, w *world) {
		time.Sleep(time.Hour)
		began := time.Now()
		waited := make(chan time.Duration)
		go func() {
			w.Desk().Await(t.Context(), w.key(0, 0), 5*time.Second)
			waited <- time.Since(began)
		}()
		time.Sleep(500 * ms)
		w.cancel()
		if d := <-waited; d != 500*ms {
			t.Errorf("the reader waited %s, want 500ms: until the stop", d)
		}
	})
}

// TestAFailedFetchIsNotAskedForAgainAtOnce has readers insist on a key that the
// partner cannot serve.
func TestAFailedFetchIsNotAskedForAgainAtOnce(t *testing.T) {
	inBubble(t, calm(), func(t *testing.T, w *world) {
		time.Sleep(time.Hour)
		k := w.key(0, 0)
		if err := w.partner.Inject(sim.Injection{Fault: "truncated", Product: 14}); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if ok, took := w.await(k, 2*time.Second); ok || took != 200*ms {
			t.Errorf("waited %s and was told %v, want to be told false when the answer came after 200ms", took, ok)
		}
		for time.Since(began) < 10*time.Minute {
			w.await(k, time.Second)
			time.Sleep(time.Second)
		}
		if n := len(w.since(began)); n > 40 {
			t.Errorf("%d requests in ten minutes, want four a minute at most: one for the readers and its three retries", n)
		}
		w.partner.Clear()
		time.Sleep(2 * time.Minute)
		if ok, _ := w.await(k, time.Second); !ok {
			t.Error("no answer once the partner works again, want one")
		}
	})
}

// TestAReaderOfARunningFetchSeesItsAnswer joins a scheduled fetch, whose answer
// alone would be written a second later, with others.
func TestAReaderOfARunningFetchSeesItsAnswer(t *testing.T) {
	s := calm()
	s.every = 10 * time.Minute
	inBubble(t, s, func(t *testing.T, w *world) {
		time.Sleep(time.Hour)
		n := len(w.since(morning))
		for len(w.since(morning)) == n {
			time.Sleep(10 * ms)
			synctest.Wait()
		}
		began := time.Now()
		k := w.key(int(w.since(morning)[n].Product-14), 0)
		ok, took := w.await(k, time.Second)
		if age := w.age(k); !ok || took > 200*ms || age != 0 {
			t.Errorf("waited %s and was told %v of an answer that readers see as %s old; want true within 200ms, and 0s", took, ok, age)
		}
		if n := len(w.since(began)); n != 0 {
			t.Errorf("%d more requests, want none: one was under way", n)
		}
	})
}
