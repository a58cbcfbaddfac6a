package main

import (
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"

	"invd/engine/partner/sim"
	"invd/storage"
)

// kills is how often the loop kills a daemon. The long form (-tags soak) has its own default.
var kills = flag.Int("kills", killsByDefault, "how often the daemon is killed")

// killsPerLife bounds the history that each start is held to: after so many kills
// the loop goes on with an empty data dir. Several lives go on at once.
const killsPerLife = 50

// The daemon is killed at random moments, again and again, while it fetches, serves,
// takes snapshots, is paused and reloaded. Whatever anybody was told before holds
// after: answers, pauses, finished jobs, unfinished ones; and the partner never sees a
// window with more requests than its limit.
func TestAKilledDaemonLosesNothingAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var all tally
	t.Run("lives", func(t *testing.T) {
		for first := 0; first < *kills; first += killsPerLife {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				one := liveAndDie(t, uint64(first/killsPerLife), min(killsPerLife, *kills-first))
				mu.Lock()
				defer mu.Unlock()
				all.add(one)
			})
		}
	})
	t.Logf("%d kills; %d answers, %d pauses and %d finished jobs found again, %d unfinished jobs taken up; %d whole snapshots",
		all.kills, all.answersHeld, all.pausesHeld, all.finishedHeld, all.unfinishedHeld, all.snapshots)
	if all.answersHeld == 0 || all.finishedHeld == 0 || all.unfinishedHeld == 0 || all.pausesHeld == 0 {
		t.Error("the kills came when nothing had been seen: this test tests nothing")
	}
}

// liveAndDie kills the daemons of one data dir so often, and lets the last one finish.
func liveAndDie(t *testing.T, seed uint64, kills int) tally {
	t.Helper()
	const limit, per = 20, time.Second
	m := newMirror(t, mirrorOptions{products: 3, days: 30, limit: limit, per: per,
		sim: sim.Options{Bookings: -1, Latency: 5 * time.Millisecond, Jitter: 10 * time.Millisecond}})
	if err := m.partner.Inject(sim.Injection{Fault: "500", Probability: 0.05}); err != nil { // some jobs have to retry
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(14, 15+seed))
	l := newLedger(m)
	for n := range kills {
		if n%5 == 4 { // while it starts
			m.launch()
			<-time.After(time.Duration(random.Int64N(int64(150 * time.Millisecond))))
		} else {
			m.start()
			l.verify()
			trap := newTrap(m)
			switch n % 5 {
			case 0:
				trap.atATime(random)
			case 1:
				trap.atARequest(random, 0)
			case 2:
				trap.atARequest(random, 25*time.Millisecond)
			case 3:
				trap.afterRefresh = true
			}
			l.observe(random, trap)
			m.arrived.Store(nil)
		}
		m.kill()
		l.kills++
		if t.Failed() {
			return l.tally
		}
	}

	// The survivor does all that is left to do, and ends as the partner is.
	m.start()
	l.verify()
	m.partner.Clear()
	for _, id := range l.products() {
		if err := errors.Join(l.resume(id), l.refresh(id)); err != nil {
			t.Fatal(err)
		}
	}
	if err := eventually(l.allDone); err != nil {
		t.Fatal(err)
	}
	l.verify()
	for _, k := range m.keys {
		if a, err := m.read(k); err != nil || a.remaining != m.truth(k) {
			t.Errorf("%s: %d left, %v; the partner has %d", k, a.remaining, err, m.truth(k))
		}
	}
	if err := m.process.end(syscall.SIGTERM); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, m.process.printed())
	}
	m.check()
	s := m.partner.Stats()
	t.Logf("life %d: %d kills; %d requests, at most %d in %v, %d refused", seed, l.kills, s.Requests, s.Fullest, per, s.Refused)
	if s.Fullest > limit || s.Refused > 0 {
		t.Errorf("the partner saw %d requests in a window and refused %d; want at most %d and none", s.Fullest, s.Refused, limit)
	}
	return l.tally
}

// A data dir that is killed in the making is no obstacle to the next start.
func TestADaemonKilledWhileItMakesItsDataDirStartsTheNextTime(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(16, 17))
	for range 6 {
		m := newMirror(t, mirrorOptions{products: 2, days: 2, limit: 1000, per: time.Minute})
		m.launch()
		// From before the folder is there to after the database is.
		for range random.IntN(20) {
			if _, err := os.Stat(filepath.Join(m.commands.dataDir, storage.FileName)); err == nil {
				break
			}
			<-time.After(5 * time.Millisecond)
		}
		<-time.After(time.Duration(random.Int64N(int64(10 * time.Millisecond))))
		m.kill()
		m.start()
		if err := m.process.end(syscall.SIGTERM); err != nil {
			t.Errorf("after SIGTERM: %v\n%s", err, m.process.printed())
		}
		m.check()
	}
}

var wrong = regexp.MustCompile(`(?m)^.*(level=ERROR|panic:|DATA RACE).*$`)

// kill ends the daemon the hard way, then looks at what it left.
func (m *mirror) kill() {
	m.t.Helper()
	_ = m.process.end(syscall.SIGKILL) // says that it was killed
	if line := wrong.FindString(m.process.printed()); line != "" {
		m.t.Errorf("start %d printed: %s", m.starts, line)
	}
	m.check()
}

// check verifies the file of a daemon that has ended, if it came to one.
func (m *mirror) check() {
	m.t.Helper()
	file := filepath.Join(m.commands.dataDir, storage.FileName)
	if _, err := os.Stat(file); os.IsNotExist(err) {
		return
	}
	findings, err := storage.Check(file)
	if err != nil || len(findings) > 0 {
		m.t.Errorf("after start %d: %v, findings %q", m.starts, err, findings)
	}
}
