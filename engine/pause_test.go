package engine_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anishathalye/porcupine"

	"invd/engine"
	"invd/engine/inventory"
	"invd/engine/limit"
	"invd/engine/partner/sim"
	"invd/engine/refresh"
	"invd/engine/report"
	"invd/engine/worker"
	"invd/metrics"
)

// TestPausesAndRunningJobsAreLinearizable pauses, resumes and refreshes from several
// sides at once while jobs run, fail and fall due, with restarts in between, and
// compares what was seen with pauseModel: once a pause is acknowledged nothing of its
// scope begins until somebody resumes or its time is up, what ran until then
// finishes and is stored, and nothing that had to be fetched is lost or fetched twice.
func TestPausesAndRunningJobsAreLinearizable(t *testing.T) {
	const rounds = 40
	begun := 0
	for seed := range uint64(rounds) {
		synctest.Test(t, func(t *testing.T) { begun += pauseAtRandom(t, seed) })
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Logf("%d histories, %d attempts", rounds, begun)
}

func pauseAtRandom(t *testing.T, seed uint64) (begun int) {
	const clients, each = 3, 25
	h := &history{
		t: t, random: rand.New(rand.NewPCG(seed, clients)), today: inventory.DateOf(morning), began: morning, answers: map[inventory.Key]time.Time{},
		deeds: make([][]porcupine.Operation, 2),
	}
	s := setup{
		products: len(h.deeds), schedules: pausable, limits: plenty, sim: sim.Options{Limit: -1, Bookings: -1}, committed: slowDisk{h},
		fetcher:  func(f worker.Fetcher) worker.Fetcher { h.Fetcher = f; return h },
		observer: func(m *metrics.Engine) engine.Observer { return slowMetrics{m, h} },
	}
	if seed%2 == 1 { // the queue is never empty for long
		s.limits = []limit.Limit{{Requests: 2, Per: 15 * time.Second}}
	}
	time.Sleep(time.Until(morning))
	h.world = newWorld(t, s)
	h.running.Store(h.Engine)
	h.stored.Store(h.store)
	if err := h.partner.Inject(sim.Injection{Fault: "500", Probability: 0.15}); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for client := range clients {
		all.Go(func() { h.pauseAndResume(client, each, rand.New(rand.NewPCG(seed, uint64(client)))) })
	}
	for range 2 {
		h.nap(20 * time.Minute)
		h.restart()
	}
	all.Wait()
	h.partner.Clear()
	for product := range h.deeds {
		h.resume(0, product, ofProduct)
	}
	for scope := ofEverything; scope < scopes; scope++ {
		h.resume(0, -1, scope)
	}
	time.Sleep(pausable[1].Every * 5 / 4)
	h.do(0, -1, deed{kind: ending}, func(*engine.Engine) (bool, error) { return true, nil })
	time.Sleep(20 * time.Second) // what runs ends
	h.restart()
	h.end()
	h.check(t)
	for _, deeds := range h.deeds {
		for _, o := range deeds {
			if o.Input.(deed).kind == beginning {
				begun++
			}
		}
	}
	return begun
}

// pauseAndResume does so many things with pauses of its world.
func (h *history) pauseAndResume(client, times int, random *rand.Rand) {
	waits := []time.Duration{ms, 3 * ms, 10 * ms, 50 * ms, 10 * time.Second, 20 * time.Second, 5 * time.Minute}
	for range times {
		time.Sleep(time.Duration(random.Int64N(int64(waits[random.IntN(len(waits))]))))
		product, scope := random.IntN(len(h.deeds)), ofProduct
		if random.IntN(3) == 0 {
			product, scope = -1, ofEverything+random.IntN(scopes-ofEverything)
		}
		switch what := random.IntN(10); {
		case what < 2:
			h.pause(client, product, scope, time.Duration(random.Int64N(int64(5*time.Minute))))
		case what < 4:
			h.pause(client, product, scope, 0)
			if scope == ofProduct && random.IntN(2) == 0 {
				h.settled(product)
			}
		case what < 7:
			h.resume(client, product, scope)
		default:
			h.ask(client, random.IntN(len(h.deeds)), random.IntN(dates))
		}
	}
}

// scopeOf returns a scope of the model as the engine names it.
func scopeOf(product, scope int) refresh.Scope {
	switch scope {
	case ofProduct:
		return refresh.Scope{Product: inventory.ProductID(14 + product)}
	case ofEverything:
		return refresh.Everything
	}
	return refresh.Scope{Schedule: pausable[scope-ofSchedule].Name}
}

// pause pauses a scope for some time, or until it is resumed.
func (h *history) pause(client, product, scope int, lasts time.Duration) {
	h.commands.Add(1)
	d, p := deed{kind: pausing, scope: scope, until: math.MaxInt64 / 2}, refresh.Pause{Since: time.Now(), By: "test"}
	if lasts > 0 {
		p.Until = p.Since.Add(lasts)
		d.until = p.Until.Sub(h.began)
	}
	h.do(client, product, d, func(e *engine.Engine) (bool, error) {
		return true, e.Pause(h.t.Context(), scopeOf(product, scope), p)
	})
}

func (h *history) resume(client, product, scope int) {
	h.commands.Add(1)
	h.do(client, product, deed{kind: resuming, scope: scope}, func(e *engine.Engine) (bool, error) {
		return e.Resume(h.t.Context(), scopeOf(product, scope), "test")
	})
}

// ask has one date of a product fetched.
func (h *history) ask(client, product, date int) {
	k := h.key(product, date)
	h.do(client, product, deed{kind: asking, date: date}, func(e *engine.Engine) (bool, error) {
		r, err := e.Refresh(h.t.Context(), k.Product, k.Date, k.Date, "test")
		if refused := new(report.RefusedError); errors.As(err, &refused) {
			return false, nil
		}
		return r.Queued+r.Running > 0, err
	})
}
