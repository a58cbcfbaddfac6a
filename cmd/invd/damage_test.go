package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"invd/engine/partner/sim"
	"invd/storage"
)

// A daemon that finds its database damaged, in whatever way, either refuses it, says
// why and what to do, and leaves it as it is; or it serves what was stored and nothing
// else. `db verify` says the same of the file.
func TestADaemonServesNothingThatWasNotStoredWhateverTheDamage(t *testing.T) {
	t.Parallel()
	s := newSpecimen(t)
	var mu sync.Mutex
	var all found
	t.Run("files", func(t *testing.T) {
		for n := range damagedFiles {
			damage := damages[n%len(damages)]
			t.Run(damage.name, func(t *testing.T) {
				t.Parallel()
				random := rand.New(rand.NewPCG(21, uint64(n)))
				one := s.try(t, damage.do(random, s), damage.refused)
				mu.Lock()
				defer mu.Unlock()
				all.add(one)
			})
		}
	})
	t.Logf("%d files: %d refused, %d served whole, %d in part; %d answers as they were stored, %d missing",
		damagedFiles, all.refused, all.whole, all.partly, all.held, all.missing)
	if all.refused == 0 || all.whole == 0 || all.partly == 0 || all.missing == 0 {
		t.Error("the damage did too little or too much: this test tests nothing")
	}
}

// found counts files by what became of them, and the answers from those that were
// served.
type found struct{ refused, whole, partly, held, missing int }

func (f *found) add(o found) {
	f.refused += o.refused
	f.whole += o.whole
	f.partly += o.partly
	f.held += o.held
	f.missing += o.missing
}

// A specimen is the database of a daemon that was stopped, and what it had served.
type specimen struct {
	config, marker, file []byte
	pages                int               // in use
	last                 map[string]string // what each path was answered by in the end
	ever                 map[string]map[string]bool
	paused               string // the admin's path of a product that is
}

const (
	pageSize = 4096
	unknown  = "404 unknown" // begins the answer for what was never fetched
)

// uncompressed is a client that is shown the ETag of the content itself.
var uncompressed = &http.Client{Transport: &http.Transport{DisableCompression: true}}

// newSpecimen has a daemon fetch all dates twice, with some bookings between.
func newSpecimen(t *testing.T) *specimen {
	t.Helper()
	m := newMirror(t, mirrorOptions{products: 3, days: 30, limit: 1000, per: time.Second,
		sim: sim.Options{Bookings: -1, Latency: time.Millisecond}})
	s := &specimen{ever: make(map[string]map[string]bool)}
	m.client = uncompressed
	random, l := rand.New(rand.NewPCG(22, 23)), newLedger(m)
	m.start()
	for range 2 {
		for _, id := range l.products() {
			if err := l.refresh(id); err != nil {
				t.Fatal(err)
			}
		}
		if err := eventually(l.allDone); err != nil {
			t.Fatalf("%v\n%s", err, m.process.printed())
		}
		var err error
		if s.last, err = m.all(); err != nil {
			t.Fatal(err)
		}
		for path, answer := range s.last {
			if s.ever[path] == nil {
				s.ever[path] = make(map[string]bool)
			}
			s.ever[path][answer] = true
		}
		for range 200 {
			m.book(m.keys[random.IntN(len(m.keys))], random)
		}
	}
	// Without free pages, most damage hits something.
	m.stop()
	if out, err := exec.Command("invd", "db", "compact", "--data-dir", m.commands.dataDir).CombinedOutput(); err != nil {
		t.Fatalf("db compact: %v\n%s", err, out)
	}
	m.start()
	// A damaged meta page goes back by one commit: these are of no date.
	for _, id := range l.products()[:2] {
		s.paused = "/api/v1/products/" + id.String() + "/"
		if err := m.commands.post(t.Context(), s.paused+"pause", struct{}{}, nil); err != nil {
			t.Fatal(err)
		}
	}
	m.stop()
	for file, b := range map[string]*[]byte{"invd.yaml": &s.config, "data/inventory.id": &s.marker, "data/" + storage.FileName: &s.file} {
		var err error
		if *b, err = os.ReadFile(filepath.Join(m.dir, file)); err != nil {
			t.Fatal(err)
		}
	}
	s.pages = pagesInUse(t, m.commands.dataDir)
	return s
}

