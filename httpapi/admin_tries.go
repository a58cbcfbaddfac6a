package httpapi

import (
	"net/netip"
	"sync"
	"time"
)

const (
	maxTries    = 10          // wrong tokens of one address in a tryWindow
	tryWindow   = time.Minute // from the first of them on
	maxGuessers = 4096        // addresses remembered at once
)

// A guesser is an address that wrong tokens come from: an IPv4 address or an IPv6
// network of 64 bits, which one customer has to himself. The zero one is everybody who
// is not remembered apart.
type guesser struct{ netip.Prefix }

func guesserAt(remote string) guesser {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return guesser{}
	}
	addr, bits := at.Addr().Unmap(), 64
	if addr.Is4() {
		bits = 32
	}
	network, err := addr.Prefix(bits)
	if err != nil {
		return guesser{}
	}
	return guesser{network}
}

// tries counts wrong tokens. It has room for so many addresses that guess at once; those
// beyond are counted together, so that there are no more guesses than it says.
type tries struct {
	mu  sync.Mutex
	all map[guesser]*attempts // at most maxGuessers, and the zero guesser's
}

type attempts struct {
	since time.Time
	wrong int
}

// check returns how long g must wait until it may try again, with nothing counted; or 0,
// having counted a wrong try. left is how many of those g has. A right token is no better
// than a wrong one while g must wait: else it would be found by trying.
func (t *tries) check(g guesser, now time.Time, right bool) (wait time.Duration, left int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all[g] == nil && len(t.all) >= maxGuessers {
		t.forget(now)
		if len(t.all) >= maxGuessers {
			g = guesser{}
		}
	}
	a := t.all[g]
	if a == nil || now.Sub(a.since) >= tryWindow {
		a = &attempts{since: now}
	}
	if a.wrong >= maxTries {
		return a.since.Add(tryWindow).Sub(now), 0
	}
	if !right {
		a.wrong++
		if t.all == nil {
			t.all = map[guesser]*attempts{}
		}
		t.all[g] = a
	}
	return 0, maxTries - a.wrong
}

// forget makes room.
func (t *tries) forget(now time.Time) {
	for g, a := range t.all {
		if now.Sub(a.since) >= tryWindow {
			delete(t.all, g)
		}
	}
}
