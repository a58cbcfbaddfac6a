//go:build linux

// Reads measures what docs/benchmarks.md says about reads over HTTP: invd beside a
// bare net/http handler that writes the same bytes and headers.
//
//	go run ./bench/cmd/reads                    everything, some five minutes
//	go run ./bench/cmd/reads -run latency       what has latency in its name
//	go run ./bench/cmd/reads -keys 600000 -run slots
//	go run ./bench/cmd/reads -run slots -save slots.json -target nginx=http://127.0.0.1:8088/slots.json
//
// The servers run in a process of their own, all of them in one, and are asked in
// turn: a round gives each a short burst, in random order.
// Ratios are taken within a round, because the machine's speed changes between
// rounds more than what is compared. The first round does not count.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"strings"
	"time"

	"invd/bench/served"
)

// A config is what the flags say.
type config struct {
	keys    int
	rounds  int
	burst   time.Duration
	save    string
	targets []target
}

// A target is somebody else's server.
type target struct{ name, addr, path string }

func main() {
	var c config
	flag.IntVar(&c.keys, "keys", 27_000, "keys in the store")
	flag.IntVar(&c.rounds, "rounds", 15, "rounds that count")
	flag.DurationVar(&c.burst, "burst", 500*time.Millisecond, "how long each is asked in a round")
	flag.StringVar(&c.save, "save", "", "`file` to write the bare handler's answer to, for other servers")
	run := flag.String("run", "", "regular `expression` of the measurements to take")
	list := flag.Bool("list", false, "only print the measurements' names")
	serve := flag.String("serve", "", "used by reads itself")
	flag.Func("target", "another server on this machine, as `name=URL`, to be asked in slots; may be given again", c.add)
	flag.Parse()
	if *serve != "" {
		exit(served.Serve(*serve, c.keys, os.Stdin, os.Stdout))
	}
	wanted, err := regexp.Compile(*run)
	if err != nil || c.rounds < 1 || c.keys < served.Days || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "reads: wrong arguments:", strings.Join(os.Args[1:], " "), err)
		os.Exit(2)
	}
	if *list {
		for _, m := range measurements {
			fmt.Fprintln(os.Stdout, m.name)
		}
		return
	}
	exit(c.measure(func(name string) bool { return wanted.MatchString(name) }))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "reads:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// add adds a -target.
func (c *config) add(value string) error {
	name, url, _ := strings.Cut(value, "=")
	rest, ok := strings.CutPrefix(url, "http://")
	addr, path, _ := strings.Cut(rest, "/")
	if !ok || name == "" || !strings.Contains(addr, ":") {
		return errors.New("want name=http://HOST:PORT/PATH")
	}
	c.targets = append(c.targets, target{name, addr, "/" + path})
	return nil
}

// measure starts the servers, takes the measurements and prints them.
func (c *config) measure(wanted func(name string) bool) (err error) {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	began := time.Now()
	servers, err := served.Start(self, "-keys", fmt.Sprint(c.keys), "-serve")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, servers.Close()) }()
	fmt.Fprintf(os.Stdout, "%s, %s/%s, %d processors, %d keys (filled in %v), %d rounds of %v\n", runtime.Version(), runtime.GOOS, runtime.GOARCH,
		runtime.GOMAXPROCS(0), c.keys, time.Since(began).Round(100*time.Millisecond), c.rounds, c.burst)
	if c.save != "" {
		if err := save(c.save, servers.Addresses[served.Bare]); err != nil {
			return err
		}
	}
	var verdicts []verdict
	for _, m := range measurements {
		if !wanted(m.name) {
			continue
		}
		t, err := m.take(c, servers)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		t.print(os.Stdout)
		verdicts = append(verdicts, t.verdicts()...)
	}
	printVerdicts(os.Stdout, verdicts)
	return nil
}

// save writes what addr answers to a file.
func save(file, addr string) error {
	answer, err := http.Get("http://" + addr)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	return os.WriteFile(file, body, 0o644)
}
