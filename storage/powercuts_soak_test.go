//go:build soak

package storage

// powerCuts is how often the power is cut: seven minutes.
const powerCuts = 100_000

// shutdowns is how often a real file system is shut down: a quarter of an hour.
const shutdowns = 1_200
