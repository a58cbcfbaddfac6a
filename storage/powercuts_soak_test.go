//go:build soak

package storage

// powerCuts is how often the power is cut: ten minutes.
const powerCuts = 100_000
