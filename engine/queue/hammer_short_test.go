//go:build !soak

package queue

// hammerPushes is how often each of the hammer's pushers pushes.
const hammerPushes = 4_000
