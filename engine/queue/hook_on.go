//go:build pqhook

package queue

import (
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"time"
)

// passed counts the points passed by anyone.
var passed atomic.Uint64

// heldUp, if set, is called at every point, by whoever passes it.
var heldUp atomic.Pointer[func(place)]

// point now and then lets others run, and rarely sleeps, between two atomic
// steps. Which place is the slow one changes as points are passed: goroutines
// stalled at one place while the others run on reach states that the same noise
// everywhere does not.
func point(at place) {
	if h := heldUp.Load(); h != nil {
		(*h)(at)
	}
	n := passed.Add(1)
	slow := place(n>>9)%places == at
	switch r := rand.IntN(512); {
	case r < 2, slow && r < 32:
		time.Sleep(20 * time.Microsecond)
	case r < 64:
		runtime.Gosched()
	}
}
