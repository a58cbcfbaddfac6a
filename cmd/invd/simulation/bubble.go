package simulation

import (
	"fmt"
	"runtime/debug"
	"testing"
	"testing/synctest"
)

// inBubble calls f in virtual time and returns when all of its goroutines have
// ended. Bubbles may run side by side.
//
// synctest wants a test, of which it needs no more than a place to note that f has
// failed. TestABubbleNeedsNoTest holds the toolchain to that.
func inBubble(f func() error) (err error) {
	synctest.Test(new(testing.T), func(*testing.T) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("simulation: panic: %v\n%s", p, debug.Stack())
			}
		}()
		err = f()
	})
	return err
}
