// Command growth measures how the store grows with the number of keys, prints a table
// and draws it: go run ./bench/cmd/growth -out docs/growth.svg.
package main

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
)

func main() {
	out := flag.String("out", "", "file to draw the curves into, as SVG")
	sizes := flag.String("keys", "13500,27000,100000,300000,1002000", "numbers of keys to measure at")
	dir := flag.String("dir", "", "folder to work in, which needs 5 GB for a million keys; default: a temporary one")
	flag.Parse()
	if err := run(*out, *sizes, *dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(out, sizes, dir string) error {
	var points []point
	for text := range strings.SplitSeq(sizes, ",") {
		keys, err := strconv.Atoi(text)
		if err != nil || keys < 100 {
			return fmt.Errorf("keys %q: want numbers from 100 on, with commas between", text)
		}
		p, err := measureIn(dir, keys)
		if err != nil {
			return err
		}
		points = append(points, p)
	}
	printTable(os.Stdout, points)
	if out == "" {
		return nil
	}
	return os.WriteFile(out, []byte(draw(points)), 0o644)
}

// measureIn measures in a folder of its own, which it removes.
func measureIn(parent string, keys int) (point, error) {
	dir, err := os.MkdirTemp(parent, "invd-growth")
	if err != nil {
		return point{}, err
	}
	defer os.RemoveAll(dir)
	p, err := measure(dir, keys)
	if err != nil {
		return p, fmt.Errorf("%d keys: %w", keys, err)
	}
	return p, nil
}
