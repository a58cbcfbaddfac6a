package sim

import (
	"testing"
	"testing/synctest"
	"time"
)

// A timer that has fired but waits for the lock while the deadline is moved
// must not end the read that has more time now.
func TestADeadlineMovedAsItPassesDoesNotExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlow()
		if err := f.set(&f.read, &f.unwanted, time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		f.mu.Lock()
		time.Sleep(time.Second) // the timer's function now waits for mu
		f.read.stop()
		f.mu.Unlock()
		synctest.Wait()
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.read.expired {
			t.Error("the read expired by a deadline that was taken away")
		}
	})
}
