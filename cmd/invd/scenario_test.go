package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// Commands that scripts have beyond testscript's own: processes and requests.
// Those that look into what was printed stand in scenario_json_test.go.

// A session is what one script holds between its commands.
type session struct {
	environment []string // that its processes begin with
	processes   map[string]*process
}

type sessionKey struct{}

func sessionOf(ts *testscript.TestScript) *session { return ts.Value(sessionKey{}).(*session) }

// start runs a process beside the script, until drain, interrupt, crash or the script's end:
//
//	start NAME [VAR=value...] COMMAND [ARG...]
//
// It waits until the process has printed its addresses: $NAME_LISTEN, $NAME_URL and
// $NAME_ADMIN of a daemon, $NAME_URL of a partner. NAME.out and NAME.err hold what
// it prints.
func start(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: start name [VAR=value...] command [arg...]")
	}
	s, name, command := sessionOf(ts), args[0], args[1:]
	env := slices.Clone(s.environment)
	for len(command) > 1 && strings.Contains(command[0], "=") {
		env, command = append(env, command[0]), command[1:]
	}
	p, err := startProcess(ts.MkAbs("."), name, env, command...)
	ts.Check(err)
	ts.Defer(func() { _ = p.end(syscall.SIGKILL) }) // it may have ended
	s.processes[name] = p

	started := daemonStarted
	if slices.Contains(command, "partner") {
		started = partnerStarted
	}
	groups, err := p.await(started)
	switch {
	case err != nil:
		ts.Fatalf("%s: %v\n%s", name, err, p.printed())
	case started == partnerStarted:
		ts.Setenv(name+"_URL", groups[1])
	default:
		ts.Setenv(name+"_LISTEN", groups[1])
		ts.Setenv(name+"_URL", "http://"+groups[1])
		ts.Setenv(name+"_ADMIN", "http://"+groups[2])
	}
}

// drain ends a process as service managers do, interrupt as Ctrl-C does. It must
// exit 0.
func drain(ts *testscript.TestScript, neg bool, args []string) {
	end(ts, syscall.SIGTERM, named(ts, neg, args))
}

func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	end(ts, syscall.SIGINT, named(ts, neg, args))
}

func end(ts *testscript.TestScript, s syscall.Signal, p *process) {
	if err := p.end(s); err != nil {
		ts.Fatalf("after %v: %v\n%s", s, err, p.printed())
	}
}

// hangup does to a process what a terminal does that is closed. It goes on.
func hangup(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(named(ts, neg, args).cmd.Process.Signal(syscall.SIGHUP))
}

// crash kills a process.
func crash(ts *testscript.TestScript, neg bool, args []string) {
	_ = named(ts, neg, args).end(syscall.SIGKILL) // says that it was killed
}

func named(ts *testscript.TestScript, neg bool, args []string) *process {
	if neg || len(args) != 1 || sessionOf(ts).processes[args[0]] == nil {
		ts.Fatalf("usage: drain|interrupt|hangup|crash name-of-a-started-process")
	}
	return sessionOf(ts).processes[args[0]]
}

// exits runs a command that must end with an exit code: exits CODE COMMAND [ARG...].
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command [arg...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got, err := exitCode(ts.Exec(args[1], args[2:]...)); err != nil || got != want {
		ts.Fatalf("%s: exit code %d, %v; want %d", strings.Join(args[1:], " "), got, err, want)
	}
}

func exitCode(err error) (int, error) {
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// get requests a URL once; its status, headers and body become stdout:
//
//	[!] get [METHOD] URL [HEADER:VALUE...]
//
// With "!" nobody may answer there.
func get(ts *testscript.TestScript, neg bool, args []string) {
	answer, err := request(args)
	switch {
	case neg && err == nil:
		ts.Fatalf("there was an answer:\n%s", answer)
	case !neg:
		ts.Check(err)
		fmt.Fprint(ts.Stdout(), answer)
	}
}

func request(args []string) (string, error) {
	method := http.MethodGet
	if len(args) > 1 && args[0] == strings.ToUpper(args[0]) {
		method, args = args[0], args[1:]
	}
	if len(args) < 1 {
		return "", errors.New("usage: get [METHOD] url [header:value...]")
	}
	header := make(http.Header)
	for _, line := range args[1:] {
		name, value, _ := strings.Cut(line, ":")
		header.Add(name, strings.TrimSpace(value))
	}
	return fetch(method, args[0], header)
}

// waitUntil repeats a command, or get, until its stdout matches: until REGEXP COMMAND
// [ARG...]. The last stdout stays.
func waitUntil(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until regexp command [arg...]")
	}
	want, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	var last string
	ts.Check(eventually(func() (err error) {
		if args[1] == "get" {
			last, err = request(args[2:])
		} else {
			err = ts.Exec(args[1], args[2:]...)
			last = ts.ReadFile("stdout")
		}
		if err == nil && !want.MatchString(last) {
			err = fmt.Errorf("no match for %s in:\n%s", want, last)
		}
		return err
	}))
	if args[1] == "get" {
		fmt.Fprint(ts.Stdout(), last)
	}
}

// fill puts the values of variables into files, which testscript leaves as they are.
func fill(ts *testscript.TestScript, neg bool, files []string) {
	if neg || len(files) == 0 {
		ts.Fatalf("usage: fill file...")
	}
	for _, file := range files {
		ts.Check(os.WriteFile(ts.MkAbs(file), []byte(os.Expand(ts.ReadFile(file), ts.Getenv)), 0o600))
	}
}

// garble replaces bytes of a file wherever they stand: garble FILE OLD NEW.
func garble(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 || len(args[1]) != len(args[2]) {
		ts.Fatalf("usage: garble file old new-of-the-same-length")
	}
	old := []byte(ts.ReadFile(args[0]))
	damaged := bytes.ReplaceAll(old, []byte(args[1]), []byte(args[2]))
	if bytes.Equal(old, damaged) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), damaged, 0o600))
}
