//go:build soak

package storage

// powerCuts is how often the power is cut: ten minutes.
const powerCuts = 100_000

// shutdowns is how often a real file system is shut down: two minutes.
const shutdowns = 600
