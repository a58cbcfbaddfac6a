package simulation

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"invd/engine/partner/world"
	"invd/engine/scheduler"
)

// A policy is one way to spend the calls.
type policy struct {
	about  string
	onRead string // what a read may set off, whatever the options say; "": as they say
	make   func(Options, *world.World) func(scheduler.PolicyOptions) scheduler.Policy
}

// policies are those that can be compared: the daemon's, and some that only know
// how to lose or could not be had.
var policies = map[string]policy{
	"cadence":      {"the schedules as written, all stretched alike when they ask for too much", "", daemons(scheduler.NewCadence)},
	"adaptive":     {"what is learned of changes and readers", "", daemons(scheduler.NewAdaptive)},
	"read-through": {"adaptive, and a read waits for a fetch that is worth its price (refresh.read_through)", Wait, daemons(scheduler.NewAdaptive)},
	"oracle":       {"adaptive, told the rates by which the market is drawn", "", oracle},
	"round-robin":  {"one date after the other, closed ones every three days", "", daemons(newRoundRobin)},
	"seed":         {"overlapping schedules by strict priority, without memory of what is closed", "", seed},
}

func daemons(make func(scheduler.PolicyOptions) scheduler.Policy) func(Options, *world.World) func(scheduler.PolicyOptions) scheduler.Policy {
	return func(Options, *world.World) func(scheduler.PolicyOptions) scheduler.Policy { return make }
}

// oracle makes the adaptive policy with every rate known.
func oracle(_ Options, w *world.World) func(scheduler.PolicyOptions) scheduler.Policy {
	return func(o scheduler.PolicyOptions) scheduler.Policy {
		o.Rates = w.Rates
		return scheduler.NewAdaptive(o)
	}
}

// Policies lists the policies' names.
func Policies() []string { return slices.Sorted(maps.Keys(policies)) }

// Describe returns what each policy is, a line each.
func Describe() string {
	var b strings.Builder
	for _, name := range Policies() {
		fmt.Fprintf(&b, "  %-12s %s\n", name, policies[name].about)
	}
	return b.String()
}
