package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"invd/engine/inventory"
	"invd/engine/partner/sim"
	"invd/engine/report"
	"invd/storage"
)

// A daemon over TCP meets everything that a partner can do wrong: every fault alone, in
// the order of the documentation or of a seed, then several at once at random. An answer
// of no use changes nothing of what is read, one of use is read as it was given, a hold
// is kept, no window is overrun, and nothing grows. Once all is well every key is fetched
// again within its objective, unasked.
//
//	go test -tags soak ./cmd/invd -v -run EveryFaultOverTCP -timeout 4h -parallel 4
func TestADaemonSurvivesEveryFaultOverTCP(t *testing.T) {
	t.Parallel()
	for seed := range uint64(faultSeeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			m := newMisled(t, seed)
			faults := sim.Faults()
			if seed > 0 {
				m.random.Shuffle(len(faults), func(i, j int) { faults[i], faults[j] = faults[j], faults[i] })
			}
			for _, f := range faults {
				m.suffer(f)
			}
			m.sufferBelow()
			for range 20 {
				m.sufferMany()
			}
			m.recover()
		})
	}
}

const (
	misledLimit  = 20 // a second
	misledConfig = `timeout: 1s
  limits:`
	misledRetry = `retry: {max_attempts: 2, base: 1ms, cap: 20ms}
`
	misledObjective = 90 * time.Second
)

// A misled is a mirror whose partner goes wrong.
type misled struct {
	*mirror
	witness *witness
	random  *rand.Rand
	open    []inventory.Key // which have slots enough for every fault, and never change
	next    int             // of open: whose turn it is
	first   map[string]float64
	ca      authority // that the daemon trusts
	plain   string    // the partner's URL, up to its path
	holds   int       // that were gone through
	lower   int       // faults below HTTP that were
	reads   int
}

