// Package bench holds the benchmarks that cross packages, for those who plan
// capacity: go test -bench . ./bench. See docs/benchmarks.md.
package bench
