package engine_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"invd/engine"
	"invd/engine/inventory"
	"invd/engine/partner"
	"invd/engine/refresh"
	"invd/engine/report"
	"invd/engine/scheduler"
	"invd/engine/worker"
	"invd/metrics"
	"invd/storage"
)

// A history is what is done to a world's pauses and what its workers do meanwhile.
// It stands between the engine's parts and holds each of them up now and then.
type history struct {
	*world
	worker.Fetcher // the real one
	t              *testing.T
	today          inventory.Date
	running        atomic.Pointer[engine.Engine]
	stored         atomic.Pointer[storage.Store]
	commands       atomic.Int64 // pauses, resumes and restarts so far

	mu        sync.Mutex
	random    *rand.Rand
	began     time.Time
	clock     int64 // raised with each event
	requested int64 // when jobs were last found to be on disk as running
	deeds     [][]porcupine.Operation
	answers   map[inventory.Key]time.Time // the last of each key
}

// nap sleeps, at most so long.
func (h *history) nap(most time.Duration) {
	h.mu.Lock()
	d := 1 + time.Duration(h.random.Int64N(int64(most)))
	h.mu.Unlock()
	time.Sleep(d)
}

// now returns the place in the order of events, and the virtual time.
func (h *history) now() (int64, time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock++
	return h.clock, time.Since(h.began)
}

// note writes down what was done to a product; every product if it is -1.
func (h *history) note(product int, o porcupine.Operation) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range h.deeds {
		if product == i || product < 0 {
			h.deeds[i] = append(h.deeds[i], o)
		}
	}
}

// do has an engine do something, and writes it down unless the engine had stopped.
func (h *history) do(client, product int, d deed, act func(e *engine.Engine) (told bool, err error)) {
	o := porcupine.Operation{ClientId: client}
	o.Call, d.at = h.now()
	told, err := act(h.running.Load())
	if errors.Is(err, scheduler.ErrStopped) {
		return
	}
	if err != nil {
		h.t.Errorf("%+v: %v", d, err)
	}
	var at time.Duration
	o.Return, at = h.now()
	o.Input, o.Output = d, reply{told, at}
	h.note(product, o)
}

// Fetch asks the partner after a while, and writes down that an attempt began. Until
// Requested sleeps no other one is on disk, so h.requested is of this one.
func (h *history) Fetch(ctx context.Context, k inventory.Key) (partner.Answer, error) {
	d := deed{kind: beginning, date: int(k.Date - h.today)}
	o := porcupine.Operation{ClientId: int(k.Product)*dates + d.date}
	o.Return, d.at = h.now()
	h.mu.Lock()
	o.Call = h.requested
	h.mu.Unlock()
	h.nap(8 * time.Second)
	answer, err := h.Fetcher.Fetch(ctx, k)
	d.failed = err != nil
	if err == nil {
		h.mu.Lock()
		h.answers[k] = answer.CheckedAt
		h.mu.Unlock()
	}
	o.Input, o.Output = d, reply{}
	h.note(int(k.Product-14), o)
	return answer, err
}

// slowMetrics holds the dispatcher up once jobs are on disk as running, and the
// scheduler between a job's making and its way to the queue.
type slowMetrics struct {
	*metrics.Engine
	h *history
}

func (m slowMetrics) Requested(n int) {
	m.h.nap(5 * ms) // those requested before have all been sent
	requested, _ := m.h.now()
	m.h.mu.Lock()
	m.h.requested = requested
	m.h.mu.Unlock()
	m.Engine.Requested(n)
}

func (m slowMetrics) Created(schedule string, t refresh.Trigger) {
	m.h.nap(2 * ms)
	m.Engine.Created(schedule, t)
}

// slowDisk makes commits last.
type slowDisk struct{ h *history }

func (d slowDisk) Committed(time.Duration, int) { d.h.nap(20 * ms) }
func (d slowDisk) Corrupt()                     { d.h.t.Error("a record is damaged") }

// restart stops the engine and starts another on what is on disk. Whatever has run
// must be there.
func (h *history) restart() {
	h.commands.Add(1)
	h.end()
	h.start()
	h.running.Store(h.Engine)
	h.stored.Store(h.store)
	if text := h.unstored(h.store, 0, 1); text != "" {
		h.t.Error("after a restart: " + text)
	}
}

// unstored says which answers for products are not in the store.
func (h *history) unstored(s *storage.Store, products ...int) (text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for k, at := range h.answers {
		if !slices.Contains(products, int(k.Product-14)) {
			continue
		}
		if _, _, checked := s.DayState(k); checked.Before(at) {
			text += fmt.Sprintf("%s is as of %s, and was answered at %s\n", k, checked, at)
		}
	}
	return text
}

// settled waits until what ran of a product that was just paused must have ended. If
// nobody changed anything meanwhile, nothing of it runs and all its answers are there.
func (h *history) settled(product int) {
	n, s := h.commands.Load(), h.stored.Load()
	time.Sleep(30 * time.Second)
	err := s.Flush()
	jobs, err2 := s.Jobs(report.JobFilter{Product: inventory.ProductID(14 + product), States: []refresh.State{refresh.Running}, Limit: dates})
	missing := h.unstored(s, product)
	if h.commands.Load() != n {
		return
	}
	if err = errors.Join(err, err2); err != nil || len(jobs) > 0 || missing != "" {
		h.t.Errorf("half a minute into a pause of product %d these still run: %v (%v)\n%s", 14+product, jobs, err, missing)
	}
}

// check fails the test unless each product's history is one of pauseModel. It shows
// the longest part of it that is, and what of the rest ended first.
func (h *history) check(t *testing.T) {
	t.Helper()
	for i, deeds := range h.deeds {
		result, info := porcupine.CheckOperationsVerbose(pauseModel, deeds, 0)
		if result == porcupine.Ok {
			continue
		}
		fits := slices.MaxFunc(info.PartialLinearizationsOperations()[0], func(a, b []porcupine.Operation) int { return len(a) - len(b) })
		var text strings.Builder
		for _, o := range fits {
			fmt.Fprintf(&text, "%5d to %5d: %s\n", o.Call, o.Return, describe(o))
		}
		rest := slices.DeleteFunc(slices.Clone(deeds), func(o porcupine.Operation) bool {
			return slices.ContainsFunc(fits, func(f porcupine.Operation) bool { return f.Return == o.Return })
		})
		first := slices.MinFunc(rest, func(a, b porcupine.Operation) int { return int(a.Return - b.Return) })
		t.Errorf("product %d: what was done fits no order, this one at the farthest:\n%snot then\n%5d to %5d: %s",
			14+i, text.String(), first.Call, first.Return, describe(first))
	}
}

// describe says what an operation was in words.
func describe(o porcupine.Operation) string {
	d, r := o.Input.(deed), o.Output.(reply)
	switch d.kind {
	case pausing:
		return fmt.Sprintf("%s pause scope %d until %s", d.at, d.scope, d.until)
	case resuming:
		return fmt.Sprintf("%s resume scope %d, was paused: %v", d.at, d.scope, r.told)
	case asking:
		return fmt.Sprintf("%s refresh date %d, queued: %v", d.at, d.date, r.told)
	case beginning:
		return fmt.Sprintf("%s an attempt at date %d begins, which fails: %v", d.at, d.date, d.failed)
	}
	return fmt.Sprintf("%s all has been fetched", d.at)
}
