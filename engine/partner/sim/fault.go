package sim

import (
	"fmt"
	"slices"
)

// A Fault names one way of answering wrongly. Faults lists them.
//
// There are two kinds. An edit changes the bytes of a good answer; several
// compose, in the order they were injected. The others decide how the answer is
// sent, or what is sent instead; the first one injected wins. Edits and one of
// the others go together: "shuffled" with "drip" sends a shuffled answer slowly.
// An edit that needs a slot leaves the [] of a closed date as it is.
type Fault string

// Faults returns the names of all faults, in the order of the documentation:
// statuses, refusals, bodies, slots, values, connections.
func Faults() []Fault {
	names := make([]Fault, len(behaviours))
	for i := range behaviours {
		names[i] = behaviours[i].name
	}
	return names
}

// About says in a few words what the fault does, "" if there is no such fault.
func (f Fault) About() string {
	if b := find(f); b != nil {
		return b.about
	}
	return ""
}

// A behaviour is what a fault does. Either edit is set or serve.
type behaviour struct {
	name  Fault
	about string

	edit func(x *exchange, body []byte) []byte

	serve  func(x *exchange)
	status int // what serve sends; 0 for no whole answer
}

var behaviours = slices.Concat(
	statusFaults, throttleFaults, bodyFaults, slotFaults, valueFaults, priceFaults, bulkFaults, wireFaults,
)

func find(f Fault) *behaviour {
	i := slices.IndexFunc(behaviours, func(b behaviour) bool { return b.name == f })
	if i < 0 {
		return nil
	}
	return &behaviours[i]
}

// An Injection says which answers a fault spoils.
type Injection struct {
	Fault   Fault
	Product int64  // 0 for all
	Date    string // YYYY-MM-DD; "" for all

	Times       int     // how many answers; 0 for all until Clear
	Probability float64 // of each answer, drawn from the seed; 0 means 1
}

// An injection is an Injection at work. Guarded by Partner.mu.
type injection struct {
	Injection
	does    *behaviour
	day     day
	struck  int // answers spoiled so far
	expired bool
}

// Inject adds a fault to those already injected. It is an error if there is no
// such fault, or the date is none.
func (p *Partner) Inject(i Injection) error {
	in := &injection{Injection: i, does: find(i.Fault)}
	if in.does == nil {
		return fmt.Errorf("inject %q: no such fault", i.Fault)
	}
	if i.Date != "" {
		var ok bool
		if in.day, ok = parseDay(i.Date); !ok {
			return fmt.Errorf("inject %s: date %q is not YYYY-MM-DD", i.Fault, i.Date)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.injections = append(p.injections, in)
	return nil
}

// Clear takes all faults away. Answers that are under way keep theirs.
func (p *Partner) Clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.injections = nil
}

// A strike is a fault that hits one answer.
type strike struct {
	*behaviour
	nth int // how often its injection has struck before
}

// strike returns the faults for the next answer about k: edits in the order
// they were injected and at most one fault that serves.
func (p *Partner) strike(k key) []strike {
	p.mu.Lock()
	defer p.mu.Unlock()
	var strikes []strike
	served := false
	for _, in := range p.injections {
		if in.Product != 0 && in.Product != k.product || in.Date != "" && in.day != k.day {
			continue
		}
		if in.does.serve != nil && served {
			continue // waits for its turn, its Times untouched
		}
		if in.Probability != 0 && !p.chances.chance(in.Probability) {
			continue
		}
		served = served || in.does.serve != nil
		strikes = append(strikes, strike{in.does, in.struck})
		in.struck++
		in.expired = in.Times > 0 && in.struck >= in.Times
	}
	p.injections = slices.DeleteFunc(p.injections, func(in *injection) bool { return in.expired })
	return strikes
}
