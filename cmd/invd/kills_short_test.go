//go:build !soak

package main

// killsByDefault keep `go test ./...` short; -kills asks for more.
const killsByDefault = 24

// faultPositions is at how many system calls each fault of the disk is tried.
const faultPositions = 5

// damagedFiles is how many damaged databases a daemon is started on.
const damagedFiles = 40