func newMisled(t *testing.T, seed uint64) *misled {
	t.Helper()
	m := &misled{
		witness: &witness{asked: map[inventory.Key]time.Time{}, given: map[inventory.Key]map[string]bool{}},
		random:  rand.New(rand.NewPCG(seed, 18)),
		ca:      newAuthority(t),
	}
	m.mirror = newMirror(t, mirrorOptions{
		products: 8, days: 3, limit: misledLimit, per: time.Second, sim: sim.Options{Seed: seed, Bookings: -1},
		before: func(h http.Handler) http.Handler { m.witness.partner = h; return m.witness },
	})
	text, err := os.ReadFile(filepath.Join(m.dir, "invd.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("limits:"), []byte(misledConfig), 1)
	text = bytes.Replace(text, []byte("every: 6h, objective: 8h"), []byte("every: 1m, objective: 90s"), 1)
	m.write(map[string][]byte{"invd.yaml": append([]byte(misledRetry), text...)})
	m.under = []string{"env", "SSL_CERT_FILE=" + filepath.Join(m.dir, "roots.pem")}
	m.write(map[string][]byte{"roots.pem": m.ca.pem})
	m.start()
	for _, k := range m.keys {
		if slots := m.partner.Truth(int64(k.Product), k.Date.String(), time.Now()); len(slots) >= 3 {
			m.open = append(m.open, k)
		}
	}
	if len(m.open) < 3 {
		t.Fatalf("only %v are open", m.open)
	}
	if err := eventually(func() error { return m.allTrue(time.Time{}) }); err != nil {
		t.Fatalf("%v\n%s", err, m.process.printed())
	}
	m.first = m.grown()
	return m
}

// suffer goes through one fault of one key's answers.
func (m *misled) suffer(f sim.Fault) {
	m.t.Helper()
	k := m.open[m.next%len(m.open)]
	m.next++
	before := m.mustLook(k)
	if err := m.partner.Inject(sim.Injection{Fault: f, Product: int64(k.Product), Date: k.Date.String()}); err != nil {
		m.t.Fatal(err)
	}
	kind := kindOf(f)
	err := m.meet(k, kind)
	if err != nil {
		m.t.Errorf("%s: %v", f, err)
	}
	after := m.mustLook(k)
	if kind != "" && after != before {
		m.t.Errorf("%s, which is %s, changed what is read of %s from\n%+v\nto\n%+v", f, kind, k, before, after)
	}
	if kind == "throttled" && err == nil {
		m.held(f, k)
	}
	m.partner.Clear()
	m.forward()
	err = m.meet(k, "")
	if err == nil {
		err = soon(func() error { return m.isTrue(k) })
	}
	if err != nil {
		m.t.Fatalf("after %s: %v", f, err)
	}
}

// errSlow says that an answer was not there in time, which is the machine's doing.
var errSlow = fmt.Errorf("%w: no answer in time", errEnded)

// meet has a key fetched, as an operator would, until the daemon has noticed what kind of
// answer that brings.
func (m *misled) meet(k inventory.Key, kind string) (err error) {
	m.t.Helper()
	scope := map[string]string{"from": k.Date.String(), "to": k.Date.String()}
	for range 10 {
		began := time.Now()
		if err := m.commands.post(m.t.Context(), "/api/v1/products/"+k.Product.String()+"/refresh", scope, nil); err != nil {
			m.t.Fatal(err)
		}
		if err = soon(func() error { return m.noticed(k, began, kind) }); !errors.Is(err, errSlow) {
			break
		}
	}
	return err
}

// noticed is an error until the daemon has seen what is wrong with a key's answer and
// called it what it is, or used it.
func (m *misled) noticed(k inventory.Key, since time.Time, kind string) error {
	if kind == "throttled" || kind == "unauthorized" {
		source, state := m.status().Source, map[string]string{"throttled": "held", "unauthorized": "unauthorized"}[kind]
		if source.State != state || !strings.Contains(source.Reason, kind) {
			return fmt.Errorf("the source is %+v, want it %s", source, state)
		}
		return nil
	}
	var page struct{ Jobs []report.Job }
	if err := m.commands.get(m.t.Context(), "/api/v1/jobs?limit=10&product="+k.Product.String(), &page); err != nil {
		return err
	}
	for _, j := range page.Jobs {
		if j.Date != k.Date || j.Started.Before(since) {
			continue
		}
		switch {
		case kind == "" && j.State == "done":
			s, err := m.look(k)
			if err == nil {
				err = m.given(k, s)
			}
			return err
		case kind != "" && j.State == "dead" && strings.Contains(j.Error, kind+": "):
			return nil
		case j.State == "dead" && strings.Contains(j.Error, "timeout: "):
			return errSlow
		}
		return fmt.Errorf("job %+v, want %s", j, map[bool]string{true: "it done", false: "it dead: " + kind}[kind == ""])
	}
	return errors.New("no job")
}

// held holds a daemon that was told to wait to how long that is, and to not asking for
// the key before. Short holds are waited for, the others are gone through by forward.
func (m *misled) held(f sim.Fault, k inventory.Key) {
	m.t.Helper()
	m.holds++
	until, want, asked := m.status().Source.BlockedUntil, holdOf(f), m.witness.lastAsked(k)
	if hold := until.Sub(asked); hold < want || hold > want+3*time.Second {
		m.t.Errorf("%s: held for %s, want %s", f, hold, want)
	}
	if want > time.Second {
		return
	}
	if err := soon(func() error {
		again := m.witness.lastAsked(k)
		switch {
		case !time.Now().Before(until):
			return nil
		case again != asked:
			return fmt.Errorf("%w: asked again after %s", errEnded, again.Sub(asked))
		}
		return errors.New("held")
	}); err != nil {
		m.t.Errorf("%s: %v, want %s", f, err, want)
	}
}

// forward is time going by: a daemon that will not ask for long is stopped, its hold
// taken out of its file, and another one started. (How long a hold, a broken circuit or
// a probe is waited for is package app's to test, where time is virtual.)
func (m *misled) forward() {
	m.t.Helper()
	if m.status().Source.State == "open" {
		return
	}
	if err := m.process.end(syscall.SIGTERM); err != nil {
		m.t.Errorf("after SIGTERM: %v\n%s", err, m.process.printed())
	}
	store, err := storage.Open(m.commands.dataDir, storage.Options{Keep: 24 * time.Hour, KeepMax: 1000, Log: slog.New(slog.DiscardHandler)})
	if err == nil {
		err = errors.Join(store.PutHold(time.Time{}, ""), store.Close())
	}
	if err != nil {
		m.t.Fatal(err)
	}
	m.start()
	if err := eventually(func() error { return m.commands.get(m.t.Context(), "/-/ready", nil) }); err != nil {
		m.t.Fatal(err)
	}
}

// sufferMany goes through up to three faults at once, of a product or of all of them,
// for as many answers as comes to pass.
func (m *misled) sufferMany() {
	m.t.Helper()
	faults := sim.Faults()
	for range 1 + m.random.IntN(3) {
		i := sim.Injection{Fault: faults[m.random.IntN(len(faults))], Times: 1 + m.random.IntN(30), Probability: 0.2 + 0.8*m.random.Float64()}
		if m.random.IntN(2) == 0 {
			i.Product = int64(m.keys[m.random.IntN(len(m.keys))].Product)
		}
		if err := m.partner.Inject(i); err != nil {
			m.t.Fatal(err)
		}
	}
	for range 1 + m.random.IntN(4) {
		_ = m.refresh(m.keys[m.random.IntN(len(m.keys))].Product) // refused while the partner does not know it
	}
	for range 1 + m.random.IntN(100) {
		m.readAny()
	}
	if m.random.IntN(3) == 0 {
		m.partner.Clear()
	}
	if m.random.IntN(4) == 0 {
		m.forward()
	}
	m.checkGrowth()
}

// readAny reads a key, which must be as the partner once said that it is.
func (m *misled) readAny() {
	m.t.Helper()
	k := m.keys[m.random.IntN(len(m.keys))]
	s := m.mustLook(k)
	if err := soon(func() error { return m.given(k, s) }); err != nil { // what went out a moment ago may not be noted yet
		m.t.Error(err)
	}
	m.reads++
}

// given is an error when the partner never said what a reader is shown.
func (m *misled) given(k inventory.Key, s sight) error {
	print, err := s.print()
	if err == nil && !m.witness.gave(k, print) {
		err = fmt.Errorf("%s is served as %+v, which the partner never said", k, s)
	}
	return err
}

// isTrue is an error when a reader is not shown what is true of a key.
func (m *misled) isTrue(k inventory.Key) error {
	s, err := m.look(k)
	if err != nil {
		return err
	}
	got, err := s.print()
	want, err2 := fingerprintOf(k, m.partner.Body(int64(k.Product), k.Date.String(), time.Now()))
	if err = errors.Join(err, err2); err == nil && got != want {
		err = fmt.Errorf("%s is served as\n%s\nand is\n%s", k, got, want)
	}
	return err
}

// allTrue is an error until every key was asked for since and is shown as it is.
func (m *misled) allTrue(since time.Time) error {
	for _, k := range m.keys {
		if !m.witness.lastAsked(k).After(since) {
			return fmt.Errorf("%s was not asked for", k)
		}
		if err := m.isTrue(k); err != nil {
			return err
		}
	}
	return nil
}

// recover ends all faults, and leaves the daemon to itself.
func (m *misled) recover() {
	m.t.Helper()
	m.partner.Clear()
	m.forward()
	var page struct{ Products []report.Product }
	if err := m.commands.get(m.t.Context(), "/api/v1/products?limit=100", &page); err != nil {
		m.t.Fatal(err)
	}
	for _, p := range page.Products {
		if p.State == "gone" { // the partner did not know it; such are asked for once a day
			if err := m.refresh(p.ID); err != nil {
				m.t.Fatal(err)
			}
		}
	}
	over := time.Now()
	if err := poll(200*time.Millisecond, int(misledObjective/(200*time.Millisecond)), func() error { return m.allTrue(over) }); err != nil {
		m.t.Errorf("%s after the last fault: %v", misledObjective, err)
	}
	m.checkGrowth()
	s := m.partner.Stats()
	m.t.Logf("%d faults alone and %d below HTTP, %d holds; %d requests, %d spoilt, at most %d a second, %d refused; %d reads at random; %d starts; %v",
		len(sim.Faults()), m.lower, m.holds, s.Requests, s.Faulted, s.Fullest, s.Refused, m.reads, m.starts, m.grown())
	if s.Fullest > misledLimit || s.Refused > 0 {
		m.t.Errorf("the partner saw %d requests in a second and refused %d; want at most %d and none", s.Fullest, s.Refused, misledLimit)
	}
	if err := m.process.end(syscall.SIGTERM); err != nil {
		m.t.Errorf("after SIGTERM: %v\n%s", err, m.process.printed())
	}
	m.check()
	if printed := m.process.printed(); strings.Contains(printed, "goroutine ") || strings.Contains(printed, "panic") {
		m.t.Errorf("it panicked:\n%s", printed)
	}
}

func (m *misled) mustLook(k inventory.Key) sight {
	m.t.Helper()
	s, err := m.look(k)
	if err != nil {
		m.t.Fatalf("%v\n%s", err, m.process.printed())
	}
	return s
}

func (m *misled) status() (st report.Status) {
	m.t.Helper()
	if err := m.commands.get(m.t.Context(), "/api/v1/status", &st); err != nil {
		m.t.Fatalf("%v\n%s", err, m.process.printed())
	}
	return st
}

// soon polls often: most of what is waited for takes a few milliseconds.
func soon(try func() error) error { return poll(5*time.Millisecond, 2000, try) }

var grows = regexp.MustCompile(`(?m)^(go_goroutines|process_open_fds|invd_wheel_timers|go_memstats_heap_inuse_bytes) (\S+)$`)

// grown is what must not grow.
func (m *misled) grown() map[string]float64 {
	m.t.Helper()
	text, err := m.scrape()
	values := map[string]float64{}
	for _, groups := range grows.FindAllStringSubmatch(text, -1) {
		if values[groups[1]], err = strconv.ParseFloat(groups[2], 64); err != nil {
			break
		}
	}
	if err != nil || len(values) != 4 {
		m.t.Fatalf("found %v in /metrics, %v; want all of %s", values, err, grows)
	}
	return values
}

func (m *misled) checkGrowth() {
	m.t.Helper()
	st := m.status()
	if n := st.Jobs.Pending + st.Jobs.Running + st.Jobs.Retrying; n > 2*len(m.keys) {
		m.t.Errorf("%d unfinished jobs of %d keys", n, len(m.keys))
	}
	now := m.grown()
	for name, most := range map[string]float64{
		"go_goroutines": m.first["go_goroutines"] + 30, "process_open_fds": m.first["process_open_fds"] + 30,
		"invd_wheel_timers": float64(len(m.keys)) + 10, "go_memstats_heap_inuse_bytes": 128 << 20,
	} {
		if now[name] > most {
			m.t.Errorf("%s = %v, and was %v; want at most %v", name, now[name], m.first[name], most)
		}
	}
}
