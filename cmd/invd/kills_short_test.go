//go:build !soak

package main

// killsByDefault keep `go test ./...` short; -kills asks for more.
const killsByDefault = 24
