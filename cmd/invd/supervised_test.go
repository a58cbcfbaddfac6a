package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A manager is to a process what systemd is: it has bound its socket, hears its
// notifications, and wants its watchdog fed.
type manager struct {
	t      *testing.T
	notify *net.UnixConn
	public net.Listener
	heard  chan string // notifications, in order
}

func newManager(t *testing.T) *manager {
	t.Helper()
	dir, err := os.MkdirTemp("", "invd") // a short path, which a socket needs
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	m := &manager{t: t, heard: make(chan string, 1000)}
	if m.notify, err = net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, "notify"), Net: "unixgram"}); err != nil {
		t.Fatal(err)
	}
	if m.public, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(m.heard)
		for buf := make([]byte, 4096); ; {
			n, err := m.notify.Read(buf)
			if err != nil {
				return
			}
			m.heard <- string(buf[:n])
		}
	}()
	t.Cleanup(func() { _, _ = m.notify.Close(), m.public.Close() })
	return m
}

// run starts a command as systemd does: the socket is descriptor 3, and LISTEN_PID
// is the process that it is for.
func (m *manager) run(socketName, dir string, args ...string) *exec.Cmd {
	m.t.Helper()
	f, err := m.public.(*net.TCPListener).File()
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { _ = f.Close() })
	cmd := exec.CommandContext(m.t.Context(), "sh", append([]string{"-c", `export LISTEN_PID=$$; exec "$@"`, "sh"}, args...)...)
	cmd.Dir, cmd.ExtraFiles = dir, []*os.File{f}
	cmd.Env = append(os.Environ(), "NOTIFY_SOCKET="+m.notify.LocalAddr().String(), "WATCHDOG_USEC=900000",
		"LISTEN_FDS=1", "LISTEN_FDNAMES="+socketName)
	return cmd
}

// hear waits for a notification with that in it and returns it.
func (m *manager) hear(want string) string {
	m.t.Helper()
	for deadline := time.After(pollAtMost * pollEvery); ; {
		select {
		case got := <-m.heard:
			if strings.Contains(got, want) {
				return got
			}
		case <-deadline:
			m.t.Fatalf("no notification with %q came", want)
		}
	}
}

const supervisedConfig = `partner: {base_url: "http://127.0.0.1:1/", api_key_file: key}
schedules: [{name: all, days: 2, every: 6h}]
products: [{id: 14}]
`

func supervisedDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"key": "sesame", "invd.yaml": supervisedConfig} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestASupervisorIsToldHowTheDaemonDoesAndItsSocketIsUsed(t *testing.T) {
	t.Parallel()
	m, dir := newManager(t), supervisedDir(t)
	cmd := m.run("public", dir, "invd", "serve", "--data-dir", "data", "--admin-listen", "127.0.0.1:0")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	m.hear("READY=1\nSTATUS=serving 1 product")
	m.hear("WATCHDOG=1") // the scheduler's loop turns

	resp, err := http.Get("http://" + m.public.Addr().String() + "/api/v1/experience/14/dates")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil || resp.StatusCode != http.StatusNotFound {
		t.Errorf("the inherited socket answered %d %s (%v), want 404: nothing was ever fetched", resp.StatusCode, body, err)
	}

	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	var at int64
	if _, err := fmt.Sscanf(m.hear("RELOADING=1"), "RELOADING=1\nMONOTONIC_USEC=%d", &at); err != nil || at <= 0 {
		t.Errorf("MONOTONIC_USEC with RELOADING=1 is %d (%v), want the monotonic clock", at, err)
	}
	m.hear("READY=1")
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	m.hear("STOPPING=1")
	if err := cmd.Wait(); err != nil {
		t.Errorf("the drained daemon ended with %v, want 0", err)
	}
}

func TestASocketOfAnotherNameIsRefused(t *testing.T) {
	t.Parallel()
	m := newManager(t)
	out, err := m.run("private", supervisedDir(t), "invd", "serve", "--data-dir", "data").CombinedOutput()
	var exit *exec.ExitError
	if want := `FileDescriptorName is "private", want "public" or "admin"`; !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), want) {
		t.Errorf("ended with %v and printed %s; want exit code 1 and %s", err, out, want)
	}
}
