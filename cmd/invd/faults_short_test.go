//go:build !soak

package main

// faultSeeds keep `go test ./...` short: the first is in the order of the documentation.
const faultSeeds = 1
