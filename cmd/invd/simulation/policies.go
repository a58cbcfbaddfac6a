package simulation

import (
	"maps"
	"slices"

	"invd/engine/partner/world"
	"invd/engine/scheduler"
)

// A policy is one way to spend the calls.
type policy struct {
	about string
	make  func(Options, *world.World) func(scheduler.PolicyOptions) scheduler.Policy
}

// policies are those that can be compared: the daemon's, and some that only know
// how to lose or could not be had.
var policies = map[string]policy{
	"cadence": {"the schedules as written", daemons(scheduler.NewCadence)},
	"seed":    {"overlapping schedules by strict priority, without memory of what is closed", seed},
}

func daemons(make func(scheduler.PolicyOptions) scheduler.Policy) func(Options, *world.World) func(scheduler.PolicyOptions) scheduler.Policy {
	return func(Options, *world.World) func(scheduler.PolicyOptions) scheduler.Policy { return make }
}

// Policies lists the policies' names.
func Policies() []string { return slices.Sorted(maps.Keys(policies)) }
