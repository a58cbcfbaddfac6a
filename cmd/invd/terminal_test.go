//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// openTerminal returns the two ends of a pseudo terminal: the one that a person sits at,
// and the one that a program is given.
func openTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = person.Close() })
	conn, err := person.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var number int
	var err2 error
	err = conn.Control(func(fd uintptr) {
		number, err2 = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		err2 = errors.Join(err2, unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0))
	})
	if err = errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return person, program
}

// A screen is a command on a terminal, and all that it has drawn.
type screen struct {
	cmd    *exec.Cmd
	person *os.File

	mu    sync.Mutex
	drawn bytes.Buffer
}

// onScreen starts a command on a terminal of its own.
func onScreen(t *testing.T, dir string, env []string, args ...string) *screen {
	t.Helper()
	s := &screen{cmd: exec.Command("invd", args...)}
	var program *os.File
	s.person, program = openTerminal(t)
	s.cmd.Dir, s.cmd.Env = dir, append(os.Environ(), append([]string{"TERM=xterm", "NO_COLOR="}, env...)...)
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = program, program, program
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = program.Close()
	go func() { _, _ = s.person.WriteTo(s) }() // ends with the program, or the terminal
	return s
}

// Write takes what the program draws.
func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.drawn.Write(b)
}

// shows waits until a text was drawn so many times.
func (s *screen) shows(text string, times int) error {
	return eventually(func() error {
		s.mu.Lock()
		defer s.mu.Unlock()
		if n := bytes.Count(s.drawn.Bytes(), []byte(text)); n < times {
			return fmt.Errorf("%q was drawn %d times, want %d:\n%s", text, n, times, s.drawn.Bytes())
		}
		return nil
	})
}

// TestColoursAreForTerminals asks a daemon for its state whose partner does not let it
// in, which is bad.
func TestColoursAreForTerminals(t *testing.T) {
	t.Parallel()
	m := newMirror(t, mirrorOptions{products: 1, days: 2, limit: 1000, per: time.Minute})
	if err := os.WriteFile(filepath.Join(m.dir, "partner.key"), []byte("wrong\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m.start()
	const red, anew = "\x1b[31m", screenAnew
	dir := []string{"--data-dir", "data"}
	if err := eventually(func() error {
		out, err := exec.Command("invd", "status", "--data-dir", filepath.Join(m.dir, "data")).CombinedOutput()
		switch {
		case err != nil || !bytes.Contains(out, []byte("unauthorized")):
			return fmt.Errorf("%w: %s", err, out)
		case bytes.ContainsRune(out, '\x1b'):
			t.Errorf("colours in a pipe: %q", out)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}

	watched := onScreen(t, m.dir, nil, append([]string{"status", "--watch"}, dir...)...)
	if err := errors.Join(watched.shows(anew, 2), watched.shows(red, 2)); err != nil {
		t.Error(err)
	}
	if _, err := watched.person.WriteString("\x03"); err != nil { // Ctrl-C
		t.Fatal(err)
	}
	if err := watched.cmd.Wait(); err != nil {
		t.Errorf("after Ctrl-C: %v, want a good end", err)
	}

	plain := onScreen(t, m.dir, []string{"NO_COLOR=1"}, append([]string{"status"}, dir...)...)
	if err := errors.Join(plain.cmd.Wait(), plain.shows("unauthorized", 1)); err != nil {
		t.Error(err)
	}
	plain.mu.Lock()
	defer plain.mu.Unlock()
	if bytes.ContainsRune(plain.drawn.Bytes(), '\x1b') {
		t.Errorf("colours in spite of NO_COLOR: %q", plain.drawn.Bytes())
	}
	if err := m.process.end(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
}
