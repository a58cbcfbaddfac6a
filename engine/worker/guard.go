package worker

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"invd/engine/inventory"
)

// The mass-flip guard's constants.
const (
	guardSpan  = 10 * time.Minute // how far back answers count
	guardLeast = 20               // answers for open dates before it judges
	guardShare = 0.30             // of them closed: not believed any more
	guardBelow = time.Hour        // after which a partner that keeps closing is believed
)

// A guard notices when the partner suddenly closes many dates that were open,
// which is more often its fault than its news. While it suspects that, such
// answers are held: the old data stays, and the gate lets one probe a minute out.
// Suspicion ends with the first open date that is answered with slots, or after
// an hour of nothing else, when the news is believed.
type guard struct {
	mu      sync.Mutex
	answers []flip    // for dates that were open, of the last guardSpan
	closed  int       // of answers
	since   time.Time // suspicious since; zero: not
	believe bool      // the partner was suspected for an hour; until an open answer
}

type flip struct {
	at     time.Time
	closed bool
}

// seen takes note of an answer for a date whose state was before, and reports
// whether to believe it.
func (g *guard) seen(p *Pool, before, after inventory.State, now time.Time) bool {
	if before != inventory.Open {
		return true
	}
	closed := after == inventory.Closed
	g.mu.Lock()
	g.answers = append(g.answers, flip{now, closed})
	if closed {
		g.closed++
	}
	for len(g.answers) > 0 && now.Sub(g.answers[0].at) > guardSpan {
		if g.answers[0].closed {
			g.closed--
		}
		g.answers = g.answers[1:]
	}
	if !closed {
		wasSuspect := !g.since.IsZero()
		g.since, g.believe = time.Time{}, false
		g.mu.Unlock()
		if wasSuspect {
			p.Gate.Trust()
			p.Log.LogAttrs(context.Background(), slog.LevelInfo, "partner answers open dates again")
		}
		return true
	}
	var suspect, trust bool
	switch {
	case g.believe:
	case !g.since.IsZero() && now.Sub(g.since) >= guardBelow:
		g.since, g.believe, trust = time.Time{}, true, true
	case !g.since.IsZero():
	case len(g.answers) >= guardLeast && float64(g.closed) >= guardShare*float64(len(g.answers)):
		g.since, suspect = now, true
	}
	held, n, of := !g.since.IsZero(), g.closed, len(g.answers)
	g.mu.Unlock()
	msg := fmt.Sprintf("%d of %d open dates were closed within %s", n, of, guardSpan)
	if suspect {
		p.Gate.Suspect(now, msg)
		p.Observer.Blocked("suspect")
		p.Log.LogAttrs(context.Background(), slog.LevelError, "partner closes too many dates, answers held", slog.String("why", msg))
	}
	if trust {
		p.Gate.Trust()
		p.Log.LogAttrs(context.Background(), slog.LevelWarn, "partner keeps closing dates, believed now", slog.String("why", msg))
	}
	return !held
}
