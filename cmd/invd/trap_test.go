package main

import (
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// A trap kills a mirror's daemon at a moment that is bad for it.
type trap struct {
	m       *mirror
	process *process    // as the mirror's may be the next one by then
	sprung  atomic.Bool // true before the daemon is killed: what it did not answer then is no fault

	afterRefresh bool // spring as soon as a refresh was promised
}

func newTrap(m *mirror) *trap { return &trap{m: m, process: m.process} }

func (p *trap) spring() {
	p.sprung.Store(true)
	_ = p.process.cmd.Process.Kill() // it may have ended
}

// atATime springs the trap within a second.
func (p *trap) atATime(random *rand.Rand) {
	time.AfterFunc(time.Duration(random.Int64N(int64(time.Second))), p.spring)
}

// atARequest springs the trap when one of the next requests has reached the partner:
// at once, when nobody but the daemon's file can know of it, or up to within later,
// about when the answer is stored.
func (p *trap) atARequest(random *rand.Rand, within time.Duration) {
	var seen atomic.Int64
	last, later := 1+random.Int64N(20), time.Duration(random.Int64N(int64(within)+1))
	f := func() {
		switch {
		case seen.Add(1) != last:
		case later == 0:
			p.spring()
		default:
			time.AfterFunc(later, p.spring)
		}
	}
	p.m.arrived.Store(&f)
}
