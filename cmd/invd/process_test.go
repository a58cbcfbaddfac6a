package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"syscall"
	"time"
)

// How long these tests wait for another process: far longer than it ever takes,
// as nothing here measures time.
const (
	pollEvery  = 50 * time.Millisecond
	pollAtMost = 600
)

var errEnded = errors.New("it has ended")

// eventually polls as long as any of these tests waits.
func eventually(try func() error) error { return poll(pollEvery, pollAtMost, try) }

// poll calls try until it succeeds. It gives up with the last error after so many
// calls, and at once when the process that try watches has ended.
func poll(every time.Duration, atMost int, try func() error) (err error) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for range atMost {
		if err = try(); err == nil || errors.Is(err, errEnded) {
			return err
		}
		<-tick.C
	}
	return fmt.Errorf("not after %d polls: %w", atMost, err)
}

// A process is a command that runs while its test goes on. What it prints goes to
// two files.
type process struct {
	cmd      *exec.Cmd
	out, err string // files
	ended    chan struct{}
	state    error // of its end; read once ended is closed
}

// startProcess runs a command in dir. Its files are dir/name.out and dir/name.err.
func startProcess(dir, name string, env []string, command ...string) (*process, error) {
	p := &process{
		cmd: exec.Command(command[0], command[1:]...), ended: make(chan struct{}),
		out: filepath.Join(dir, name+".out"), err: filepath.Join(dir, name+".err"),
	}
	p.cmd.Dir, p.cmd.Env = dir, env
	stdout, err := os.Create(p.out)
	if err != nil {
		return nil, err
	}
	defer stdout.Close()
	stderr, err := os.Create(p.err)
	if err != nil {
		return nil, err
	}
	defer stderr.Close()
	p.cmd.Stdout, p.cmd.Stderr = stdout, stderr
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.state = p.cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// printed returns all that the process printed so far.
func (p *process) printed() string {
	out, _ := os.ReadFile(p.out) // made by startProcess
	err, _ := os.ReadFile(p.err)
	return string(out) + string(err)
}

// await returns the groups of pattern once the process has printed a match.
func (p *process) await(pattern *regexp.Regexp) (groups []string, err error) {
	err = eventually(func() error {
		ended := p.hasEnded() // before what it printed is read
		if groups = pattern.FindStringSubmatch(p.printed()); groups != nil {
			return nil
		}
		if ended {
			return errEnded
		}
		return fmt.Errorf("it has not printed %q", pattern)
	})
	return groups, err
}

func (p *process) hasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// end sends a signal and returns how the process ended.
func (p *process) end(s syscall.Signal) error {
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.ended:
		return p.state
	case <-time.After(pollAtMost * pollEvery):
		_ = p.cmd.Process.Kill() // its test fails anyway
		<-p.ended
		return fmt.Errorf("it did not end after %v", s)
	}
}

// The lines by which the daemon, in both log formats, and the partner tell their
// addresses.
var (
	daemonStarted  = regexp.MustCompile(`msg"?[=:]"?started"?[ ,].*[ "]listen"?[=:]"?([^\s",]+).*admin_listen"?[=:]"?([^\s",]+)`)
	partnerStarted = regexp.MustCompile(`on (http://\S+)\n`)
)

// fetch gets an address once and returns the answer as text: the status, the
// headers in the order of their names, an empty line, the body.
func fetch(method, url string, header http.Header) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), pollAtMost*pollEvery)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return "", err
	}
	if req.Header = header; header.Get("Host") != "" {
		req.Host = header.Get("Host")
	}
	resp, err := plainClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	var lines []string
	for name, values := range resp.Header {
		lines = append(lines, name+": "+strings.Join(values, ", "))
	}
	sort.Strings(lines)
	return fmt.Sprintf("HTTP %d\n%s\n\n%s\n", resp.StatusCode, strings.Join(lines, "\n"), body), nil
}

// plainClient asks as curl does: nothing is decompressed, no redirect followed, and
// no connection outlives its request, so that none keeps a daemon from draining.
var plainClient = &http.Client{
	Transport:     &http.Transport{DisableCompression: true, DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}
