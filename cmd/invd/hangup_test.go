package main

import (
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	"invd/engine/partner/sim"
)

// TestAHangupWhileTheConfigurationIsReadIsAReload has a daemon read its configuration
// from a pipe, which it must wait for. A SIGHUP that comes meanwhile does not end it, and
// has it read again, by then a file.
func TestAHangupWhileTheConfigurationIsReadIsAReload(t *testing.T) {
	t.Parallel()
	m := newMirror(t, mirrorOptions{products: 1, days: 1, limit: 20, per: time.Second, sim: sim.Options{Bookings: -1}})
	path := filepath.Join(m.dir, "invd.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m.write(map[string][]byte{"next.yaml": text})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	m.launch()
	var pipe *os.File
	if err := eventually(func() (err error) { // until somebody reads
		pipe, err = os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		return err
	}); err != nil {
		t.Fatalf("%v\n%s", err, m.process.printed())
	}
	if err := m.process.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(m.dir, "next.yaml"), path); err != nil {
		t.Fatal(err)
	}
	if _, err := pipe.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := pipe.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := m.process.await(regexp.MustCompile(`msg=reloaded`)); err != nil {
		t.Fatalf("no reload: %v\n%s", err, m.process.printed())
	}
	if err := m.process.end(syscall.SIGTERM); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
}
