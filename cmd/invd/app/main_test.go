package app_test

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain lets the heap of a virtual week grow: collecting it often is a fifth of
// the CPU time of these tests otherwise.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}
