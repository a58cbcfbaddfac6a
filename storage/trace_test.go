package storage

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// An event is a system call on the files of a data dir, or the line by which the
// process acknowledged what it had stored.
type event struct {
	call string // create, pwrite, ftruncate, rename, unlink, flush or acknowledge
	file string // its name in the data dir, which itself is "."
	to   string // of a rename
	at   int64  // offset, or the size it is truncated to
	data []byte // that was written, or the line
}

// traceWriter records what writeUntilKilled does to an empty data dir until it has
// acknowledged so many jobs.
func traceWriter(t *testing.T, acknowledged int) []event {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("needs strace, which records the system calls of the storage")
	}
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "trace")
	child := exec.Command(strace, "-f", "-y", "-xx", "-s", "1048576", "-o", file,
		"-e", "trace=openat,pwrite64,write,ftruncate,rename,renameat,unlinkat,fsync,fdatasync", "--", os.Args[0])
	child.Env = append(os.Environ(), crashDir+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; n < acknowledged && lines.Scan(); n++ {
	}
	_ = out.Close() // the writer ends with its next line
	err = child.Wait()
	if stderr := new(exec.ExitError); err != nil && !errors.As(err, &stderr) {
		t.Fatal(err)
	}
	events, err := readTrace(file, dir)
	if err != nil {
		t.Fatal(err)
	}
	flushes, acknowledgements := 0, 0
	for _, e := range events {
		switch e.call {
		case "flush":
			flushes++
		case "acknowledge":
			acknowledgements++
		}
	}
	if acknowledgements < acknowledged {
		t.Skipf("strace recorded %d of %d acknowledgements (may it trace here?): %v", acknowledgements, acknowledged, err)
	}
	t.Logf("recorded: %d system calls, %d flushes among them; %d jobs acknowledged", len(events)-acknowledgements, flushes, acknowledgements)
	return events
}

// readTrace reads what strace wrote. A call that another thread's interrupted takes two
// lines there. A flush counts when it has returned, all else when it began.
func readTrace(file, dir string) (events []event, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	flushing := make(map[string]event) // by thread
	for line := range strings.Lines(string(text)) {
		thread, rest, _ := strings.Cut(line, " ")
		rest = strings.TrimSpace(rest)
		if strings.HasPrefix(rest, "<... fsync resumed>") || strings.HasPrefix(rest, "<... fdatasync resumed>") {
			if e, ok := flushing[thread]; ok && strings.HasSuffix(rest, "= 0") {
				events = append(events, e)
			}
			delete(flushing, thread)
			continue
		}
		call, arguments, ok := strings.Cut(rest, "(")
		if !ok || strings.HasPrefix(rest, "---") {
			continue
		}
		e, ok, err := parseCall(call, strings.Split(arguments, ", "), dir)
		switch {
		case err != nil:
			return nil, fmt.Errorf("%w in %.200s", err, rest)
		case !ok:
		case e.call == "flush" && strings.HasSuffix(rest, "<unfinished ...>"):
			flushing[thread] = e
		default:
			events = append(events, e)
		}
	}
	return events, nil
}

// parseCall tells whether the call is about the data dir or acknowledges something.
func parseCall(call string, arguments []string, dir string) (e event, ok bool, err error) {
	paths := make([]string, len(arguments)) // of those arguments that have one
	for i, a := range arguments {
		if open := strings.IndexAny(a, `"<`); open >= 0 {
			end := strings.IndexAny(a[open+1:], `">`)
			if end < 0 {
				return e, false, errors.New("a string without an end")
			}
			b, err := hex.DecodeString(strings.ReplaceAll(a[open+1:open+1+end], `\x`, ""))
			if err != nil && strings.HasPrefix(a[open+1:], `\x`) {
				return e, false, err
			}
			paths[i] = string(b)
		}
	}
	name := func(path string) string {
		rel, err := filepath.Rel(dir, path)
		if ok = err == nil && rel != ".." && !strings.HasPrefix(rel, "../"); !ok {
			return ""
		}
		return rel
	}
	number := func(i int) int64 {
		digits, _, _ := strings.Cut(arguments[i], ")")
		digits, _, _ = strings.Cut(digits, " ")
		n, bad := strconv.ParseInt(digits, 10, 64)
		err = errors.Join(err, bad)
		return n
	}
	switch call {
	case "openat":
		if slices.Contains(strings.Split(arguments[2], "|"), "O_CREAT") {
			e = event{call: "create", file: name(paths[1])}
		}
	case "pwrite64":
		if e = (event{call: "pwrite", file: name(paths[0]), data: []byte(paths[1])}); ok {
			e.at = number(3)
		}
	case "write":
		if strings.HasPrefix(arguments[0], "1<") {
			return event{call: "acknowledge", data: []byte(paths[1])}, true, nil
		}
		e = event{call: "pwrite", file: name(paths[0]), data: []byte(paths[1])} // small files are written at once
	case "ftruncate":
		if e = (event{call: "ftruncate", file: name(paths[0])}); ok {
			e.at = number(1)
		}
	case "rename":
		e = event{call: "rename", to: name(paths[1]), file: name(paths[0])}
	case "renameat":
		e = event{call: "rename", to: name(paths[3]), file: name(paths[1])}
	case "unlinkat":
		e = event{call: "unlink", file: name(paths[1])}
	case "fsync", "fdatasync":
		e = event{call: "flush", file: name(paths[0])}
	}
	return e, ok, err
}

// writeFiles makes the data dir what it was after a power cut.
func writeFiles(dir string, files map[string]image) error {
	for name, image := range files {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, image.data, 0o600); err != nil {
			return err
		}
		if err := os.Truncate(path, image.size); err != nil {
			return err
		}
	}
	for _, name := range []string{FileName, FileName + ".tmp", markerName, markerName + ".tmp"} {
		if _, there := files[name]; !there {
			if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}
