package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"invd/engine/partner/sim"
)

// newCrowded starts a daemon that has fetched everything, with so many file descriptors
// at most; 0: as many as there are.
func newCrowded(t *testing.T, descriptors uint64) *mirror {
	t.Helper()
	m := newMirror(t, mirrorOptions{products: 5, days: 1, limit: 20, per: time.Second, sim: sim.Options{Bookings: -1}})
	m.client = plainClient // a connection of its own for each request
	m.start()
	if descriptors > 0 {
		limit := &unix.Rlimit{Cur: descriptors, Max: descriptors}
		if err := unix.Prlimit(m.process.cmd.Process.Pid, unix.RLIMIT_NOFILE, limit, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := eventually(m.answers); err != nil {
		t.Fatalf("%v\n%s", err, m.process.printed())
	}
	return m
}

// answers reads the last product's date, which is open every day.
func (m *mirror) answers() error {
	a, err := m.read(m.keys[len(m.keys)-1])
	if err == nil && a.status != http.StatusOK {
		err = fmt.Errorf("%s is answered %d", m.keys[len(m.keys)-1], a.status)
	}
	return err
}

// descriptors counts what the daemon has open.
func (m *mirror) descriptors() int {
	m.t.Helper()
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", m.process.cmd.Process.Pid))
	if err != nil {
		m.t.Fatal(err)
	}
	return len(open)
}

// resident returns the daemon's memory in bytes.
func (m *mirror) resident() int {
	m.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", m.process.cmd.Process.Pid))
	if err != nil {
		m.t.Fatal(err)
	}
	line := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(status)
	if line == nil {
		m.t.Fatal("no VmRSS")
	}
	kib, err := strconv.Atoi(string(line[1]))
	if err != nil {
		m.t.Fatal(err)
	}
	return kib << 10
}

// crowd opens so many connections, sends a text on each, and leaves them.
func crowd(t *testing.T, address string, n int, text string) (all []net.Conn) {
	t.Helper()
	t.Cleanup(func() {
		for _, c := range all {
			_ = c.Close()
		}
	})
	for range n {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatalf("connection %d: %v", len(all)+1, err)
		}
		all = append(all, c)
		if _, err := io.WriteString(c, text); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// Rows A1 and A2 of the fault list, over TCP: ten thousand clients who say nothing more,
// half of them within a header, delay nobody and take little, and give back what they
// took. (How long one may stay is TestSlowClientsAreCutOff's.)
func TestTenThousandIdleConnectionsDelayNobody(t *testing.T) {
	m := newCrowded(t, 0)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	n := min(10_000, int(limit.Cur)-500)
	before, memory := m.descriptors(), m.resident()
	address := strings.TrimPrefix(m.url, "http://")
	idle := crowd(t, address, n/2, "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")
	slow := crowd(t, address, n/2, "GET /-/healthy HTTP/1.1\r\nHost: x\r\nX: ")
	for range 100 {
		if err := m.answers(); err != nil {
			t.Fatalf("with %d connections open: %v", n, err)
		}
	}
	each := (m.resident() - memory) / n
	for _, c := range append(idle, slow...) {
		_ = c.Close()
	}
	if err := eventually(func() error {
		if open := m.descriptors(); open > before+20 {
			return fmt.Errorf("%d descriptors are open, %d were before", open, before)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	t.Logf("%d idle connections, %d bytes each; 100 of 100 reads answered", n, each)
	if each > 64<<10 {
		t.Errorf("an idle connection takes %d bytes, want at most 64 KiB", each)
	}
	if err := m.process.end(syscall.SIGTERM); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
}

// A daemon whose file descriptors are used up goes on answering those who are connected,
// keeps what it has, and takes new ones, and fetches, when there are descriptors again.
func TestADaemonWithoutFileDescriptorsSurvives(t *testing.T) {
	const descriptors = 64
	m := newCrowded(t, descriptors)
	address := strings.TrimPrefix(m.url, "http://")
	connected := crowd(t, address, 1, "")[0]
	replies := bufio.NewReader(connected)
	request := fmt.Sprintf("GET /api/v1/experience/%d/slots?date=%s HTTP/1.1\r\nHost: x\r\n\r\n", m.keys[len(m.keys)-1].Product, m.keys[len(m.keys)-1].Date)
	again := func() error {
		if err := connected.SetDeadline(time.Now().Add(time.Minute)); err != nil {
			return err
		}
		if _, err := io.WriteString(connected, request); err != nil {
			return err
		}
		resp, err := http.ReadResponse(replies, nil)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
			return fmt.Errorf("%s, %w", resp.Status, err)
		}
		return nil
	}
	if err := again(); err != nil {
		t.Fatal(err)
	}
	all := crowd(t, address, 3*descriptors, "GET /-/healthy HTTP/1.1\r\nHost: x\r\nX: ")
	if err := eventually(func() error {
		if !strings.Contains(m.process.printed(), "too many open files") {
			return errors.New("the daemon has descriptors left")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if err := again(); err != nil {
			t.Fatalf("without descriptors, to one who is connected: %v", err)
		}
	}
	for _, c := range all {
		_ = c.Close()
	}
	if err := eventually(m.answers); err != nil {
		t.Fatalf("with descriptors again: %v\n%s", err, m.process.printed())
	}
	sent := m.partner.Stats().Requests
	if err := m.refresh(m.keys[0].Product); err != nil {
		t.Fatal(err)
	}
	if err := eventually(func() error {
		if n := m.partner.Stats().Requests; n == sent {
			return errors.New("nothing was fetched")
		}
		return m.commands.get(t.Context(), "/-/ready", nil)
	}); err != nil {
		t.Fatalf("with descriptors again: %v\n%s", err, m.process.printed())
	}
	if err := m.process.end(syscall.SIGTERM); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, m.process.printed())
	}
	m.check()
}
