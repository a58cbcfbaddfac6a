//go:build !soak && !race

package app_test

import "time"

// The chaos of `go test ./...`.
const (
	chaosSeeds = 2
	chaosSpan  = 24 * time.Hour
)
