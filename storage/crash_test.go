package storage

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

// crashDir tells a copy of the test binary to be the victim in that data dir, and
// crashNoSync that it is not to flush.
const (
	crashDir    = "STORAGE_CRASH_DIR"
	crashNoSync = "STORAGE_CRASH_NO_SYNC"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		if err := writeUntilKilled(dir, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

const crashKeys = 5

func crashKey(n int) inventory.Key {
	return inventory.Key{Product: inventory.ProductID(1 + n%2), Date: inventory.Date(20_000 + n%crashKeys)}
}

// writeUntilKilled syncs job after job, as the daemon does, and says so of each
// after Sync has returned: the job, the key and the places it stored. Every third
// answer says the same as the one before and is only confirmed.
func writeUntilKilled(dir string, acknowledge io.Writer) error {
	s, err := Open(dir, Options{NoSync: os.Getenv(crashNoSync) != ""}) // flushed, as in production, unless told
	if err != nil {
		return err
	}
	if _, err := s.Recover(); err != nil {
		return err
	}
	var places [crashKeys]int64
	for i := range places {
		if r, err := s.Availability(crashKey(i)); err == nil {
			places[i] = r.Slots[0].Remaining
		}
	}
	for n := 0; ; n++ {
		i, now := n%crashKeys, time.Now()
		jobs := []refresh.Job{{Key: crashKey(i), Created: now}}
		if err := s.CreateJobs(jobs); err != nil {
			return err
		}
		id := jobs[0].ID
		if err := s.Begin([]refresh.Start{{Job: id, Permit: id, At: now}}, max(id, 40)-40); err != nil {
			return err
		}
		if places[i] == 0 || n%3 != 0 {
			places[i]++
		}
		synced, err := s.Sync(night(crashKey(i), places[i], now), uint64(places[i]), refresh.End{Job: id, Permit: id, At: now})
		if err != nil {
			return err
		}
		if synced.Outcome != refresh.Changed {
			id = 0 // held: nothing was promised of the job
		}
		if _, err := fmt.Fprintf(acknowledge, "%d %d %d\n", id, i, places[i]); err != nil {
			return err
		}
	}
}

// kill -9 proves that nothing half-written is ever seen and that what was
// acknowledged was written before. It proves nothing about flushing: the kernel
// outlives the process.
func TestNothingAcknowledgedIsLostToAKill(t *testing.T) {
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(13, 14))
	acknowledged := newPromises()
	for cycle := range 20 {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), crashDir+"="+dir)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines, kill := bufio.NewScanner(out), 1+r.IntN(40)
		for n := 0; lines.Scan(); n++ { // to the end: what is in the pipe was acknowledged, too
			if n == kill {
				_ = child.Process.Kill()
			}
			acknowledged.add(lines.Text() + "\n")
		}
		if err := child.Wait(); err == nil || len(acknowledged.finished) == 0 {
			t.Fatalf("cycle %d: the child ended with %v and %d jobs; want it killed at work", cycle, err, len(acknowledged.finished))
		}

		findings, err := Check(filepath.Join(dir, FileName))
		if err != nil || len(findings) > 0 {
			t.Fatalf("cycle %d: Check = %q, %v; want nothing found", cycle, findings, err)
		}
		s := mustOpen(t, dir)
		if acknowledged.places, err = acknowledged.held(s); err != nil {
			t.Fatalf("cycle %d: %v", cycle, err)
		}
		mustClose(t, s)
	}
}
