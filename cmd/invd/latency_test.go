package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"

	"invd/engine/partner/sim"
)

// The bar is a second from `invd products refresh` to the new answer, as the partner
// really answers in 30 to 150 ms. What it takes here is in the test's log.
func TestARefreshIsReadableSoonAfterItIsAskedFor(t *testing.T) {
	t.Parallel()
	m := newMirror(t, mirrorOptions{products: 2, days: 3, limit: 1000, per: time.Minute,
		sim: sim.Options{Bookings: -1, Latency: 30 * time.Millisecond, Jitter: 20 * time.Millisecond}})
	k := m.keys[len(m.keys)-1]
	if err := m.partner.OpenDate(int64(k.Product), k.Date.String()); err != nil {
		t.Fatal(err)
	}
	m.start()
	shown := func() error {
		a, err := m.read(k)
		if want := m.truth(k); err == nil && (a.status != http.StatusOK || a.remaining != want) {
			err = fmt.Errorf("%s: status %d with %d left, want 200 with %d", k, a.status, a.remaining, want)
		}
		return err
	}
	if err := eventually(shown); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 1))
	for range 5 {
		m.book(k, random)
		began := time.Now()
		command := exec.Command("invd", "products", "refresh", k.Product.String(), "--from", k.Date.String(), "--data-dir", m.commands.dataDir)
		command.Stderr = os.Stderr
		if err := command.Run(); err != nil {
			t.Fatalf("%v: %v", command.Args, err)
		}
		queued := time.Now()
		if err := poll(time.Millisecond, 20_000, shown); err != nil {
			t.Fatal(err)
		}
		t.Logf("readable %v after the command began, %v after it was done",
			time.Since(began).Round(time.Millisecond), time.Since(queued).Round(time.Millisecond))
	}
}
