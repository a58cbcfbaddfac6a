package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	_ "time/tzdata"

	"invd/cmd/invd/app"
	"invd/cmd/invd/config"
	"invd/engine/inventory"
	"invd/engine/partner/sim"
	"invd/engine/report"
	"invd/storage"
)

// A world is a simulated partner, a daemon and a reader, in one synctest bubble:
// real files, real HTTP, virtual time.
type world struct {
	t       *testing.T
	dir     string
	conf    *config.Config
	load    func() (*config.Config, error) // what a reload reads
	partner *sim.Partner
	dial    dialer                                    // to the partner
	tap     func(http.RoundTripper) http.RoundTripper // put around the transport to the partner; may be nil
	logs    *bytes.Buffer
	sync    bool // flush the file as in production

	mu    sync.Mutex
	asked map[inventory.Key]int // requests that reached the partner
	heard func(sim.Request)     // told of each of them; may be nil

	public, admin *http.Client // of the running daemon
	stopDaemon    func() error
}

type dialer func(ctx context.Context, network, addr string) (net.Conn, error)

// A setup is what differs between worlds.
type setup struct {
	products int
	start    time.Time
	partner  string // more of the configuration's partner section, as "concurrency: 8"
	yaml     string // of the configuration, after the partner's section
	sim      sim.Options
	sync     bool
}

// newWorld makes a world at s.start with the partner up and no daemon. Call it in
// a bubble.
func newWorld(t *testing.T, s setup) *world {
	t.Helper()
	time.Sleep(time.Until(s.start))
	ids := sim.Catalogue(s.products)
	s.sim.Products, s.sim.APIKey = ids, "key"
	if s.sim.Location == nil {
		s.sim.Location = mustZone(t, "Asia/Singapore")
	}
	w := &world{t: t, dir: t.TempDir(), logs: &bytes.Buffer{}, sync: s.sync, asked: map[inventory.Key]int{}, heard: s.sim.OnRequest}
	s.sim.OnRequest = w.note
	w.partner = sim.New(s.sim)
	l, dial := sim.Listen()
	w.dial = dial
	server := &http.Server{Handler: w.partner, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	served := make(chan error)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() {
		w.stop()
		_ = server.Close()
		<-served
	})
	w.conf = mustConfig(t, s.partner, s.yaml, ids)
	return w
}

