//go:build !soak

package main

import "time"

// growByDefault keeps `go test ./...` short.
const growByDefault = 3 * time.Second
