//go:build !soak

package main

import "time"

// growFor keeps `go test ./...` short.
const growFor = 3 * time.Second
