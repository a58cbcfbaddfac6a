//go:build !soak

package wheel

// hammerOps is how often each of the hammer's goroutines arms or cancels.
const hammerOps = 20_000