// stop has the daemon drain.
func (m *mirror) stop() {
	m.t.Helper()
	if err := m.process.end(syscall.SIGTERM); err != nil {
		m.t.Fatalf("%v\n%s", err, m.process.printed())
	}
}

// pagesInUse asks for what is behind a database's pages: room to grow.
func pagesInUse(t *testing.T, dataDir string) int {
	t.Helper()
	out, err := exec.Command("invd", "db", "stats", "--data-dir", dataDir, "--output", "json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var stats struct {
		Pages    int `json:"pages"`
		PageSize int `json:"page_size"`
	}
	if err := json.Unmarshal(out, &stats); err != nil {
		t.Fatal(err)
	}
	if stats.PageSize != pageSize || stats.Pages < 10 {
		t.Fatalf("%d pages of %d bytes; want many of %d", stats.Pages, stats.PageSize, pageSize)
	}
	return stats.Pages
}

// all asks for every date, and for every product's calendar.
func (m *mirror) all() (map[string]string, error) {
	answers := make(map[string]string)
	for _, k := range m.keys {
		answers[fmt.Sprintf("/api/v1/experience/%d/slots?date=%s", k.Product, k.Date)] = ""
		answers[fmt.Sprintf("/api/v1/experience/%d/dates", k.Product)] = ""
	}
	return answers, m.ask(answers)
}

// ask gets paths and sets what they are answered by: what depends on the content alone.
func (m *mirror) ask(answers map[string]string) error {
	for path := range answers {
		resp, err := m.client.Get(m.url + path)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(resp.Body)
		if err := errors.Join(err, resp.Body.Close()); err != nil {
			return err
		}
		answers[path] = fmt.Sprintf("%d %s %s\n%s", resp.StatusCode, resp.Header.Get("X-Inventory-State"), resp.Header.Get("ETag"), body)
	}
	return nil
}

