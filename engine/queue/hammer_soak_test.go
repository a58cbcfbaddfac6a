//go:build soak

package queue

// hammerPushes is how often each of the hammer's pushers pushes: more than 10⁸ operations in all.
const hammerPushes = 4_000_000
