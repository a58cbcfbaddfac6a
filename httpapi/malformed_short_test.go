//go:build !soak

package httpapi

// malformedRequests keep `go test ./...` short.
const malformedRequests = 10_000
