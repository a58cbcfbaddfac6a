package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
)

// isTerminal reports whether somebody sits at v, so that it can be redrawn, coloured or
// asked.
func isTerminal(v any) bool {
	f, ok := v.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// confirm asks a question whose answer is no unless it says yes.
func confirm(out io.Writer, in io.Reader, question string) bool {
	fmt.Fprintf(out, "%s [y/N] ", question)
	answer, _ := bufio.NewReader(in).ReadString('\n') // nothing more to read is no
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return true
	}
	return false
}

// What a terminal is told: to begin the line anew and to forget what stood there; to do so from the
// top of the screen.
const (
	lineAnew   = "\r\x1b[K"
	screenAnew = "\x1b[H\x1b[J"
)
