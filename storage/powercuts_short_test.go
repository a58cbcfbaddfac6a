//go:build !soak

package storage

// powerCuts is how often the power is cut.
const powerCuts = 3_000

// shutdowns is how often a real file system is shut down.
const shutdowns = 50
