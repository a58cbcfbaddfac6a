//go:build soak

package wheel

// hammerOps is how often each of the hammer's goroutines arms or cancels: more than 10⁸ operations in all.
const hammerOps = 25_000_000