func (w *world) note(r sim.Request) {
	date, err := inventory.ParseDate(r.Date)
	if err != nil {
		w.t.Errorf("asked for the date %q", r.Date)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked[inventory.Key{Product: inventory.ProductID(r.Product), Date: date}]++
	if w.heard != nil {
		w.heard(r)
	}
}

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func mustConfig(t *testing.T, partner, yaml string, ids []int64) *config.Config {
	t.Helper()
	dir := t.TempDir()
	text := "partner: {base_url: 'http://partner/api/v1', api_key_file: key, " + partner + "}\n" + yaml
	if !bytes.Contains([]byte(yaml), []byte("timezone:")) {
		text += "timezone: Asia/Singapore\n"
	}
	if !bytes.Contains([]byte(yaml), []byte("products:")) {
		text += "products:\n"
		for _, id := range ids {
			text += fmt.Sprintf("  - {id: %d}\n", id)
		}
	}
	file := filepath.Join(dir, "invd.yaml")
	for name, content := range map[string]string{file: text, filepath.Join(dir, "key"): "key\n"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// startDaemon runs the daemon on the world's data dir until stop or kill.
func (w *world) startDaemon() {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	public, dialPublic := sim.Listen()
	admin, _ := sim.Listen()
	socket, dialSocket := sim.Listen()
	transport := &http.Transport{DialContext: w.dial, MaxIdleConnsPerHost: 64}
	var tapped http.RoundTripper = transport
	if w.tap != nil {
		tapped = w.tap(transport)
	}
	started, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- app.Run(ctx, app.Options{
			Config: w.conf, DataDir: w.dir, Version: "test", Log: slog.New(slog.NewTextHandler(w.logs, nil)),
			Listeners: &app.Listeners{Public: public, Admin: admin, Socket: socket}, Transport: tapped, NoSync: !w.sync,
			Started: func(net.Addr, net.Addr) { close(started) },
			Load:    func() (*config.Config, error) { return w.load() },
		})
	}()
	select {
	case <-started:
	case err := <-ended:
		w.t.Fatalf("daemon did not start: %v", err)
	}
	w.public = &http.Client{Transport: &http.Transport{DialContext: dialPublic}}
	w.admin = &http.Client{Transport: &http.Transport{DialContext: dialSocket}}
	w.stopDaemon = func() error {
		w.public.CloseIdleConnections()
		w.admin.CloseIdleConnections()
		cancel()
		err := <-ended
		transport.CloseIdleConnections()
		return err
	}
}

// stop drains the daemon, if it runs.
func (w *world) stop() {
	w.t.Helper()
	if w.stopDaemon == nil {
		return
	}
	if err := w.stopDaemon(); err != nil {
		w.t.Errorf("stop: %v\n%s", err, w.logs)
	}
	w.stopDaemon = nil
}

// kill ends the daemon as kill -9 would: the next one starts on the bytes that
// were in the file at this moment.
func (w *world) kill() {
	w.t.Helper()
	synctest.Wait()
	image := w.t.TempDir()
	entries, err := os.ReadDir(w.dir)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(w.dir, e.Name()))
		if err != nil {
			w.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(image, e.Name()), b, 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
	w.stop()
	w.dir = image
}

// get reads a path of the public API.
func (w *world) get(path string) (*http.Response, []byte) {
	w.t.Helper()
	return w.do(w.public, http.MethodGet, path, nil)
}

func (w *world) do(c *http.Client, method, path string, body []byte) (*http.Response, []byte) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, "http://localhost"+path, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err != nil {
		w.t.Fatalf("%s %s: %v\n%s", method, path, err, w.logs)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp, b
}

// post changes something over the admin socket.
func (w *world) post(path, body string) (*http.Response, []byte) {
	w.t.Helper()
	return w.do(w.admin, http.MethodPost, path, []byte(body))
}

// ask reads JSON of the admin API into v.
func (w *world) ask(path string, v any) {
	w.t.Helper()
	resp, b := w.do(w.admin, http.MethodGet, path, nil)
	if resp.StatusCode != http.StatusOK {
		w.t.Fatalf("GET %s = %s: %s", path, resp.Status, b)
	}
	if err := json.Unmarshal(b, v); err != nil {
		w.t.Fatalf("GET %s: %v", path, err)
	}
}

func (w *world) status() (st report.Status) {
	w.t.Helper()
	w.ask("/api/v1/status", &st)
	return st
}

func (w *world) product(id int64) (p report.Product) {
	w.t.Helper()
	w.ask(fmt.Sprintf("/api/v1/products/%d", id), &p)
	return p
}

// slots returns the status and state of a date's slots.
func (w *world) slots(id int64, date inventory.Date) (int, string, http.Header) {
	w.t.Helper()
	resp, _ := w.get(fmt.Sprintf("/api/v1/experience/%d/slots?date=%s", id, date))
	return resp.StatusCode, resp.Header.Get("X-Inventory-State"), resp.Header
}

// checkLimit fails the test when a window of the partner held more requests than
// its limit.
func (w *world) checkLimit(limit int) {
	w.t.Helper()
	if s := w.partner.Stats(); s.Fullest > limit || s.Refused > 0 {
		w.t.Errorf("fullest window holds %d requests and %d were refused, want at most %d and 0", s.Fullest, s.Refused, limit)
	}
}

// checkFile fails the test when the stopped daemon left a bad file.
func (w *world) checkFile() {
	w.t.Helper()
	findings, err := storage.Check(filepath.Join(w.dir, storage.FileName))
	if err != nil || len(findings) > 0 {
		w.t.Errorf("check: %v, findings %q", err, findings)
	}
}

func simLatency(d time.Duration) sim.Options { return sim.Options{Latency: d} }

func simZone(zone *time.Location) sim.Options { return sim.Options{Location: zone} }

func itoa(n uint64) string { return strconv.FormatUint(n, 10) }
