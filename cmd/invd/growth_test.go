package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"invd/engine/partner/sim"
)

var growFor = flag.Duration("grow", growByDefault, "how long a daemon at work is watched for growth")

// A daemon under as many refreshes as its limit allows and as many reads as two clients
// make, with a bound on its memory and on the jobs that it keeps, comes back after each
// round to the goroutines and files that it had, give or take a connection, with its heap
// under the bound, its history as long as is kept, and its database no larger by more
// than what it grows by at a time.
//
//	go test -tags soak ./cmd/invd -v -run DoesNotGrow -grow 1h -timeout 0
func TestADaemonAtWorkDoesNotGrow(t *testing.T) {
	t.Parallel()
	m := newMirror(t, mirrorOptions{products: 3, days: 30, limit: 200, per: time.Second,
		sim: sim.Options{Bookings: -1, Latency: time.Millisecond}, more: fmt.Sprintf("jobs: {keep_max: %d}\n", keptJobs)})
	m.under = []string{"env", "GOMEMLIMIT=48MiB"}
	m.start()
	groups, err := m.process.await(daemonStarted)
	if err != nil {
		t.Fatal(err)
	}
	l := newLedger(m)
	reads, stop := m.flood(2)
	var first map[string]float64
	rounds := 0
	for began := time.Now(); time.Since(began) < *growFor || rounds < 7; rounds++ {
		for _, id := range l.products() {
			if err := l.refresh(id); err != nil {
				t.Fatal(err)
			}
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
			t.Fatalf("round %d, after %d reads: %v", rounds, reads.Load(), err)
		}
		if rounds%1000 == 999 {
			t.Logf("%s: %d rounds, %d reads: %v", time.Since(began).Round(time.Second), rounds+1, reads.Load(), now)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if got := first["go_gc_gomemlimit_bytes"]; got != 48<<20 {
		t.Errorf("GOMEMLIMIT is %v, want 48 MiB", got)
	}
	t.Logf("%d rounds of %d fetches, %d reads: %v, then %v", rounds, len(m.keys), reads.Load(), first, m.measure(groups[2]))
	if err := m.process.end(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
}

// keptJobs is what is left of the history every ten minutes; until then come moreJobs at most.
const (
	keptJobs = 500
	moreJobs = 200 * 600
)

// flood reads all the keys over and over, in so many connections. Stop returns the first
// answer that was none.
func (m *mirror) flood(readers int) (reads *atomic.Int64, stop func() error) {
	reads = new(atomic.Int64)
	ctx, cancel := context.WithCancel(m.t.Context())
	var all sync.WaitGroup
	failures := make(chan error, readers)
	for range readers {
		all.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for ctx.Err() == nil {
				for _, k := range m.keys {
					if err := look(client, m.address(k)); err != nil {
						failures <- err
						return
					}
					reads.Add(1)
				}
			}
		})
	}
	return reads, func() error {
		cancel()
		all.Wait()
		close(failures)
		return <-failures
	}
}

// look reads an answer and throws it away.
func look(client *http.Client, url string) error {
	resp, err := client.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusNotFound {
		return fmt.Errorf("%s: %s", url, resp.Status)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// grown says what there is more of than there may be. A connection has two goroutines.
func grown(first, now map[string]float64, keys int) error {
	for name, most := range map[string]float64{
		"go_goroutines":                first["go_goroutines"] + 2,
		"process_open_fds":             first["process_open_fds"] + 1,
		"go_memstats_heap_alloc_bytes": first["go_gc_gomemlimit_bytes"],
		"invd_store_file_size_bytes":   first["invd_store_file_size_bytes"] + 17<<20, // bbolt grows by 16 MiB beyond what it needs
		"invd_wheel_timers":            float64(keys),
		"invd_job_history_records":     keptJobs + moreJobs,
	} {
		if got := now[name]; got > most {
			return fmt.Errorf("%s = %v, and was %v; want at most %v", name, got, first[name], most)
		}
	}
	return nil
}

var sample = regexp.MustCompile(`(?m)^(go_goroutines|process_open_fds|go_gc_gomemlimit_bytes|go_memstats_heap_alloc_bytes|invd_store_file_size_bytes|invd_wheel_timers|invd_job_history_records) (\S+)$`)

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
	if len(values) != 7 {
		m.t.Fatalf("found %v in /metrics; want all of %s", values, sample)
	}
	return values
}
