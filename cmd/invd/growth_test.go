package main

import (
	"net/http"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"invd/engine/partner/sim"
)

// A daemon under reads and refreshes, with a bound on its memory, keeps as many
// goroutines and files as it had, its heap under the bound, and its database within a
// multiple of what is in it.
func TestADaemonAtWorkDoesNotGrow(t *testing.T) {
	t.Parallel()
	m := newMirror(t, mirrorOptions{products: 3, days: 30, limit: 200, per: time.Second,
		sim: sim.Options{Bookings: -1, Latency: time.Millisecond}})
	m.under = []string{"env", "GOMEMLIMIT=48MiB"}
	m.start()
	groups, err := m.process.await(daemonStarted)
	if err != nil {
		t.Fatal(err)
	}
	l := newLedger(m)
	if err := eventually(l.allDone); err != nil {
		t.Fatal(err)
	}
	first := m.measure(groups[2])
	if first["go_gc_gomemlimit_bytes"] != 48<<20 {
		t.Errorf("GOMEMLIMIT is %v, want 48 MiB", first["go_gc_gomemlimit_bytes"])
	}
	rounds, reads := 0, 0
	for began := time.Now(); time.Since(began) < growFor || rounds < 3; rounds++ {
		for _, id := range l.products() {
			if err := l.refresh(id); err != nil {
				t.Fatal(err)
			}
		}
		for range 5 {
			if err := l.noteAnswers(); err != nil {
				t.Fatal(err)
			}
			reads += len(m.keys)
		}
		if err := eventually(l.allDone); err != nil {
			t.Fatal(err)
		}
		now := m.measure(groups[2])
		for name, most := range map[string]float64{
			"go_goroutines":                first["go_goroutines"] + 30, // those of connections come and go
			"process_open_fds":             first["process_open_fds"] + 30,
			"go_memstats_heap_alloc_bytes": 48 << 20,
			"invd_store_file_size_bytes":   2 * first["invd_store_file_size_bytes"],
			"invd_wheel_timers":            float64(len(m.keys)) + 10,
		} {
			if got := now[name]; got > most {
				t.Errorf("round %d: %s = %v, and was %v; want at most %v", rounds, name, got, first[name], most)
			}
		}
	}
	t.Logf("%d rounds of %d fetches, %d reads: %v, then %v", rounds, len(m.keys), reads, first, m.measure(groups[2]))
	if err := m.process.end(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
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
