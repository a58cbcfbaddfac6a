package app_test

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain has the heap collected when it reaches half a gigabyte and no sooner:
// the collector is a fifth of the CPU time of a virtual week otherwise.
func TestMain(m *testing.M) {
	debug.SetMemoryLimit(512 << 20)
	debug.SetGCPercent(-1)
	os.Exit(m.Run())
}
