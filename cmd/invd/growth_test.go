package main

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"invd/engine/partner/sim"
)

// A daemon under reads and refreshes, with a bound on its memory and on the jobs that it
// keeps, comes back after each round to the goroutines and files that it had, give or take
// a connection, with its heap under the bound and its database as large as it was.
func TestADaemonAtWorkDoesNotGrow(t *testing.T) {
	t.Parallel()
	m := newMirror(t, mirrorOptions{products: 3, days: 30, limit: 200, per: time.Second,
		sim: sim.Options{Bookings: -1, Latency: time.Millisecond}, more: "jobs: {keep_max: 500}\n"})
	m.under = []string{"env", "GOMEMLIMIT=48MiB"}
	m.start()
	groups, err := m.process.await(daemonStarted)
	if err != nil {
		t.Fatal(err)
	}
	l := newLedger(m)
	var first map[string]float64
	rounds, reads := 0, 0
	for began := time.Now(); time.Since(began) < growFor || rounds < 6; rounds++ {
		for _, id := range l.products() {
			if err := l.refresh(id); err != nil {
				t.Fatal(err)
			}
		}
		for range 10 {
			if err := l.noteAnswers(); err != nil {
				t.Fatal(err)
			}
			reads += len(m.keys)
		}
		if err := eventually(l.allDone); err != nil {
			t.Fatal(err)
		}
		now := m.measure(groups[2])
		if first == nil { // whatever there is once was used
			first = now
		}
		// Not for so long that idle connections are closed, which would make up for a leak.
		if err := poll(pollEvery, 100, func() error {
			now = m.measure(groups[2])
			return grown(first, now, len(m.keys))
		}); err != nil {
			t.Fatalf("round %d, after %d reads: %v", rounds, reads, err)
		}
	}
	if got := first["go_gc_gomemlimit_bytes"]; got != 48<<20 {
		t.Errorf("GOMEMLIMIT is %v, want 48 MiB", got)
	}
	t.Logf("%d rounds of %d fetches, %d reads: %v, then %v", rounds, len(m.keys), reads, first, m.measure(groups[2]))
	if err := m.process.end(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
}

// grown says what there is more of than there may be. A connection has two goroutines.
func grown(first, now map[string]float64, keys int) error {
	for name, most := range map[string]float64{
		"go_goroutines":                first["go_goroutines"] + 2,
		"process_open_fds":             first["process_open_fds"] + 1,
		"go_memstats_heap_alloc_bytes": first["go_gc_gomemlimit_bytes"],
		"invd_store_file_size_bytes":   first["invd_store_file_size_bytes"],
		"invd_wheel_timers":            float64(keys),
	} {
		if got := now[name]; got > most {
			return fmt.Errorf("%s = %v, and was %v; want at most %v", name, got, first[name], most)
		}
	}
	return nil
}

var sample = regexp.MustCompile(`(?m)^(go_goroutines|process_open_fds|go_gc_gomemlimit_bytes|go_memstats_heap_alloc_bytes|invd_store_file_size_bytes|invd_wheel_timers) (\S+)$`)

// measure returns some of the daemon's metrics.
func (m *mirror) measure(admin string) map[string]float64 {
	m.t.Helper()
	text, err := fetch(http.MethodGet, "http://"+admin+"/metrics", http.Header{})
	if err != nil {
		m.t.Fatal(err)
	}
	values := make(map[string]float64)
	for _, groups := range sample.FindAllStringSubmatch(text, -1) {
		if values[groups[1]], err = strconv.ParseFloat(groups[2], 64); err != nil {
			m.t.Fatal(err)
		}
	}
	if len(values) != 6 {
		m.t.Fatalf("found %v in /metrics; want all of %s", values, sample)
	}
	return values
}
