package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"invd/engine/partner/sim"
	"invd/storage"
)

// newFaulty returns a mirror that has fetched its first key and been stopped.
func newFaulty(t *testing.T) *mirror {
	t.Helper()
	if out, err := exec.Command("strace", "-f", "-o", "/dev/null", "true").CombinedOutput(); err != nil {
		t.Skipf("needs strace, and the right to trace: %v %s", err, out)
	}
	m := newMirror(t, mirrorOptions{products: 2, days: 30, limit: 30, per: time.Second,
		sim: sim.Options{Bookings: -1, Latency: 5 * time.Millisecond}})
	m.start()
	l := newLedger(m)
	if err := eventually(func() error {
		if err := l.noteAnswers(); err != nil || len(l.answers) > 0 {
			return err
		}
		return errors.New("nothing to read yet")
	}); err != nil {
		t.Fatal(err)
	}
	if err := m.process.end(syscall.SIGTERM); err != nil {
		t.Fatalf("%v\n%s", err, m.process.printed())
	}
	return m
}

// inject has the next daemon meet a fault. The tracer is no parent of the daemon's (-D).
func (m *mirror) inject(fault string, more ...string) {
	m.under = append([]string{"strace", "-D", "-f", "-o", "/dev/null", "-e", "inject=" + fault}, more...)
	m.under = append(m.under, "--")
}

// A daemon whose disk fails at a write or a flush stops and says why; one that is killed
// there just ends. The next one has all that anybody was told.
func TestADaemonWhoseDiskFailsStopsAndLosesNothing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, fault string
		killed      bool
	}{
		{"a flush fails", "fdatasync:error=EIO:when=%d+", false},
		{"a write fails", "pwrite64:error=EIO:when=%d+", false},
		{"killed at a flush", "fdatasync:signal=KILL:when=%d", true},
		{"killed at a write", "pwrite64:signal=KILL:when=%d", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newFaulty(t)
			l, random := newLedger(m), rand.New(rand.NewPCG(5, uint64(len(tt.fault))))
			for range faultPositions {
				m.inject(fmt.Sprintf(tt.fault, 2+random.IntN(25))) // of each thread
				m.launch()
				if groups, err := m.process.await(daemonStarted); err == nil {
					m.url = "http://" + groups[1]
					if err := l.noteUntilItEnds(); err != nil {
						t.Fatalf("%v\n%s", err, m.process.printed())
					}
				}
				select {
				case <-m.process.ended:
				case <-time.After(pollAtMost * pollEvery):
					t.Fatalf("it goes on\n%s", m.process.printed())
				}
				var exit *exec.ExitError
				switch errors.As(m.process.state, &exit); {
				case tt.killed && (exit == nil || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL):
					t.Errorf("it ended with %v; want it killed", m.process.state)
				case !tt.killed && (exit == nil || exit.ExitCode() != exitFailed || !strings.Contains(m.process.printed(), "input/output error")):
					t.Errorf("it ended with %v; want %d and the reason\n%s", m.process.state, exitFailed, m.process.printed())
				}
				if strings.Contains(m.process.printed(), "goroutine ") {
					t.Errorf("it panicked:\n%s", m.process.printed())
				}
				m.check()
				m.under = nil
				m.start()
				l.verify()
				if err := m.process.end(syscall.SIGTERM); err != nil {
					t.Errorf("after SIGTERM: %v\n%s", err, m.process.printed())
				}
			}
			t.Logf("%d faults; %d answers and %d finished jobs found again, %d unfinished jobs taken up", faultPositions, l.answersHeld, l.finishedHeld, l.unfinishedHeld)
		})
	}
}

// noteUntilItEnds uses the daemon and notes what it tells, until it no longer answers
// as it should. It is an error that it goes on for long after it has met its fault.
func (l *ledger) noteUntilItEnds() error {
	since, goesOn := 0, error(nil)
	err := poll(time.Millisecond, 1000, func() error {
		if strings.Contains(l.m.process.printed(), "input/output error") {
			since++
		}
		if since > 20 { // the first change that is asked for should have been refused
			goesOn = errors.New("it goes on as if its disk were well")
			return nil
		}
		for _, id := range l.products() {
			if l.refresh(id) != nil || l.noteAnswers() != nil || l.noteJobs() != nil {
				return nil
			}
		}
		return errors.New("it meets no fault")
	})
	return errors.Join(err, goesOn)
}

// Writes that are refused for a while because the disk is full are no reason to stop.
func TestADaemonWhoseDiskIsFullForAWhileGoesOn(t *testing.T) {
	t.Parallel()
	m := newFaulty(t)
	m.inject("pwrite64:error=ENOSPC:when=40") // of each thread, of which a few get that far
	m.start()
	l := newLedger(m)
	if err := poll(pollEvery, 6*pollAtMost, l.allDone); err != nil {
		t.Fatalf("%v\n%s", err, m.process.printed())
	}
	if err := m.process.end(syscall.SIGTERM); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, m.process.printed())
	}
	if !strings.Contains(m.process.printed(), "no space left") {
		t.Errorf("it met no full disk, or did not say so:\n%s", m.process.printed())
	}
	m.check()
}

// A data dir that has become read-only is an error that says so, and is left as it is.
func TestADaemonOnAReadOnlyDiskSaysSo(t *testing.T) {
	t.Parallel()
	m := newFaulty(t)
	for _, name := range []string{"inventory.lock", storage.FileName} {
		path := filepath.Join(m.commands.dataDir, storage.FileName)
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		// The first to open the database only reads it.
		when := map[bool]string{true: "2+", false: "1+"}[name == storage.FileName]
		m.inject("openat:error=EROFS:when="+when, "-P", filepath.Join(m.commands.dataDir, name), "-P", filepath.Join("data", name))
		m.launch()
		select {
		case <-m.process.ended:
		case <-time.After(pollAtMost * pollEvery):
			t.Fatalf("%s: it goes on\n%s", name, m.process.printed())
		}
		var exit *exec.ExitError
		if !errors.As(m.process.state, &exit) || exit.ExitCode() != exitFailed || !strings.Contains(m.process.printed(), "read-only file system") {
			t.Errorf("%s: it ended with %v; want %d and the reason\n%s", name, m.process.state, exitFailed, m.process.printed())
		}
		if after, err := os.ReadFile(path); err != nil || string(before) != string(after) {
			t.Errorf("%s: the database was changed (%v)", name, err)
		}
	}
}
