package main

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A daemon whose database is damaged while it runs serves what was stored or stops with
// the reason and the file's name; it does not crash. One that is cut off is always
// noticed, at a write at the latest, and left as it is.
func TestADaemonWhoseFileIsDamagedUnderItSaysSo(t *testing.T) {
	t.Parallel()
	s := newSpecimen(t)
	var mu sync.Mutex
	stopped, wentOn := 0, 0
	t.Run("files", func(t *testing.T) {
		for n := range damagedFiles / 4 {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				r := rand.New(rand.NewPCG(24, uint64(n)))
				damage := func(database string) error { return os.Truncate(database, r.Int64N(int64(s.inUse()))) }
				if n%2 == 1 {
					damage = func(database string) error { return overwrite(database, r, s.pages) }
				}
				ended := s.damageRunning(t, damage)
				if !ended && n%2 == 0 {
					t.Error("it did not notice that its file was cut off")
				}
				mu.Lock()
				defer mu.Unlock()
				if ended {
					stopped++
				} else {
					wentOn++
				}
			})
		}
	})
	t.Logf("%d files: %d daemons stopped, %d went on", stopped+wentOn, stopped, wentOn)
}

// overwrite puts zeros or garbage into one page of a file, which need not be in memory.
func overwrite(database string, r *rand.Rand, pages int) error {
	f, err := os.OpenFile(database, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	page := make([]byte, pageSize)
	if r.IntN(2) == 0 {
		garbleBytes(r, page)
	}
	_, err = f.WriteAt(page, int64(pageSize*r.IntN(pages)))
	return errors.Join(err, f.Close())
}

// damageRunning damages the file of a daemon that runs, and uses it. It reports whether
// the daemon ended.
func (s *specimen) damageRunning(t *testing.T, damage func(database string) error) (ended bool) {
	t.Helper()
	m, database := s.put(t, s.file)
	m.start()
	if err := damage(database); err != nil {
		t.Fatal(err)
	}
	failed := m.use(s)
	if failed == nil {
		if err := m.process.end(syscall.SIGTERM); err != nil {
			t.Errorf("it answered everything, and ended with %v\n%s", err, m.process.printed())
		}
	} else {
		ended = true
		select {
		case <-m.process.ended:
		case <-time.After(pollAtMost * pollEvery):
			t.Fatalf("%v, and it goes on\n%s", failed, m.process.printed())
		}
		var exit *exec.ExitError
		if !errors.As(m.process.state, &exit) || exit.ExitCode() != exitFailed || !strings.Contains(m.process.printed(), database[len(m.dir)+1:]) {
			t.Errorf("after %v it ended with %v; want %d and the file's name\n%s", failed, m.process.state, exitFailed, m.process.printed())
		}
	}
	if printed := m.process.printed(); lastWords.MatchString(printed) {
		t.Errorf("it crashed:\n%s", printed)
	}
	return ended
}

// use reads and writes, and returns the first thing that fails. What is answered must
// be what was stored, or be called unknown.
func (m *mirror) use(s *specimen) error {
	for range 3 {
		answers := maps.Clone(s.last)
		err := m.ask(answers)
		for path, answer := range answers {
			switch {
			case answer == s.last[path], strings.HasPrefix(answer, unknown), strings.HasSuffix(path, "/dates") && s.partOf(path, answer):
			case strings.HasPrefix(answer, "5"):
				err = errors.Join(err, fmt.Errorf("%s is answered %.300s", path, answer))
			default:
				m.t.Errorf("%s is answered %.300s, and was %.300s", path, answer, s.last[path])
			}
		}
		if err != nil {
			return err
		}
		for _, change := range []string{"resume", "pause"} {
			if err := m.commands.post(m.t.Context(), s.paused+change, struct{}{}, nil); err != nil {
				return err
			}
		}
	}
	return nil
}
