package storage

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

// The system calls of a writer are recorded, and the power is cut at random moments
// between them: what was flushed is on the disk, and of what was not, any writes, any
// sectors of them, in any order. Each time the file opens, is clean, and has all that
// was acknowledged.
func TestAPowerCutLosesNothingThatWasAcknowledged(t *testing.T) {
	t.Parallel()
	events := traceWriter(t, 100)
	if broken := explore(t, events, powerCuts, nil); broken != "" {
		t.Error(broken)
	}

	// A search that finds nothing says something when it finds what is there.
	for name, stale := range map[string]func(*rand.Rand) func() bool{
		"no flush is heeded": func(*rand.Rand) func() bool { return func() bool { return true } },
		"half of the flushes are heeded": func(random *rand.Rand) func() bool {
			return func() bool { return random.IntN(2) == 0 }
		},
	} {
		t.Run(name, func(t *testing.T) {
			if explore(t, events, 300, stale) == "" {
				t.Error("not noticed")
			}
		})
	}
}

// explore cuts the power so often, and returns the first violation. Stale plants a
// fault in the disk, if it is not nil.
func explore(t *testing.T, events []event, cuts int, stale func(*rand.Rand) func() bool) (first string) {
	t.Helper()
	const workers = 4
	created := slices.IndexFunc(events, func(e event) bool { return e.call == "acknowledge" })
	var violations atomic.Int64
	var all sync.WaitGroup
	var once sync.Once
	for worker := range workers {
		dir := t.TempDir()
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(worker), 512))
			moments := make([]int, cuts/workers)
			for i := range moments {
				if moments[i] = random.IntN(len(events) + 1); i%4 == 0 { // while the data dir is made
					moments[i] = random.IntN(created + 1)
				}
			}
			slices.Sort(moments)
			d, acknowledged := newDisk(), newPromises()
			if stale != nil {
				d.stale = stale(random)
			}
			at := 0
			for _, moment := range moments {
				for ; at < moment; at++ {
					if e := events[at]; e.call == "acknowledge" {
						acknowledged.add(string(e.data))
					} else {
						d.do(e)
					}
				}
				err := writeFiles(dir, d.cut(random))
				if err == nil {
					before := acknowledged.places // what a cut left says nothing of the next one
					err = acknowledged.heldIn(dir)
					acknowledged.places = before
				}
				if err != nil {
					violations.Add(1)
					once.Do(func() { first = fmt.Sprintf("cut before call %d of worker %d: %v", moment, worker, err) })
				}
			}
		})
	}
	all.Wait()
	t.Logf("%d power cuts: %d violations; the first: %s", cuts/workers*workers, violations.Load(), first)
	return first
}
