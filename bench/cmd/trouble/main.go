//go:build linux

// Trouble measures what reads take while everything else goes wrong: a partner whose
// answers are late, changed, cut off, too large or no answers at all, refreshes of
// everything, a snapshot a second, and a disk that takes 20 ms more for each
// flush, which strace sees to.
//
//	go run ./bench/cmd/trouble
//
// Two daemons of a thousand keys are asked in turn, one in trouble and one left alone; a
// round gives each a burst, in random order, and the ratio is taken within a round. The
// first round does not count. The partners and the reader share the processors with the
// daemons.
package main

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"time"

	"invd/bench/load"
)

const (
	conns   = 50
	quantum = 500 * time.Millisecond // how long trouble goes on before it is measured
)

func main() {
	rounds := flag.Int("rounds", 15, "rounds that count")
	burst := flag.Duration("burst", 2*time.Second, "how long each is asked in a round")
	perSecond := flag.Int("reads", 2000, "reads a second, at random moments")
	snapshots := flag.Duration("snapshots", time.Second, "how often a snapshot is taken: 1ns, one after the other; 0, never")
	flag.Parse()
	if flag.NArg() > 0 || *rounds < 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(os.Stdout, *rounds, *burst, *perSecond, *snapshots); err != nil {
		fmt.Fprintln(os.Stderr, "trouble:", err)
		os.Exit(1)
	}
}

// figures are of the bursts of one daemon, in µs.
type figures struct{ p50, p99 []float64 }

func run(w io.Writer, rounds int, burst time.Duration, perSecond int, snapshots time.Duration) (err error) {
	dir, err := os.MkdirTemp("", "invd-trouble-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	quiet, err := start(dir, "quiet")
	if err != nil {
		return err
	}
	defer quiet.end()
	troubled, err := start(dir, "troubled", "strace", "-D", "--seccomp-bpf", "-f", "-o", os.DevNull, "-e", "trace=fdatasync", "-e", "inject=fdatasync:delay_enter=20000", "--")
	if err != nil {
		return err
	}
	defer troubled.end()
	troubled.copyEvery = snapshots
	var got [2]figures
	for round := range 1 + rounds {
		for _, i := range rand.Perm(2) {
			d := []*daemon{quiet, troubled}[i]
			l, err := d.measured(i == 1, burst, perSecond, uint64(round))
			if err != nil {
				return fmt.Errorf("%s: %w", d.name, err)
			}
			if round > 0 {
				got[i].p50 = append(got[i].p50, l.At(0.5).Seconds()*1e6)
				got[i].p99 = append(got[i].p99, l.At(0.99).Seconds()*1e6)
			}
		}
	}
	fmt.Fprintf(w, "| %d reads/s | p50, µs | p99, µs |\n| --- | ---: | ---: |\n", perSecond)
	for i, name := range []string{"quiet", "in trouble"} {
		fmt.Fprintf(w, "| %s | %s | %s |\n", name, spread("%.0f", got[i].p50), spread("%.0f", got[i].p99))
	}
	fmt.Fprintf(w, "| in trouble ÷ quiet | %s | %s |\n\n", spread("%.2f", ratios(got[1].p50, got[0].p50)), spread("%.2f", ratios(got[1].p99, got[0].p99)))
	s := troubled.partner.Stats()
	fmt.Fprintf(w, "in trouble: %d requests of the partner, %d of them spoilt; %d snapshots\n", s.Requests, s.Faulted, troubled.snapshots)
	return nil
}

// measured asks a daemon, in trouble or not.
func (d *daemon) measured(trouble bool, burst time.Duration, perSecond int, seed uint64) (load.Latencies, error) {
	if trouble {
		if err := d.begin(); err != nil {
			return nil, err
		}
		time.Sleep(quantum)
	}
	reader, err := load.Dial(d.address, conns, d.requests, http.StatusOK) // anew, as idle connections are closed
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	l, err := reader.Steady(perSecond, burst, seed)
	if trouble {
		if err2 := d.calm(); err == nil {
			err = err2
		}
	}
	return l, err
}

func ratios(of, to []float64) []float64 {
	r := make([]float64, len(of))
	for i := range r {
		r[i] = of[i] / to[i]
	}
	return r
}

// spread prints the median and the quartiles, each in a format.
func spread(format string, figures []float64) string {
	sorted := slices.Sorted(slices.Values(figures))
	at := func(q float64) float64 { return sorted[int(q*float64(len(sorted)-1)+0.5)] }
	return fmt.Sprintf(format+" ("+format+"–"+format+")", at(0.5), at(0.25), at(0.75))
}
