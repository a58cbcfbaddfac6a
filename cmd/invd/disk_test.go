package main

import (
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"invd/engine/partner/sim"
)

// A daemon that was killed at work and finds its disk full when it starts serves what
// it has, sends nothing that it could not note, and goes on by itself when there is
// space.
func TestADaemonThatStartsOnAFullDiskServesAndRecovers(t *testing.T) {
	t.Parallel()
	m := newMirror(t, mirrorOptions{products: 1, days: 30, limit: 20, per: time.Second,
		sim: sim.Options{Bookings: -1, Latency: 20 * time.Millisecond}})
	if err := m.partner.OpenDate(int64(m.keys[0].Product), m.keys[0].Date.String()); err != nil { // whatever day it is
		t.Fatal(err)
	}
	data := m.commands.dataDir
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", data, "tmpfs", 0, "size=2m,mode=0700"); err != nil {
		t.Skipf("needs the right to mount a file system: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(data, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	m.start()
	if err := eventually(func() error {
		a, err := m.read(m.keys[0])
		if err == nil && a.status != http.StatusOK {
			err = errors.New("nothing to read yet")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	before, err := m.read(m.keys[0])
	if err != nil {
		t.Fatal(err)
	}
	killed := make(chan struct{})
	kill := func() {
		if m.arrived.Swap(nil) != nil { // with a job that runs
			_ = m.process.cmd.Process.Kill()
			close(killed)
		}
	}
	m.arrived.Store(&kill)
	_ = m.refresh(m.keys[0].Product) // may be killed before it answers
	<-killed
	<-m.process.ended

	// With few free pages in the file, nearly every write needs space.
	if out, err := exec.Command("invd", "db", "compact", "--data-dir", data).CombinedOutput(); err != nil {
		t.Fatalf("db compact: %v\n%s", err, out)
	}
	ballast := filepath.Join(data, "ballast")
	fillDisk(t, ballast)
	m.start()
	if err := eventually(func() error { return m.commands.get(t.Context(), "/-/ready", nil) }); err != nil {
		t.Fatalf("on a full disk: %v\n%s", err, m.process.printed())
	}
	if now, err := m.read(m.keys[0]); err != nil || now.etag != before.etag {
		t.Errorf("on a full disk %s is read as %+v, %v; want %+v", m.keys[0], now, err, before)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	l := newLedger(m)
	if err := eventually(l.allDone); err != nil {
		t.Fatalf("with space again: %v\n%s", err, m.process.printed())
	}
	if err := m.process.end(syscall.SIGTERM); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, m.process.printed())
	}
	m.check()
}

// fillDisk writes until nothing more fits.
func fillDisk(t *testing.T, file string) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 64 << 10; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			if !errors.Is(err, syscall.ENOSPC) {
				t.Fatal(err)
			}
			size /= 2
		}
	}
}
