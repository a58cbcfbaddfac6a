//go:build soak

package main

// faultSeeds are those of the long form.
const faultSeeds = 100
