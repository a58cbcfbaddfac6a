//go:build soak

package httpapi

// malformedRequests are those of the long form.
const malformedRequests = 1_000_000
