package simulation

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestABubbleNeedsNoTest(t *testing.T) {
	began := time.Now()
	err := inBubble(func() error {
		from := time.Now()
		time.Sleep(365 * 24 * time.Hour)
		if d := time.Since(from); d != 365*24*time.Hour {
			return errors.New("slept " + d.String())
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if time.Since(began) > 24*time.Hour {
		t.Error("a year went by")
	}
	for name, f := range map[string]func() error{
		"an error": func() error { return errors.New("the reason") },
		"a panic":  func() error { panic("the reason") },
	} {
		if err := inBubble(f); err == nil || !strings.Contains(err.Error(), "the reason") {
			t.Errorf("%s came out as %v", name, err)
		}
	}
}