// put makes a data dir with a file for a daemon that no partner answers.
func (s *specimen) put(t *testing.T, file []byte) (m *mirror, database string) {
	t.Helper()
	m = &mirror{t: t, dir: t.TempDir(), client: uncompressed}
	m.commands.dataDir = filepath.Join(m.dir, "data")
	if err := os.Mkdir(m.commands.dataDir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"invd.yaml": unreachable(s.config), "partner.key": []byte("sesame"), "data/inventory.id": s.marker, "data/" + storage.FileName: file,
	} {
		if err := os.WriteFile(filepath.Join(m.dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if m.process != nil {
			_ = m.process.end(syscall.SIGKILL) // it may have ended
		}
	})
	return m, filepath.Join(m.commands.dataDir, storage.FileName)
}

// try starts a daemon on a file and holds it to the promise.
func (s *specimen) try(t *testing.T, file []byte, refused bool) (f found) {
	t.Helper()
	m, database := s.put(t, file)
	verified, good := s.verify(t, database)
	m.launch()
	groups, err := m.process.await(daemonStarted)
	switch {
	case errors.Is(err, errEnded):
		f.refused++
		s.mustBeRefused(t, m, verified)
		if after, err := os.ReadFile(database); err != nil || string(after) != string(file) {
			t.Errorf("the file was refused and changed (%v)", err)
		}
		return f
	case err != nil:
		t.Fatalf("%v\n%s", err, m.process.printed())
	case refused || strings.Contains(verified, "storage refused"):
		t.Errorf("it was started; db verify says\n%s", verified)
	}
	m.url = "http://" + groups[1]
	answers := maps.Clone(s.last)
	if err := m.ask(answers); err != nil {
		t.Fatalf("%v\n%s", err, m.process.printed())
	}
	f.held, f.missing = s.compare(t, answers, good)
	switch printed := m.process.printed(); {
	case f.missing == 0:
		f.whole++
	case !strings.Contains(printed, "record damaged"):
		t.Errorf("%d answers are missing, and the log does not say why:\n%s", f.missing, printed)
	default:
		f.partly++
	}
	if err := m.process.end(syscall.SIGTERM); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
	if printed := m.process.printed(); lastWords.MatchString(printed) {
		t.Errorf("it crashed:\n%s", printed)
	}
	return f
}

// unreachable puts an address into a configuration that nobody listens on.
func unreachable(config []byte) []byte {
	lines := strings.Split(string(config), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "  base_url:") {
			lines[i] = "  base_url: http://127.0.0.1:1"
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

// lastWords are how what Go's runtime says at the end of a process begins.
var lastWords = regexp.MustCompile(`(?m)^(panic: |fatal error: |unexpected fault|goroutine |SIG|\[signal )`)

// verify runs `db verify` and returns what it printed.
func (s *specimen) verify(t *testing.T, database string) (printed string, good bool) {
	t.Helper()
	out, err := exec.Command("invd", "db", "verify", database).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != exitRefused) || lastWords.Match(out) {
		t.Errorf("db verify ended with %v and printed\n%s", err, out)
	}
	return string(out), err == nil
}

// mustBeRefused looks at how a daemon ended that did not start.
func (s *specimen) mustBeRefused(t *testing.T, m *mirror, verified string) {
	t.Helper()
	printed := m.process.printed()
	var exit *exec.ExitError
	if !errors.As(m.process.state, &exit) || exit.ExitCode() != exitRefused || lastWords.MatchString(printed) {
		t.Errorf("it ended with %v; want %d\n%s", m.process.state, exitRefused, printed)
	}
	advice := strings.Contains(printed, "restore a snapshot") || strings.Contains(printed, "move it away") || strings.Contains(printed, "use the version")
	if !strings.Contains(printed, storage.FileName) || !advice {
		t.Errorf("it names no file, or not what to do:\n%s", printed)
	}
	if !strings.Contains(verified, "storage refused") {
		t.Errorf("it refused the file, and db verify does not:\n%s\n%s", printed, verified)
	}
}

// compare requires every answer to be one that was served before the damage; one that
// is missing must be called unknown. Of a file that db verify found good it must be the
// last.
func (s *specimen) compare(t *testing.T, answers map[string]string, good bool) (held, missing int) {
	t.Helper()
	for path, answer := range answers {
		switch {
		case answer == s.last[path], !good && s.ever[path][answer]:
			held++
		case good:
			t.Errorf("db verify calls the file good, and %s is answered %.300s, and was %.300s", path, answer, s.last[path])
		case strings.HasPrefix(answer, unknown), strings.HasSuffix(path, "/dates") && s.partOf(path, answer):
			missing++
		default:
			t.Errorf("%s is answered %.300s, and was %.300s", path, answer, s.last[path])
		}
	}
	return held, missing
}

// partOf reports whether a calendar has only days that it was served with once.
func (s *specimen) partOf(path, answer string) bool {
	days, ok := daysOf(answer)
	for before := range s.ever[path] {
		old, _ := daysOf(before)
		for date, day := range days {
			if old[date] == day {
				delete(days, date)
			}
		}
	}
	return ok && len(days) == 0
}

// daysOf returns the days of a calendar that is answered, by their dates.
func daysOf(answer string) (map[string]string, bool) {
	if strings.HasPrefix(answer, "404") {
		return nil, true
	}
	var body struct {
		Data []json.RawMessage `json:"data"`
	}
	_, text, _ := strings.Cut(answer, "\n")
	if err := json.Unmarshal([]byte(text), &body); err != nil || !strings.HasPrefix(answer, "200") {
		return nil, false
	}
	days := make(map[string]string)
	for _, raw := range body.Data {
		var day struct{ Date string }
		if err := json.Unmarshal(raw, &day); err != nil {
			return nil, false
		}
		days[day.Date] = string(raw)
	}
	return days, true
}
