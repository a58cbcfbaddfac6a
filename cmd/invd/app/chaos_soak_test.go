//go:build soak

package app_test

import "time"

// The long form: a week for each seed.
const (
	chaosSeeds = 50
	chaosSpan  = 7 * 24 * time.Hour
)
