// Compare runs engine/queue, engine/wheel and their peers in turn and prints what
// docs/benchmarks.md shows: medians, and the ratio of each to ours per round.
//
//	go run ./cmd/compare                  everything, some 15 minutes
//	go run ./cmd/compare -run queue       what has queue in its name
//	go run ./cmd/compare -rounds 3 -run wheel/burst
//
// A round gives every implementation one short burst, one after the other, beginning
// with another one each time, so that whatever else the machine does meets them
// all. The ratio is taken within a round. The collector runs before each round, and
// otherwise whenever it likes.
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
)

func main() {
	run := flag.String("run", "", "regular `expression` of the measurements to take")
	rounds := flag.Int("rounds", 11, "rounds that count; one more comes first, to warm up")
	list := flag.Bool("list", false, "only print the measurements' names")
	of := flag.String("footprint", "", "used by compare itself")
	flag.Parse()
	if *of != "" {
		printFootprint(*of)
		return
	}
	wanted, err := regexp.Compile(*run)
	if err != nil || *rounds < 1 || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "compare: wrong arguments:", strings.Join(os.Args[1:], " "), err)
		os.Exit(2)
	}
	if *list {
		for _, m := range measurements {
			fmt.Println(m.name)
		}
		return
	}
	fmt.Printf("%s, %s/%s, %d processors, %d rounds\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), *rounds)
	var verdicts []verdict
	for _, m := range measurements {
		if !wanted.MatchString(m.name) {
			continue
		}
		t := m.take(*rounds)
		t.print(os.Stdout)
		verdicts = append(verdicts, t.verdicts()...)
	}
	printVerdicts(os.Stdout, verdicts)
}
