package limit

import (
	"math"
	"sync"
	"time"
)

// The breaker's constants, as the contract has them.
const (
	breakAfter   = 10 // failures in a row
	breakFirst   = 30 * time.Second
	breakLongest = 5 * time.Minute
	probeEvery   = time.Minute // while unauthorized or suspect
)

// A GateState tells why the partner is asked or not.
type GateState uint8

// The states of a gate.
const (
	GateOpen         GateState = iota
	GatePaused                 // by an operator
	GateHeld                   // the partner asked for a break, or the disk is full
	GateUnauthorized           // it refused our key
	GateBroken                 // it failed many times in a row
	GateSuspect                // it closed too many dates at once
)

// String returns the state's name.
func (s GateState) String() string {
	return [...]string{"open", "paused", "held", "unauthorized", "broken", "suspect"}[s]
}

// A Gate decides whether requests may go to one source. Any goroutine may call
// it; only one may call Allow and Probe.
type Gate struct {
	random func(int64) int64 // like rand.Int64N

	mu        sync.Mutex
	paused    bool
	held      time.Time               // no request before it
	wary      bool                    // since the hold no probe has come back: it may not be over
	state     GateState               // GateOpen, GateUnauthorized, GateBroken or GateSuspect
	suspect   bool                    // until Trust, also while the key is refused in between
	reasons   [GateSuspect + 1]string // why, by state
	probeAt   time.Time               // while state is not GateOpen: the next probe
	probing   bool                    // a probe is out; no other request goes. Never while GateOpen and not wary
	failures  int                     // in a row
	backoff   time.Duration
	lastError string
	lastOK    time.Time

	changed chan struct{}
}

// NewGate makes an open gate. random is like rand.Int64N.
func NewGate(random func(int64) int64) *Gate {
	return &Gate{random: random, changed: make(chan struct{}, 1)}
}

// Allow returns how many requests may go at now: all that the budget has, one
// (a probe, to be announced with Probe), or none before the time returned; the
// zero time when only a change opens the gate.
func (g *Gate) Allow(now time.Time) (int, time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.paused, g.probing:
		return 0, time.Time{}
	case now.Before(g.held):
		return 0, g.held
	case g.state == GateOpen && !g.wary:
		return math.MaxInt, time.Time{}
	case g.state != GateOpen && now.Before(g.probeAt):
		return 0, g.probeAt
	}
	return 1, time.Time{}
}

// Probe says that the request about to go is a probe, if the gate is not open or
// was held until now.
func (g *Gate) Probe() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.probing = g.state != GateOpen || g.wary
}

// SetPaused closes or opens the gate for an operator.
func (g *Gate) SetPaused(paused bool) { g.do(func() { g.paused = paused }) }

// Hold lets no request go before until, and then one alone until that has ended
// otherwise: as many as there are workers would all be told to wait again.
func (g *Gate) Hold(until time.Time, reason string) {
	g.do(func() {
		g.probing, g.wary = false, true
		if until.After(g.held) {
			g.held, g.reasons[GateHeld] = until, reason
		}
	})
}

// Success says that the partner answered: whatever closed the gate but a hold, a
// pause or suspicion is over.
func (g *Gate) Success(now time.Time) {
	g.do(func() {
		g.lastOK = now
		g.answered(now)
	})
}

// Remember says that the partner last answered at t, as an earlier gate saw it.
func (g *Gate) Remember(t time.Time) {
	g.do(func() {
		if t.After(g.lastOK) {
			g.lastOK = t
		}
	})
}

// Alive says that the partner answered, though nothing that could be used: a
// probe that gets so far opens the gate.
func (g *Gate) Alive(now time.Time) {
	g.do(func() {
		if g.probing {
			g.answered(now)
		}
	})
}

func (g *Gate) answered(now time.Time) {
	g.wary = g.wary && !g.probing
	g.state, g.probing, g.failures, g.backoff = GateOpen, false, 0, 0
	if g.suspect {
		g.state, g.probeAt = GateSuspect, now.Add(probeEvery)
	}
}

// Released says that a request ended without telling anything about the partner.
func (g *Gate) Released() { g.do(func() { g.probing = false }) }

// Failure says that the partner failed to answer. Ten in a row break the circuit
// for 30 s; each failed probe doubles that, to 5 min. It reports whether the
// circuit broke or stays broken.
func (g *Gate) Failure(now time.Time, msg string) (broke bool) {
	g.do(func() {
		g.lastError = msg
		g.failures++
		switch probe := g.probing; {
		case g.state == GateBroken && !probe:
			return // sent before the circuit broke
		case g.state == GateOpen && g.failures < breakAfter:
			g.wary, g.probing = g.wary && !probe, false
			return
		case g.state == GateUnauthorized, g.state == GateSuspect:
			g.probeAt, g.probing = now.Add(probeEvery), false
			return
		}
		g.backoff = min(max(2*g.backoff, breakFirst), breakLongest)
		jitter := time.Duration(g.random(int64(g.backoff) / 10))
		g.state, g.probing, broke = GateBroken, false, true
		g.probeAt = now.Add(min(g.backoff+jitter, breakLongest))
		g.reasons[GateBroken] = msg
	})
	return broke
}

// Unauthorized says that the partner refused our key: one probe a minute from now.
func (g *Gate) Unauthorized(now time.Time, msg string) {
	g.do(func() {
		g.lastError, g.reasons[GateUnauthorized] = msg, msg
		g.state, g.probing, g.probeAt = GateUnauthorized, false, now.Add(probeEvery)
	})
}

// Suspect says that the partner's answers are not believed: one probe a minute
// until Trust.
func (g *Gate) Suspect(now time.Time, msg string) {
	g.do(func() {
		g.suspect, g.reasons[GateSuspect] = true, msg
		g.state, g.probing, g.probeAt = GateSuspect, false, now.Add(probeEvery)
	})
}

// Trust ends a suspicion.
func (g *Gate) Trust() {
	g.do(func() {
		g.suspect = false
		if g.state == GateSuspect {
			g.state, g.probing = GateOpen, false
		}
	})
}

// A GateView is what a gate says of itself.
type GateView struct {
	State     GateState
	Reason    string
	Until     time.Time // zero when open
	Failures  int
	LastError string
	LastOK    time.Time
}

// View returns the gate's state at now.
func (g *Gate) View(now time.Time) GateView {
	g.mu.Lock()
	defer g.mu.Unlock()
	v := GateView{State: g.state, Failures: g.failures, LastError: g.lastError, LastOK: g.lastOK}
	switch {
	case g.paused:
		v.State = GatePaused
	case now.Before(g.held):
		v.State, v.Until, v.Reason = GateHeld, g.held, g.reasons[GateHeld]
	case g.state != GateOpen:
		v.Until, v.Reason = g.probeAt, g.reasons[g.state]
	}
	return v
}

// Changed receives when the gate may have opened. It has room for one signal and
// one reader.
func (g *Gate) Changed() <-chan struct{} { return g.changed }

func (g *Gate) do(f func()) {
	g.mu.Lock()
	f()
	g.mu.Unlock()
	select {
	case g.changed <- struct{}{}:
	default:
	}
}
