//go:build !soak

package storage

// powerCuts is how often the power is cut.
const powerCuts = 3_000
