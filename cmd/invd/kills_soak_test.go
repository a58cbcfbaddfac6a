//go:build soak

package main

// killsByDefault are those of the long form.
const killsByDefault = 10_000
