//go:build !soak && race

package app_test

import "time"

// The chaos of `go test -race ./...`, which takes ten times as long for an hour.
const (
	chaosSeeds = 1
	chaosSpan  = 4 * time.Hour
)
