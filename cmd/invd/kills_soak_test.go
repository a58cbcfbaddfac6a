//go:build soak

package main

// killsByDefault are those of the long form.
const killsByDefault = 10_000

// faultPositions is at how many system calls each fault of the disk is tried.
const faultPositions = 75

// damagedFiles is how many damaged databases a daemon is started on.
const damagedFiles = 500
