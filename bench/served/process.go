package served

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Serve fills a store in dir with n keys, serves it, and does what it is told on
// in: "change N" begins to sync N changed answers a second, "quiet" ends that. It
// answers on out: first with the servers' addresses, then each command with the
// number of answers synced by the last "change". It ends when in does.
func Serve(dir string, n int, in io.Reader, out io.Writer) (err error) {
	w, err := open(dir, n)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if err := json.NewEncoder(out).Encode(w.addresses); err != nil {
		return err
	}
	quiet := func() (int, error) { return 0, nil }
	from := 0
	for commands := bufio.NewScanner(in); commands.Scan(); {
		synced, err := quiet()
		if err != nil {
			return err
		}
		from += synced + Hot // so that no key gets the answer that it has
		quiet = func() (int, error) { return 0, nil }
		if number, ok := strings.CutPrefix(commands.Text(), "change "); ok {
			perSecond, err := strconv.Atoi(number)
			if err != nil || perSecond < 1 {
				return fmt.Errorf("command %q", commands.Text())
			}
			quiet = w.changeUntilAsked(perSecond, from)
		}
		fmt.Fprintln(out, synced)
	}
	_, err = quiet()
	return err
}

// changeUntilAsked begins to change answers and returns what ends it.
func (w *world) changeUntilAsked(perSecond, from int) (quiet func() (int, error)) {
	stop, ended := make(chan struct{}), make(chan struct{})
	var n int
	var err error
	go func() {
		defer close(ended)
		n, err = w.change(perSecond, from, stop)
	}()
	return func() (int, error) {
		close(stop)
		<-ended
		return n, err
	}
}

// A Process is another process that runs Serve.
type Process struct {
	Addresses map[string]string // of the servers, by name

	dir     string
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

// Start runs a command that runs Serve in the directory that its last argument
// names, which Start makes and Close removes.
func Start(name string, args ...string) (_ *Process, err error) {
	dir, err := os.MkdirTemp("", "invd-bench-")
	if err != nil {
		return nil, err
	}
	p := &Process{dir: dir, command: exec.Command(name, append(args, dir)...)}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	p.command.Stderr = os.Stderr
	if p.in, err = p.command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	line, err := p.out.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &p.Addresses)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the servers: %w", err), p.in.Close(), p.command.Wait())
	}
	return p, nil
}

// Change has perSecond changed answers synced a second, until Quiet.
func (p *Process) Change(perSecond int) error {
	_, err := p.tell(fmt.Sprintf("change %d", perSecond))
	return err
}

// Quiet ends Change and returns how many answers were synced.
func (p *Process) Quiet() (int, error) { return p.tell("quiet") }

func (p *Process) tell(command string) (int, error) {
	if _, err := fmt.Fprintln(p.in, command); err != nil {
		return 0, err
	}
	line, err := p.out.ReadString('\n')
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(line))
}

// Processor returns the processor time that the process has used, to 10 ms.
func (p *Process) Processor() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, numbers, _ := strings.Cut(string(stat), ") ") // behind the name
	fields := strings.Fields(numbers)
	const user, system, tick = 11, 12, 10 * time.Millisecond // see proc(5)
	if len(fields) <= system {
		return 0, fmt.Errorf("/proc/%d/stat: %q", p.command.Process.Pid, stat)
	}
	u, err := strconv.ParseInt(fields[user], 10, 64)
	s, err2 := strconv.ParseInt(fields[system], 10, 64)
	return time.Duration(u+s) * tick, errors.Join(err, err2)
}

// Close ends the process.
func (p *Process) Close() error {
	return errors.Join(p.in.Close(), p.command.Wait(), os.RemoveAll(p.dir))
}
